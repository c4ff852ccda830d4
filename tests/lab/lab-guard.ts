/** Takes a killed test's labs away: runs beside it, and sees its end as the end of the standard input. */
import { rmSync } from 'node:fs';
import { labDownAll } from '../../lab/lab.ts';
import { stateDirectory } from '../../platforms/cache.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.on('end', () => {
  void labDownAll().finally(() => rmSync(stateDirectory(), { recursive: true, force: true }));
});
