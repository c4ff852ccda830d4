/** Disk images: sparse files in the lab's folder, which take only the room that is written. */
import { access, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, isMissingFile } from '../core/errors.ts';
import { run } from '../platforms/exec.ts';
import type { LabPaths } from './paths.ts';
import { diskFull, requireFreeSpace } from './requirements.ts';

export type FileSystem = { label: string; uuid?: string };

export function dataDiskPath(paths: LabPaths, host: string): string {
  return join(paths.disks, `${host}.img`);
}

/**
 * Makes an image, blank or with an ext4 file system; one that is half made never has its final name.
 * @throws DrError LAB_DISK (no room), DISK_SIZE (too small for a file system)
 */
export async function makeDisk(path: string, sizeBytes: number, fileSystem?: FileSystem): Promise<void> {
  const partial = `${path}.new`;
  await requireFreeSpace(join(path, '..'));
  try {
    // A mkfs whose parent was killed may still write to the one of before.
    await rm(partial, { force: true });
    await writeFile(partial, '', { mode: 0o600 });
    await truncate(partial, sizeBytes);
    if (fileSystem !== undefined) await run('mkfs.ext4', mkfsArguments(partial, fileSystem));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw diskError(path, error);
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

function mkfsArguments(path: string, fileSystem: FileSystem): string[] {
  const { label, uuid } = fileSystem;
  // Nothing is written ahead: a new disk of any size is there at once.
  const extended = 'lazy_itable_init=1,lazy_journal_init=1,nodiscard';
  const id = uuid === undefined ? [] : ['-U', uuid];
  return ['-q', '-F', '-m', '0', '-L', label, ...id, '-E', extended, path];
}

function diskError(path: string, error: unknown): DrError {
  const reason = error instanceof Error ? error.message : String(error);
  if (/ENOSPC|EFBIG|No space left|File too large/i.test(reason)) return diskFull(path, error);
  return new DrError(
    'LAB_DISK_MAKE',
    `Il disco "${path}" non si può creare: ${reason} / The disk cannot be made.`,
    'Controllare la dimensione chiesta e che la cartella sia scrivibile, poi ripetere. / Check the size that was asked for and that the folder can be written to, then run again.',
    { cause: error },
  );
}
