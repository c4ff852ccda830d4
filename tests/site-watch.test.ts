/** The watch beside a run, with real looks: this machine stands for Viareggio's, and for a Lucca that answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Inventory } from '../inventory/schema.ts';
import type { Access } from '../platforms/access.ts';
import { type EvidenceEvent, EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { siteWatch } from '../runbooks/works/site-watch.ts';
import type { ScriptContext } from '../scripts/context.ts';
import type { Watch } from '../scripts/watch-isolation.ts';
import { soundInventory } from './inventory-copy.ts';

/** Few, so that a look is short. */
const few = ['vi-dc1', 'vi-fs1', 'lu-dc1', 'lu-ws1'];
const whole = (await soundInventory()).inventory;
const inventory = { ...whole, hosts: whole.hosts.filter(({ name }) => few.includes(name)), desks: [] };
const patiently = { timeout: 60_000, interval: 20 };
const finished = { type: 'step-finished', attempt: 1, outcome: 'done', durationMs: 0, detail: '' } as const;
const proved: EvidenceEvent = { ...finished, step: 'isolation' };
const over: EvidenceEvent = { type: 'run-finished', outcome: 'completed', detail: '' };

/** Nobody is there: it is the address of all, and no connection goes to it. */
const NOWHERE = '255.255.255.255';
const HERE = '127.0.0.1';

let folder = '';
let log: EvidenceLog;
/** The machines at Lucca that answer. */
let answering: string[] = [];
let reachable = true;
let looks = 0;
const watches: Watch[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dr-site-watch-'));
  log = new EvidenceLog(join(folder, 'evidence.jsonl'));
  [answering, reachable, looks] = [[], true, 0];
});
afterEach(async () => {
  await Promise.all(watches.splice(0).map(async (watch) => await watch.stop()));
  rmSync(folder, { recursive: true });
});

function surroundings(): Inventory {
  return {
    ...inventory,
    sites: inventory.sites.map((site) => {
      const gateway = site.id === 'viareggio' || answering.includes(`router-${site.id}`) ? HERE : NOWHERE;
      return { ...site, network: { ...site.network, gateway } };
    }),
    hosts: inventory.hosts.map((host) => {
      const here = host.site === 'viareggio' || answering.includes(host.name);
      // Another machine of the same site is one with another address.
      return { ...host, address: here ? `127.0.0.${host.address.split('.').at(-1)}` : NOWHERE };
    }),
  };
}

function access(): Access {
  const hosts = inventory.hosts.map(({ name }) => [name, { address: HERE, port: 22, local: reachable }]);
  const laptopCommand = reachable ? [] : ['false'];
  return {
    user: 'root',
    privateKeyFile: '-',
    knownHostsFile: '-',
    laptopCommand,
    hosts: Object.fromEntries(hosts),
  };
}

const secret = async (): Promise<string> => await Promise.resolve('');
const onFatal = (error: unknown): void => expect.unreachable(String(error));

const context = async (): Promise<ScriptContext> => {
  looks += 1;
  const custody = { directory: folder, secrets: folder };
  const found = { inventory: surroundings(), access: access(), secret, progress: () => undefined, custody };
  return await Promise.resolve(found);
};

function watchRun(role: 'exercise' | 'active', everyMs = 20): Watch {
  const watch = siteWatch({ context, site: 'viareggio', role, everyMs })(log, onFatal);
  watches.push(watch);
  return watch;
}

const alarms = (): string[] =>
  log.records.flatMap(({ event }) => (event.type === 'alarm' ? [event.textIt] : []));
const checks = (): unknown[] =>
  log.records.flatMap(({ event }) => (event.type === 'check' ? [event.check] : []));
const alarmsAre = async (count: number): Promise<string> =>
  await vi.waitFor(() => {
    expect(alarms()).toHaveLength(count);
    return alarms().at(-1) ?? '';
  }, patiently);
/** Until one that begins from now on has come to its end. */
const wholeLook = async (): Promise<void> => {
  const before = looks;
  await vi.waitUntil(() => looks >= before + 2, patiently);
};

test('it begins when the domain may start, and goes on through everything that comes later', async () => {
  answering = ['lu-dc1'];
  watchRun('active');
  log.append({ ...finished, step: '6.2.4-interlock' });
  expect(looks).toBe(0);
  log.append(proved);
  expect(await alarmsAre(1)).toMatch(/lu-dc1: .*respinge.*vi-dc1.*laptop/);
  log.append({ ...finished, step: '6.2.4-restore' });
  await wholeLook();
  expect(alarms()).toHaveLength(1);
  answering = [];
  await wholeLook();
  answering = ['lu-dc1'];
  await alarmsAre(2);
  // On the day a person decides; nothing is judged.
  expect(checks()).toEqual([]);
});

test('a restore that was done by hand is watched as well', async () => {
  answering = ['lu-dc1'];
  watchRun('active');
  log.append({ ...finished, step: '6.2.4-restore' });
  await alarmsAre(1);
});

test.each([['lu-dc1'], ['router-lucca']])('an exercise has failed when %s answers', async (host) => {
  watchRun('exercise');
  log.append(proved);
  await wholeLook();
  expect([alarms(), checks()]).toEqual([[], []]);
  answering = [host];
  expect(await alarmsAre(1)).toContain(host);
  expect(checks()).toMatchObject([{ id: 'isolation.lucca', outcome: 'FAIL' }]);
});

test('that a way leads to a Lucca that is off is no alarm on the day', async () => {
  answering = ['router-lucca', 'lu-ws1'];
  watchRun('active');
  log.append(proved);
  await wholeLook();
  expect(alarms()).toEqual([]);
});

test('a process that takes the run in hand watches at once, and once', async () => {
  log.append(proved);
  await watchRun('active').stop();
  log = new EvidenceLog(log.path);
  looks = 0;
  answering = ['lu-dc1'];
  watchRun('active', 3_600_000);
  await alarmsAre(1);
  log.append(proved);
  log.append({ ...finished, step: '6.2.4-restore' });
  expect(looks).toBe(1);
});

test('with the end of the run it falls silent', async () => {
  const watch = watchRun('exercise');
  log.append(proved);
  await wholeLook();
  log.append(over);
  answering = ['lu-dc1'];
  await wholeLook();
  await watch.stop();
  const ended = looks;
  log.append(proved);
  expect([log.records.at(-1)?.event, alarms(), checks(), looks]).toEqual([proved, [], [], ended]);
});

test('nobody who could look is said once, and again after somebody could', async () => {
  reachable = false;
  watchRun('active');
  log.append(proved);
  expect(await alarmsAre(1)).toMatch(/Nessuno può guardare se Lucca risponde: vi-dc1: .*laptop: /);
  reachable = true;
  await wholeLook();
  reachable = false;
  await alarmsAre(2);
});
