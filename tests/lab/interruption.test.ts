import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyBashText } from '../../platforms/remote.ts';
import { withHost } from '../../platforms/ssh.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack } from '../../stacks/engine.ts';
import type { StackEvent } from '../../stacks/engine-events.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { removeEverything, until } from './lab-harness.ts';

const from = { label: golden.label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
let site: Viareggio;
let stack: SiteStack;

beforeAll(async () => {
  site = await viareggio('interrupted', ['vi-dc1', 'vi-fs1', 'vi-ws1']);
  await site.lab.plugCassette(golden.label, 'vi-fs1');
  stack = await SiteStack.open('viareggio', { role: 'exercise', from }, site.place);
});
afterAll(removeEverything);

/** In the order in which the steps begin: each kill falls into what the one before left half done. */
const kills = [
  { victim: 'pulumi', at: 'viareggio-files-restore-files' },
  { victim: 'node', at: 'viareggio-domain-restore-domain' },
  { victim: 'pulumi', at: 'viareggio-domain-start-domain' },
  { victim: 'both', at: 'viareggio-files-serve-shares' },
] as const;

test('what hangs on a host is ended there when it is stopped, and holds no lock any more', async () => {
  const stop = new AbortController();
  const access = { ...site.context.access, signal: stop.signal };
  const work = withHost(
    access,
    'vi-fs1',
    async (host) =>
      await applyBashText(host, 'echo begun >&2; sleep 987654', { onProgress: () => stop.abort() }),
  );
  await expect(work).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await withHost(site.context.access, 'vi-fs1', async (host) => {
    await until('the command to end', async () => {
      const { exitCode } = await host.try("pgrep --full '^sleep 98765[4]'");
      return exitCode === 1 || undefined;
    });
    expect((await host.try('flock --nonblock /run/dr.lock true')).exitCode).toBe(0);
  });
});

test('an up that is stopped ends with its scripts and what they run on the hosts', async () => {
  const stop = new AbortController();
  const place = { ...site.place, signal: stop.signal };
  const stopped = await SiteStack.open('viareggio', { role: 'exercise', from }, place);
  const up = stopped.up((event) => {
    if (event.kind === 'started' && event.resource === kills[0].at) stop.abort();
  });
  await expect(up).rejects.toMatchObject({ code: 'STACK_STOPPED' });
  await withHost(site.context.access, 'vi-fs1', async (host) => {
    expect((await host.try('flock --timeout 5 /run/dr.lock true')).exitCode).toBe(0);
  });
});

const done = new Set<string>();

test.each(kills)(
  'kill -9 of $victim during $at: what was done before is not done again',
  async ({ victim, at }) => {
    const seen = await upUntil(at, victim);
    expect(resources(seen, 'create').filter((resource) => done.has(resource))).toEqual([]);
    for (const resource of finished(seen)) done.add(resource);
    expect(done).not.toContain(at);
  },
);

test('the next up finishes, a further one changes nothing, and every check passes', async () => {
  const after: StackEvent[] = [];
  await stack.up((event) => after.push(event));
  const created = resources(after, 'create');
  expect(created).toContain(kills.at(-1)?.at);
  expect(created.filter((resource) => done.has(resource))).toEqual([]);
  const { checks } = await verifyRestore(site.context, {
    site: 'viareggio',
    label: golden.label,
    snapshot: golden.snapshotId,
  });
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect((await stack.up()).changed).toBe(false);
});

/** Starts an `up`, kills it when that resource has begun, and gives the events seen until then. */
async function upUntil(resource: string, victim: (typeof kills)[number]['victim']): Promise<StackEvent[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'stack-up-child.ts'), JSON.stringify(site.place), JSON.stringify(from)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const seen: StackEvent[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as StackEvent;
    seen.push(event);
    if (event.kind === 'started' && event.resource === resource) break;
  }
  const engine = engineOf(Number(child.pid));
  if (victim !== 'node') process.kill(engine, 'SIGKILL');
  if (victim !== 'pulumi') child.kill('SIGKILL');
  await exited;
  return seen;
}

/** The pulumi process that this process started. */
function engineOf(pid: number): number {
  const children = execFileSync('pgrep', ['--parent', String(pid), 'pulumi'], { encoding: 'utf8' });
  return Number(children.trim().split('\n')[0]);
}

function resources(events: readonly StackEvent[], operation: string): string[] {
  return events.flatMap((event) =>
    event.kind === 'started' && event.operation === operation ? [event.resource] : [],
  );
}

function finished(events: readonly StackEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'finished' ? [event.resource] : []));
}
