/** A lab's passwords and passphrase: made at random for each lab, in files that only root reads, gone with the lab. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSignerKey } from '../cassette/signers.ts';
import type { Inventory } from '../inventory/schema.ts';
import { type SecretName, sitePasswords } from '../platforms/secrets.ts';

/** The folder for `--secrets`. */
export function labSecretsFolder(labDirectory: string): string {
  return join(labDirectory, 'secrets');
}

/** Makes what is missing: passwords, also of the applications' test accounts, what opens each cassette, and the key with which each site signs for one. */
export async function labSecrets(labDirectory: string, inventory: Inventory): Promise<void> {
  const { cassettes, sites } = inventory;
  const directory = labSecretsFolder(labDirectory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const wanted = new Set<SecretName>([...sitePasswords(inventory), ...cassettes.map(({ key }) => key)]);
  await Promise.all([...wanted].map((name) => writeOnce(join(directory, name))));
  await Promise.all(sites.map(({ id }) => makeSignerKey(directory, `site:${id}`)));
}

/** Active Directory asks for three kinds of characters; base64 alone might lack one. */
async function writeOnce(path: string): Promise<void> {
  const secret = `Dr1-${randomBytes(18).toString('base64url')}`;
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}
