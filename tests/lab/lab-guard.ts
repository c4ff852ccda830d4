/** Takes a killed test's programs, database and labs away: runs beside it, and sees its end as the end of the standard input. */
import { rmSync } from 'node:fs';
import { labDownAll } from '../../lab/lab.ts';
import { databaseFolder } from '../../lab/paths.ts';
import { stateDirectory } from '../../platforms/cache.ts';
import { databaseProcesses, killAll, pidsAbout } from '../../platforms/processes.ts';
import { stopDatabase } from '../../runbooks/durable/postgres.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.on('end', () => void takeAway());

async function takeAway(): Promise<void> {
  const state = stateDirectory();
  const database = databaseProcesses(databaseFolder());
  // A drill that the test had started would go on, and turn its lab on again.
  killAll(pidsAbout(state).filter((pid) => !database.includes(pid)));
  await stopDatabase(databaseFolder());
  await labDownAll();
  rmSync(state, { recursive: true, force: true });
}
