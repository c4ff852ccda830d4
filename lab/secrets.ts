/** A lab's passwords and passphrase: made at random for each lab, in files that only root reads, gone with the lab. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretName } from '../platforms/secrets.ts';

const names: readonly SecretName[] = ['domain-administrator', 'cassette-passphrase', 'test-account'];

/** Makes what is missing; returns the folder for `--secrets`. */
export async function labSecrets(labDirectory: string): Promise<string> {
  const directory = join(labDirectory, 'secrets');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await Promise.all(names.map((name) => writeOnce(join(directory, name))));
  return directory;
}

/** Active Directory asks for three kinds of characters; base64 alone might lack one. */
async function writeOnce(path: string): Promise<void> {
  const secret = `Dr1-${randomBytes(18).toString('base64url')}`;
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}
