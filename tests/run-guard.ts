/** Clears away what a test of runs leaves when it is killed: `run-guard.ts FOLDER`, whose input the test holds open. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { killAll, pidsAbout } from '../platforms/processes.ts';
import { stopDatabase } from '../runbooks/durable/postgres.ts';

if (import.meta.main) {
  process.stdin.resume();
  process.stdin.once('end', () => {
    void clear(process.argv[2] ?? '');
  });
}

/** Removes the folder, also where the database in it has a disk of its own. */
export function clearFolder(folder: string): void {
  spawnSync('umount', ['--quiet', join(folder, 'database')]); // fails where nothing is mounted
  rmSync(folder, { recursive: true, force: true });
}

async function clear(folder: string): Promise<void> {
  // The test's own programs name its folder in their arguments; they would start the database again.
  killAll(pidsAbout(`${folder}/run-`));
  for (const name of ['database', 'standby']) await stopDatabase(join(folder, name));
  clearFolder(folder);
}
