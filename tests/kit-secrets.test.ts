/** The passwords in the recovery kit: all that the scripts of the day ask for, and nothing that opens a cassette. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { gatherPrivatePart } from '../kit/private-part.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { projectFolder, soundInventory } from './inventory-copy.ts';

const { inventory } = await soundInventory();

/** Each name that a script asks for by itself, an application's once for each application. */
function askedFor(): string[] {
  const sources = globSync(['scripts/**/*.ts', 'runbooks/works/*.ts'], { cwd: projectFolder });
  const names = sources.flatMap((source) =>
    [...readFileSync(join(projectFolder, source), 'utf8').matchAll(/\bsecret\(\s*(['`])([^'`]+)\1/g)].map(
      ([, , name]) => String(name),
    ),
  );
  return names.flatMap((name) =>
    name.startsWith('application-') ? inventory.applications.map(({ id }) => `application-${id}`) : [name],
  );
}

async function carried(): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'dr-kit-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [privateKeyFile, knownHostsFile] = [join(folder, 'key'), join(folder, 'known_hosts')];
  for (const file of [privateKeyFile, knownHostsFile]) writeFileSync(file, '');
  const context: ScriptContext = {
    inventory,
    access: { user: 'root', privateKeyFile, knownHostsFile, hosts: {} },
    secret: async (name) => await Promise.resolve(`of ${name}`),
    progress: () => undefined,
    custody: { directory: folder, secrets: undefined },
  };
  const part = await gatherPrivatePart(context, folder);
  const found = new Map<string, string>();
  for await (const entry of Readable.from([await part.archive('')]).pipe(extract())) {
    const content = await text(entry);
    const [, name] = /^\.\/inventory\/local\/secrets\/(.+)$/.exec(entry.header.name) ?? [];
    if (name !== undefined) found.set(name, content);
  }
  return found;
}

test('the kit carries every password that a script asks for, and opens no other cassette', async () => {
  const inKit = await carried();
  const asked = askedFor();
  expect(asked).toEqual(expect.arrayContaining(['test-account', 'domain-administrator', 'smtp-password']));
  expect(inventory.applications).not.toEqual([]);
  expect(asked.filter((name) => inKit.get(name) !== `of ${name}\n`)).toEqual([]);
  expect([...inKit.keys()].filter((name) => name.startsWith('cassette-'))).toEqual([]);
});
