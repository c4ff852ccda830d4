/**
 * Lucca's applications in a lab: real products of Debian's, with data that offices could have. Which program makes one is found by its
 * packages (`products/<package>.py`), so that another entry of a known product needs no code.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import { namesIn } from '../core/files.ts';
import { applicationServerAt, applicationsAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Application } from '../inventory/schema-applications.ts';
import { TRYTON_DATABASE } from '../platforms/lab-image.ts';
import { runPython } from '../platforms/remote.ts';
import { withHost } from '../platforms/ssh.ts';
import type { ScriptContext } from '../scripts/context.ts';

const directory = join(import.meta.dirname, 'products');
const answerSchema = z.strictObject({ changed: z.boolean() });

/**
 * Installs and fills the applications of a site's server, all at once; one that is whole already is only started.
 * @param dataBytes about what each database holds; by default the little that its program makes at least (a few megabytes)
 * @returns the applications that were made
 * @throws DrError PRODUCT_UNKNOWN, REMOTE_FAILED
 */
export async function makeProducts(
  context: ScriptContext,
  inventory: Inventory,
  site: string,
  dataBytes = 0,
): Promise<string[]> {
  const server = applicationServerAt(inventory, site);
  if (server === undefined) return [];
  const made = await Promise.all(
    applicationsAt(inventory, site).map(async (application) => {
      const { id, database, folders, units, port, account } = application;
      const input = {
        ...{ database, folders, units, port, account, bytes: dataBytes, empty: TRYTON_DATABASE },
        offices: inventory.offices.map(({ name }) => name),
        password: await context.secret(`application-${id}`),
      };
      const program = await programOf(application);
      const answer = await withHost(
        context.access,
        server.name,
        async (host) => await runPython(host, program, input, context.progress),
      );
      return answerSchema.parse(JSON.parse(answer)).changed ? [id] : [];
    }),
  );
  return made.flat();
}

async function programOf({ id, packages }: Application): Promise<URL> {
  const known = await namesIn(directory);
  const name = packages.map((one) => `${one}.py`).find((file) => known.includes(file));
  if (name !== undefined) return pathToFileURL(join(directory, name));
  throw new DrError(
    'PRODUCT_UNKNOWN',
    `Il laboratorio non sa installare l'applicazione "${id}" (pacchetti ${packages.join(', ')}). / The lab cannot install that application.`,
    `Prodotti noti / known products: ${known.join(', ')} (lab/products)`,
  );
}
