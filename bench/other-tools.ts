/** Ansible and pyinfra from PyPI, in a virtual environment of their own in the cache folder. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../platforms/cache.ts';
import { run } from '../platforms/exec.ts';

const PACKAGES = ['ansible-core==2.19.14', 'pyinfra==3.10.0'] as const;
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Installs what is missing; gives the folder with the programs. @throws DrError EXEC_FAILED without Python's venv or the registry */
export async function otherTools(onProgress: (text: string) => void): Promise<string> {
  const folder = join(cacheDirectory(), 'bench-venv');
  // Written last, so that an installation that was cut off is made again.
  const complete = join(folder, `complete-${PACKAGES.join('-')}`);
  if (!existsSync(complete)) {
    onProgress(`${PACKAGES.join(', ')} -> ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    await run(python, ['-m', 'venv', folder], { timeout: INSTALL_TIMEOUT_MS });
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', ...PACKAGES], {
      timeout: INSTALL_TIMEOUT_MS,
    });
    writeFileSync(complete, '');
  }
  return join(folder, 'bin');
}
