/** One drill at a time in one state folder; those of another have labs and a database of their own. */
import { createHash } from 'node:crypto';
import { DrError } from '../core/errors.ts';
import { withLock } from '../core/process-lock.ts';
import { stateDirectory } from '../platforms/cache.ts';

/** Runs `work` while no other process does so under this name. @throws DrError DRILL_RUNNING at once when another one does */
export async function withProcessLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const place = createHash('sha256').update(stateDirectory()).digest('hex').slice(0, 12);
  return await withLock(`${name}-${place}`, running, work);
}

function running(cause: unknown): DrError {
  return new DrError(
    'DRILL_RUNNING',
    "Un'esercitazione è già in corso su questa macchina. / A drill is already running on this machine.",
    'Attendere che finisca, o chiuderla con Ctrl-C nel suo terminale, poi ripetere. / Wait for it, or end it with Ctrl-C, then run again.',
    { cause },
  );
}
