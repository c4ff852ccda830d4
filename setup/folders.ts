/** Folders of the cache are whole or not there: filled under another name, then renamed. */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../platforms/exec.ts';

/**
 * Calls `fill` with a new folder and makes it `target` when that ended well. Where another process was faster, its folder stays.
 * What earlier, killed runs left behind goes away first.
 */
export async function createWhole(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await sweep(target);
  const partial = `${target}.partial-${process.pid}`;
  await mkdir(partial);
  try {
    await fill(partial);
    await rename(partial, target).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error;
    });
  } finally {
    await removeFolder(partial);
  }
}

/** Deletes a folder, but never walks into something that is mounted in it. */
export async function removeFolder(folder: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', folder]);
}

async function sweep(target: string): Promise<void> {
  const prefix = `${basename(target)}.partial-`;
  const left = (await readdir(dirname(target))).filter(
    (name) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))),
  );
  for (const name of left) await removeFolder(join(dirname(target), name));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
