/** Files that a command leaves behind and the program wants back, as Pulumi assets. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { globToRegExp } from './globs.ts';
import { archiveOf, type Bag, fileAsset } from './inputs.ts';

/** The files below `directory` that the patterns choose, by their relative path. Later patterns win, `!` takes out. */
export async function findAssets(directory: string, patterns: readonly string[]): Promise<Bag> {
  const rules = patterns.map((pattern) => ({
    takesOut: pattern.startsWith('!'),
    expression: globToRegExp(pattern.replace(/^!/, '')),
  }));
  const assets: Bag = {};
  for (const name of await filesBelow(directory)) {
    const rule = rules.findLast(({ expression }) => expression.test(name));
    if (rule && !rule.takesOut) {
      const path = join(directory, name);
      assets[name] = fileAsset(path, await sha256(path));
    }
  }
  return assets;
}

export async function archiveAssets(directory: string, patterns: readonly string[]): Promise<Bag> {
  return archiveOf(await findAssets(directory, patterns));
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .toSorted();
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
