/**
 * Takes a killed test run's folder for temporary files away, once the guards of its tests have taken away what is in it:
 * `leftovers-guard.ts FOLDER`, whose standard input the run holds open. Killed by a run that ends as it should.
 */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { processesAbout } from '../platforms/processes.ts';

const PATIENCE_MS = 120_000;
const ASKED_EVERY_MS = 200;

for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.on('end', () => void takeAway(process.argv[2] ?? ''));

async function takeAway(folder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (processesAbout(folder).length > 0 && performance.now() < deadline) await pause(ASKED_EVERY_MS);
  rmSync(folder, { recursive: true, force: true });
}
