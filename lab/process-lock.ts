/** One drill at a time on this machine. */
import { DrError } from '../core/errors.ts';
import { withLock } from '../core/process-lock.ts';

/** Runs `work` while no other process does so under this name. @throws DrError DRILL_RUNNING at once when another one does */
export async function withProcessLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return await withLock(name, running, work);
}

function running(cause: unknown): DrError {
  return new DrError(
    'DRILL_RUNNING',
    "Un'esercitazione è già in corso su questa macchina. / A drill is already running on this machine.",
    'Attendere che finisca, o chiuderla con Ctrl-C nel suo terminale, poi ripetere. / Wait for it, or end it with Ctrl-C, then run again.',
    { cause },
  );
}
