/** One process of a run: its life up to its end or to the moment at which it is killed. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { databaseProcesses, familyOf, killAll } from '../../platforms/processes.ts';
import type { Moment, Victims } from './moments.ts';

export type Life = {
  killed: boolean;
  status: number | null;
  /** Of the last records and of what was said on stderr. */
  tail: string;
};

const TAIL_LINES = 12;

/**
 * Waits for the end of `child`. It is killed `moment.delayMs` after its record number `moment.records`, those that were there before
 * (`knownRecords`) not counted; without a moment only when `limitMs` have passed.
 */
export async function live(
  child: ChildProcess,
  run: { databaseFolder: string; knownRecords: number; moment: Moment | undefined; limitMs: number },
): Promise<Life> {
  const { databaseFolder, knownRecords, moment, limitMs } = run;
  const tail: string[] = [];
  let killed = false;
  const closed = once(child, 'close');
  const kill = (who: Victims): void => {
    killed = child.exitCode === null && child.signalCode === null;
    if (killed) killAll(victimsOf(Number(child.pid), who, databaseFolder));
  };
  const timers: NodeJS.Timeout[] = [setTimeout(() => kill('family'), limitMs)];
  const arm = (): void => {
    if (moment !== undefined) timers.push(setTimeout(() => kill(moment.victims), moment.delayMs));
  };
  const note = (text: string): void => {
    tail.push(text.slice(0, 500));
    if (tail.length > TAIL_LINES) tail.shift();
  };
  let records = 0;
  if (moment?.records === 0) arm();
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      note(line);
      if (!line.startsWith('{')) return;
      records += 1;
      if (records - knownRecords === moment?.records) arm();
    });
  if (child.stderr) createInterface({ input: child.stderr }).on('line', note);
  // Not 'close': what a killed program had started may keep its output open.
  await once(child, 'exit');
  for (const timer of timers) clearTimeout(timer);
  if (killed) {
    child.stdout?.destroy();
    child.stderr?.destroy();
  } else await closed;
  return { killed, status: child.exitCode, tail: tail.join('\n') };
}

function victimsOf(pid: number, who: Victims, databaseFolder: string): number[] {
  if (who === 'program') return [pid];
  return [...familyOf(pid), ...(who === 'database' ? databaseProcesses(databaseFolder) : [])];
}
