/**
 * What of the kit is confidential: the inventory, the plan's document, the printed runbook, how hosts are reached, and the passwords
 * that a restore asks for. It lies on the project's folder like a second layer, and leaves this computer encrypted only.
 */
import type { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { toErrorRecord } from '../core/errors.ts';
import { inventoryFolder } from '../inventory/load.ts';
import { loadAccess } from '../platforms/access.ts';
import { spawnReadable } from '../platforms/exec.ts';
import type { SecretName } from '../platforms/secrets.ts';
import { disasterRunbook, returnRunbook } from '../runbooks/plan/runbooks.ts';
import { printedRunbook } from '../runbooks/view/printed.ts';
import type { ScriptContext } from '../scripts/context.ts';

/** The passphrase itself is typed by whoever opens the kit. */
const carriedSecrets: readonly SecretName[] = ['domain-administrator', 'test-account', 'smtp-password'];
/** The sealed list of the other files' digests. */
export const SEAL = 'SHA256SUMS';

export type PrivatePart = {
  /** SHA-256 over names and contents, the seal left out: the same when nothing has changed. */
  digest: string;
  /** What is not in it and ought to be. */
  warnings: string[];
  /** The part as a tar archive, with this seal. */
  archive(seal: string): Promise<Buffer>;
  /** The files in clear on this computer are deleted. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Gathers the part in a folder that only this user reads. `plan`: folder of the plan's document, if not the usual one. */
export async function gatherPrivatePart(
  context: ScriptContext,
  plan: string | undefined,
): Promise<PrivatePart> {
  const folder = await mkdtemp(join(tmpdir(), 'dr-kit-'));
  const dispose = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
  try {
    await copyInventory(join(folder, 'inventory'));
    const local = join(folder, 'inventory/local');
    await mkdir(join(local, 'secrets'), { recursive: true });
    await copyAccess(context, local);
    const warnings = [
      ...(await copyPlan(plan, join(local, 'plan'))),
      ...(await copySecrets(context, join(local, 'secrets'))),
    ];
    await printRunbooks(context, join(folder, 'runbook'));
    const digest = await digestOf(folder);
    return {
      digest,
      warnings,
      archive: async (seal) => {
        await writeFile(join(folder, SEAL), seal);
        return await tarOf(folder);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The facts, and what the office keeps in `local` beside them (people, letters). */
async function copyInventory(target: string): Promise<void> {
  const source = inventoryFolder();
  for (const part of ['.', 'local']) {
    const names = existsSync(join(source, part)) ? await readdir(join(source, part)) : [];
    const wanted = names.filter(
      (name) => /\.(ya?ml|pem)$/.test(name) && !/\.template\.yaml$|^access\./.test(name),
    );
    await mkdir(join(target, part), { recursive: true });
    for (const name of wanted) await cp(join(source, part, name), join(target, part, name));
  }
}

/** As it is reached from the site's own network: the way out of this computer (proxyCommand, laptopCommand) does not travel. */
async function copyAccess({ access }: ScriptContext, local: string): Promise<void> {
  const { user, hosts, privateKeyFile, knownHostsFile } = access;
  await cp(privateKeyFile, join(local, 'id_ed25519'));
  await cp(knownHostsFile, join(local, 'known_hosts'));
  const carried = { user, privateKeyFile: 'id_ed25519', knownHostsFile: 'known_hosts', hosts };
  await writeFile(join(local, 'access.yaml'), stringify(carried));
  await loadAccess(join(local, 'access.yaml'));
}

async function copyPlan(given: string | undefined, target: string): Promise<string[]> {
  const folder =
    given ?? process.env['DR_PLAN'] ?? new URL('../inventory/local/plan', import.meta.url).pathname;
  if (!existsSync(folder))
    return [`Il piano non è nel kit: manca ${folder}. / The plan is not in the kit: that folder is missing.`];
  await cp(folder, target, { recursive: true });
  return [];
}

async function copySecrets(context: ScriptContext, folder: string): Promise<string[]> {
  const warnings: string[] = [];
  for (const name of carriedSecrets) {
    try {
      await writeFile(join(folder, name), `${await context.secret(name)}\n`, { mode: 0o600 });
    } catch (error) {
      // Mail without a password is usual; a restore without the others is not possible.
      if (name !== 'smtp-password') warnings.push(toErrorRecord(error).message);
    }
  }
  return warnings;
}

async function printRunbooks({ inventory }: ScriptContext, folder: string): Promise<void> {
  await mkdir(folder);
  const pages = [
    ['ripristino', 'Ripristino a Viareggio (capitolo 6 del piano)', disasterRunbook()],
    ['rientro', 'Rientro a Lucca', returnRunbook()],
  ] as const;
  for (const [name, title, runbook] of pages) {
    const text = printedRunbook(runbook, inventory);
    await writeFile(join(folder, `${name}.txt`), `${title}\n\n${text}`);
    await writeFile(join(folder, `${name}.html`), page(title, text));
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

async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digest = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    digest.update(`${file.slice(folder.length)}\0${content}\n`);
  }
  return digest.digest('hex');
}

async function tarOf(folder: string): Promise<Buffer> {
  return await buffer(
    await spawnReadable('tar', ['--create', '--owner=0', '--group=0', '--directory', folder, '.']),
  );
}
