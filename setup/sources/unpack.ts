import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../platforms/exec.ts';

/** Puts the contents of an archive (.tar.gz or .tar.xz) into a folder. */
export type Unpack = (archive: string, folder: string) => Promise<void>;

/** Unpacks these members, without their leading folders, into `subfolder`. */
export function unpackInto(subfolder: string, members: readonly string[]): Unpack {
  const stripped = (members[0] ?? '').split('/').length - 1;
  return async (archive, folder) => {
    const target = join(folder, subfolder);
    await mkdir(target, { recursive: true });
    await run('tar', [
      '--extract',
      `--file=${archive}`,
      `--directory=${target}`,
      `--strip-components=${stripped}`,
      '--no-same-owner',
      ...members,
    ]);
  };
}
