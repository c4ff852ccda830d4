/** One program at a time on a file of this computer (flock(1)); the kernel frees the lock when its holder dies, kill -9 included. */
import { once } from 'node:events';
import { DrError } from '../core/errors.ts';
import { spawnDuplex } from './exec.ts';

const TIMEOUT_SECONDS = 30;

/** Waits up to 30 s for whoever has it. `path` is made where it is missing, and stays. @throws DrError FILE_BUSY */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  // `cat` holds it until the end of its input, which comes with the end of this process at the latest.
  const held = await spawnDuplex('flock', [
    '--timeout',
    String(TIMEOUT_SECONDS),
    path,
    'sh',
    '-c',
    'echo; exec cat',
  ]);
  const ended = once(held, 'end').then(() => false);
  const taken = await Promise.race([once(held, 'data').then(() => true), ended]);
  try {
    if (taken) return await work();
  } finally {
    held.end();
    if (taken) await ended;
  }
  throw new DrError(
    'FILE_BUSY',
    `Un altro comando usa "${path}" da oltre ${TIMEOUT_SECONDS} secondi. / Another command has used it for over ${TIMEOUT_SECONDS} seconds.`,
    'Attendere che finisca e ripetere. / Wait for it to end and run again.',
  );
}
