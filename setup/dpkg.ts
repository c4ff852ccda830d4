/** Which Debian packages are installed, read from dpkg's own database: no program to start. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '../core/errors.ts';

/** The packages of `wanted` that the system under `root` does not have installed and configured. */
export async function missingPackages(wanted: readonly string[], root = '/'): Promise<string[]> {
  const installed = new Set(await installedPackages(root));
  return wanted.filter((name) => !installed.has(name));
}

async function installedPackages(root: string): Promise<string[]> {
  let status: string;
  try {
    status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return []; // not a Debian system
    throw error;
  }
  return status
    .split('\n\n')
    .filter((paragraph) => paragraph.includes('\nStatus: install ok installed\n'))
    .map((paragraph) => /^Package: (.+)$/m.exec(paragraph)?.[1] ?? '');
}
