/** The inventory that a job on another machine works with, as an archive to be unpacked there. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { spawnReadable } from './exec.ts';

export type Tree = {
  /** Changes when anything in it does. */
  digest: string;
  /** A tar stream. */
  pack: () => Promise<Readable>;
};

/** The YAML files of `folder`, and of its private part what mail needs: settings and certificates, no person's data. */
export async function inventoryTree(folder: string): Promise<Tree> {
  const top = (await namesIn(folder)).filter((name) => name.endsWith('.yaml'));
  const local = (await namesIn(join(folder, 'local')))
    .filter((name) => name === 'notifications.yaml' || name.endsWith('.pem'))
    .map((name) => join('local', name));
  const names = [...top, ...local];
  return {
    digest: await digestOf(folder, names),
    pack: async () =>
      await spawnReadable('tar', [
        '--create',
        '--owner=root',
        '--group=root',
        `--directory=${folder}`,
        ...names,
      ]),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).toSorted() : [];
}

/** Of names and contents. */
async function digestOf(folder: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(await readFile(join(folder, path)));
  return hash.digest('hex');
}
