/** One drill at a time on this machine: an abstract socket, which the kernel frees when its owner dies, kill -9 included. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DrError } from '../core/errors.ts';

/** Holds the lock until disposed. @throws DrError DRILL_RUNNING at once when another process has it */
export async function holdProcessLock(name: string): Promise<AsyncDisposable> {
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
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
