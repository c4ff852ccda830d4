/** One process at a time changes a lab. The lock is an abstract socket, which the kernel frees when its owner dies, kill -9 included. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DrError } from '../core/errors.ts';
import { monotonicMs } from '../core/time.ts';
import type { LabPaths } from './paths.ts';

/** As long as the slowest change of a healthy lab takes. */
const DEFAULT_WAIT_MS = 30_000;
const RETRY_MS = 50;

/**
 * Runs `work` while no other process or caller changes the lab, waiting for it up to `waitMs`.
 * @throws DrError LAB_BUSY when the other one does not finish in that time.
 */
export async function withLabLock<T>(
  paths: LabPaths,
  work: () => Promise<T>,
  waitMs = DEFAULT_WAIT_MS,
): Promise<T> {
  const server = await acquire(paths, waitMs);
  try {
    return await work();
  } finally {
    server.close();
    await once(server, 'close');
  }
}

async function acquire(paths: LabPaths, waitMs: number): Promise<Server> {
  const deadline = monotonicMs() + waitMs;
  for (;;) {
    const server = await tryListen(`\0lucca-dr-lab-${paths.id}`);
    if (server !== undefined) return server;
    if (monotonicMs() > deadline) throw busy(paths.name);
    await pause(RETRY_MS);
  }
}

async function tryListen(path: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy());
  try {
    const listening = once(server, 'listening');
    server.listen({ path });
    await listening;
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function busy(name: string): DrError {
  return new DrError(
    'LAB_BUSY',
    `Un altro comando sta cambiando il laboratorio "${name}". / Another command is changing the lab.`,
    'Attendere che finisca, poi ripetere; se è bloccato, chiuderlo e ripetere: il blocco si libera da sé. / Wait for it, then run again; if it hangs, end it: the lock frees itself.',
  );
}
