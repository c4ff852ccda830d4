/** Where a lab keeps what it writes on this machine: one folder a lab, and nothing outside it. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, isMissingFile } from '../core/errors.ts';
import { stateDirectory } from '../platforms/cache.ts';

export type LabPaths = {
  name: string;
  /** Unlike the name, different for labs of two state folders; names the lock and the cgroup folder. */
  id: string;
  directory: string;
  stateFile: string;
  accessFile: string;
  privateKeyFile: string;
  knownHostsFile: string;
  hostKeys: string;
  disks: string;
  cassettes: string;
  /** Ledgers of custody, one file a site. */
  custody: string;
  logs: string;
};

const namePattern = /^[a-z][a-z0-9-]{0,19}$/;

/** Where runs are kept when no database server is named. */
export function databaseFolder(): string {
  return join(stateDirectory(), 'runs-database');
}

function labsDirectory(): string {
  return join(stateDirectory(), 'labs');
}

/** @throws DrError LAB_NAME when the name could not be a folder's, an interface's and a cgroup's name. */
export function labPaths(name: string): LabPaths {
  if (!namePattern.test(name)) {
    throw new DrError(
      'LAB_NAME',
      `"${name}" non può essere il nome di un laboratorio. / It cannot be the name of a lab.`,
      'Usare da 1 a 20 lettere minuscole, cifre e trattini, cominciando con una lettera. / Use 1 to 20 lower-case letters, digits and hyphens, beginning with a letter.',
    );
  }
  const directory = join(labsDirectory(), name);
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  return {
    name,
    id: `${name}-${digest}`,
    directory,
    stateFile: join(directory, 'lab.json'),
    accessFile: join(directory, 'access.json'),
    privateKeyFile: join(directory, 'id_ed25519'),
    knownHostsFile: join(directory, 'known_hosts'),
    hostKeys: join(directory, 'host-keys'),
    disks: join(directory, 'disks'),
    cassettes: join(directory, 'cassettes'),
    custody: join(directory, 'custody'),
    logs: join(directory, 'logs'),
  };
}

/** The labs that have a folder here, running or dead. */
export async function labNames(): Promise<string[]> {
  try {
    const entries = await readdir(labsDirectory(), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && namePattern.test(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}
