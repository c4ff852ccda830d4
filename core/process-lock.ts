/** One process at a time on this machine: an abstract socket, which the kernel frees when its owner dies, kill -9 included. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { DrError } from './errors.ts';

/** Runs `work` while no other process does so under this name. @throws what `busy` makes of it, at once, when another one does */
export async function withLock<T>(
  name: string,
  busy: (cause: unknown) => DrError,
  work: () => Promise<T>,
): Promise<T> {
  const server = createServer((connection) => connection.destroy());
  try {
    const listening = once(server, 'listening');
    server.listen({ path: `\0lucca-dr-${name}` });
    await listening;
  } catch (error) {
    throw busy(error);
  }
  try {
    return await work();
  } finally {
    server.close();
    await once(server, 'close');
  }
}
