/**
 * What of the kit is confidential: the inventory, the plan's document, the printed runbook, how hosts are reached, and the passwords
 * that a restore asks for. It lies on the project's folder like a second layer, and leaves this computer encrypted only.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { stringify } from 'yaml';
import { toErrorRecord } from '../core/errors.ts';
import { inventoryFolder } from '../inventory/load.ts';
import type { Access } from '../platforms/access.ts';
import { type SecretName, sitePasswords } from '../platforms/secrets.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { printedRunbook } from '../runbooks/view/printed.ts';
import type { ScriptContext } from '../scripts/context.ts';

/** The sealed list of the other files' digests, and of what the part itself is made. Last in it: who finds them has read it whole. */
const SEAL = 'SHA256SUMS';
const CONTENT = 'CONTENT';
const LOCAL = 'inventory/local';

export type PrivatePart = {
  /** SHA-256 over names and contents, the seal left out: the same when nothing has changed. */
  digest: string;
  /** What is not in it and ought to be. */
  warnings: string[];
  /** The part as a tar archive, with this seal. */
  archive(seal: string): Promise<Buffer>;
};

/** By path. They stay in memory: in a folder, a program killed at once would leave passwords in clear on the disk. */
type Files = Map<string, Buffer>;

/** Gathers the part. `plan`: folder of the plan's document, if not the usual one. */
export async function gatherPrivatePart(
  context: ScriptContext,
  plan: string | undefined,
): Promise<PrivatePart> {
  const files: Files = new Map();
  await addInventory(files);
  await addAccess(files, context);
  const warnings = [...(await addPlan(files, plan)), ...(await addSecrets(files, context))];
  addRunbooks(files, context);
  const digest = digestOf(files);
  return {
    digest,
    warnings,
    archive: async (seal) =>
      await tarOf(new Map([...files, [SEAL, Buffer.from(seal)], [CONTENT, Buffer.from(`${digest}\n`)]])),
  };
}

/** The facts, and what the office keeps in `local` beside them (people, letters). */
async function addInventory(files: Files): Promise<void> {
  const source = inventoryFolder();
  for (const part of ['.', 'local']) {
    const names = existsSync(join(source, part)) ? await readdir(join(source, part)) : [];
    const wanted = names.filter(
      (name) => /\.(ya?ml|pem)$/.test(name) && !/\.template\.yaml$|^access\./.test(name),
    );
    for (const name of wanted)
      files.set(join('inventory', part, name), await readFile(join(source, part, name)));
  }
}

/** As it is reached from the site's own network: the way out of this computer (proxyCommand, laptopCommand) does not travel. */
async function addAccess(files: Files, { access }: ScriptContext): Promise<void> {
  const { user, hosts, privateKeyFile, knownHostsFile } = access;
  files.set(`${LOCAL}/id_ed25519`, await readFile(privateKeyFile));
  files.set(`${LOCAL}/known_hosts`, await readFile(knownHostsFile));
  const carried: Access = { user, privateKeyFile: 'id_ed25519', knownHostsFile: 'known_hosts', hosts };
  files.set(`${LOCAL}/access.yaml`, Buffer.from(stringify(carried)));
}

async function addPlan(files: Files, given: string | undefined): Promise<string[]> {
  const folder =
    given ?? process.env['DR_PLAN'] ?? new URL('../inventory/local/plan', import.meta.url).pathname;
  if (!existsSync(folder))
    return [`Il piano non è nel kit: manca ${folder}. / The plan is not in the kit: that folder is missing.`];
  const names = await readdir(folder, { recursive: true });
  for (const name of names) {
    const file = join(folder, name);
    if ((await stat(file)).isFile()) files.set(`${LOCAL}/plan/${name}`, await readFile(file));
  }
  return [];
}

/** What opens cassettes is not carried: that of this one is typed by whoever opens the kit, and it must not give away another's. */
async function addSecrets(files: Files, context: ScriptContext): Promise<string[]> {
  const warnings: string[] = [];
  const carried: SecretName[] = [...sitePasswords(context.inventory), 'smtp-password'];
  for (const name of carried) {
    try {
      files.set(`${LOCAL}/secrets/${name}`, Buffer.from(`${await context.secret(name)}\n`));
    } catch (error) {
      // Mail without a password is usual; a restore without the others is not possible.
      if (name !== 'smtp-password') warnings.push(toErrorRecord(error).message);
    }
  }
  return warnings;
}

function addRunbooks(files: Files, { inventory }: ScriptContext): void {
  const pages = [
    ['ripristino', 'Ripristino a Viareggio (capitolo 6 del piano)', runbookOf('restore', inventory)],
    ['rientro', 'Rientro a Lucca', runbookOf('return', inventory)],
  ] as const;
  for (const [name, title, runbook] of pages) {
    const text = printedRunbook(runbook, inventory);
    files.set(`runbook/${name}.txt`, Buffer.from(`${title}\n\n${text}`));
    files.set(`runbook/${name}.html`, Buffer.from(page(title, text)));
  }
}

/** Any browser shows and prints it; a step is not torn between two sheets. */
function page(title: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const steps = escaped.split('\n\n').map((step) => `<pre>${step}</pre>`);
  return `<!doctype html>
<html lang="it"><head><meta charset="utf-8"><title>${title}</title>
<style>body{font:11pt sans-serif;max-width:48em;margin:1em auto}pre{font:10pt monospace;white-space:pre-wrap;break-inside:avoid;border-top:1px solid;padding-top:.5em}</style>
</head><body><h1>${title}</h1>
${steps.join('\n')}
</body></html>
`;
}

function digestOf(files: Files): string {
  const digest = createHash('sha256');
  for (const [path, content] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    digest.update(`/${path}\0${createHash('sha256').update(content).digest('hex')}\n`);
  return digest.digest('hex');
}

/** Readable by its owner only, whatever unpacks it; names as tar gives those of a folder (probe-kit.sh looks for the seal so). */
async function tarOf(files: Files): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name: `./${name}`, mode: 0o600 }, content);
  archive.finalize();
  return await buffer(archive);
}
