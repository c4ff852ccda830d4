/** One drill at a time on this machine: an abstract socket, which the kernel frees when its owner dies, kill -9 included. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DrError } from '../core/errors.ts';

/** Runs `work` while no other process does so under this name. @throws DrError DRILL_RUNNING at once when another one does */
export async function withProcessLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const server = createServer((connection) => connection.destroy());
  try {
    const listening = once(server, 'listening');
    server.listen({ path: `\0lucca-dr-${name}` });
    await listening;
  } catch (error) {
    throw new DrError(
      'DRILL_RUNNING',
      "Un'esercitazione è già in corso su questa macchina. / A drill is already running on this machine.",
      'Attendere che finisca, o chiuderla con Ctrl-C nel suo terminale, poi ripetere. / Wait for it, or end it with Ctrl-C, then run again.',
      { cause: error },
    );
  }
  try {
    return await work();
  } finally {
    server.close();
    await once(server, 'close');
  }
}
