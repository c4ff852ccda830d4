/** Passwords and the passphrase: from the environment or from a file that only its owner can read; never from an argument. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, isMissingFile } from '../core/errors.ts';
import type { Inventory } from '../inventory/schema.ts';

/**
 * Each secret is a file of this name in the secrets folder; its variable, where set, comes first. What opens a cassette is named in the
 * inventory; an application's is the password of its test account there.
 */
const names = ['domain-administrator', 'cassette-passphrase', 'test-account', 'smtp-password'] as const;
export type SecretName = (typeof names)[number] | `cassette-${string}` | `application-${string}`;

/** The passwords that bring a site back and prove that it works; what opens the cassette is not among them. */
export function sitePasswords({ applications }: Pick<Inventory, 'applications'>): SecretName[] {
  return [
    'domain-administrator',
    'test-account',
    ...applications.map(({ id }): SecretName => `application-${id}`),
  ];
}

/** `DR_` and the name in capitals. */
function variableOf(name: SecretName): string {
  return `DR_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads one secret: its environment variable, else the file `<directory>/<name>` (its first line).
 * @throws DrError SECRET_MISSING, SECRET_EXPOSED (others can read the file)
 */
export async function readSecret(name: SecretName, directory: string | undefined): Promise<string> {
  const variable = variableOf(name);
  const fromEnvironment = process.env[variable];
  if (fromEnvironment) return fromEnvironment;
  const path = directory === undefined ? undefined : join(directory, name);
  const text = path === undefined ? undefined : await readPrivate(path);
  const secret = text?.split('\n', 1)[0] ?? '';
  if (secret !== '') return secret;
  throw new DrError(
    'SECRET_MISSING',
    `Manca il segreto "${name}"${path === undefined ? '' : ` (atteso in ${path})`}. / A secret is missing.`,
    `Scriverlo in un file leggibile solo dal proprietario e indicarne la cartella con --secrets, oppure impostare ${variable}. / Put it in a file of mode 600 and name its folder with --secrets, or set ${variable}.`,
  );
}

/** The environment for a program that needs none of the secrets. */
export function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  const secret = new Set<string>(names.map(variableOf));
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !secret.has(name) && !/^DR_(CASSETTE|APPLICATION)_/.test(name),
    ),
  );
}

/** A file that only its owner can read; undefined where there is none. @throws DrError SECRET_EXPOSED */
export async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new DrError(
        'SECRET_EXPOSED',
        `Il file "${path}" può essere letto da altri. / Others can read that file.`,
        `chmod 600 ${path}`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
