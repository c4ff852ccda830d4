/** Files that are either whole or not there. */
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissingFile } from './errors.ts';

/**
 * Writes beside `path`, waits until the bytes are on the disk, then puts the file in its place; readers see the old one or the new one.
 * Only its owner can read it unless `mode` says otherwise.
 */
export async function writeWhole(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    const file = await open(partial, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Waits until the names in a folder are on the disk; else a new one could be lost with the power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await unlessMissing(readFile(path, 'utf8'), undefined);
}

/** The names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return await unlessMissing(readdir(folder), []);
}

async function unlessMissing<T>(read: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (isMissingFile(error)) return otherwise;
    throw error;
  }
}
