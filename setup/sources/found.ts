/** Tools that the machine has already: copied, so that a later change on the machine changes nothing here. */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Source, unavailable } from './source.ts';

export type Find = {
  id: 'path' | 'installed';
  /** The files that may be the tool, best first. */
  candidates: readonly string[];
  /** Where it goes inside the tool's folder. */
  subfolder?: string;
  /** Files that come along where they stand beside it. */
  companions?: readonly string[];
};

const titles = { path: 'PATH', installed: 'plugin installato / installed plugin' };

/** One source for each candidate; whether it is the right one shows when it is verified. */
export function foundSources({ id, candidates, subfolder = '.', companions = [] }: Find): Source[] {
  if (candidates.length === 0) {
    return [{ id, title: titles[id], fetch: notFound }];
  }
  return candidates.map((file) => ({
    id,
    title: `${titles[id]}: ${file}`,
    async fetch(folder) {
      const target = join(folder, subfolder);
      await mkdir(target, { recursive: true });
      for (const name of [basename(file), ...companions]) {
        const original = join(dirname(file), name);
        if (existsSync(original)) await copyFile(original, join(target, name), constants.COPYFILE_FICLONE);
      }
    },
  }));
}

function notFound(): Promise<never> {
  return Promise.reject(unavailable('non trovato / not found'));
}
