/** An engine that somebody stops: it ends with all that it has started, if need be by force, and the next one goes on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commandLineOf, familyOf, isAlive, killAll } from '../platforms/processes.ts';
import { stoppable } from '../stacks/engine-stop.ts';
import { Bench } from './command-provider-harness.ts';

const patiently = { timeout: 60_000, interval: 20 };

/** Begins an `up` whose one command never ends, and gives what the engine has started by then. */
async function hung(bench: Bench, stop: AbortController, command: string, graceMs: number) {
  const begun = join(bench.directory, 'files', 'begun');
  await bench.run('preview', () => ({ slow: { args: { create: `touch ${begun}; ${command}` } } }));
  const stack = await bench.stack();
  const place = { site: 'viareggio', workDir: bench.directory, signal: stop.signal, graceMs } as const;
  const ended = expect(
    stoppable(place, async () => await stack.up({ signal: stop.signal })),
  ).rejects.toMatchObject({ code: 'STACK_STOPPED' });
  await vi.waitUntil(() => existsSync(begun), patiently);
  const engine = familyOf(process.pid).filter((pid) => commandLineOf(pid).includes('pulumi up'));
  const family = engine.flatMap(familyOf);
  onTestFinished(() => killAll(family.filter(isAlive)));
  return { ended, engine, family };
}

test('told to stop, it ends its command and itself', async () => {
  using bench = new Bench('own');
  const stop = new AbortController();
  const { ended, family } = await hung(bench, stop, 'exec sleep 600', 60_000);
  expect(family.map(commandLineOf)).toContainEqual(expect.stringContaining('sleep 600'));
  stop.abort();
  await ended;
  await vi.waitUntil(() => !family.some(isAlive), patiently);
});

test('one that does not hear is killed with all that it has started; the next one finds its lock and says whose it was', async () => {
  using bench = new Bench('own');
  const stop = new AbortController();
  const { ended, engine, family } = await hung(bench, stop, 'exec sleep 600', 200);
  for (const pid of engine) process.kill(pid, 'SIGSTOP');
  stop.abort();
  await ended;
  await vi.waitUntil(() => !family.some(isAlive), patiently);
  const stack = await bench.stack();
  await expect(stack.up()).rejects.toThrow(new RegExp(`pid ${engine[0]}`));
});

test('after that nothing begins any more', async () => {
  const begun = vi.fn<() => Promise<void>>();
  const place = { site: 'lucca', workDir: '.', signal: AbortSignal.abort() } as const;
  await expect(stoppable(place, begun)).rejects.toMatchObject({ code: 'STACK_STOPPED' });
  expect(begun).not.toHaveBeenCalled();
});
