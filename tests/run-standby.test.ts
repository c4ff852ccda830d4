/** A run on a server that another one follows: the first is lost with the computer that executed it, the second is promoted. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChildSettings } from '../bench/small-run/runbook.ts';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { isExecuted } from '../runbooks/durable/fence.ts';
import { RunStore } from '../runbooks/durable/store.ts';
import { readEvidence, verifyLines } from '../runbooks/evidence/evidence.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { inventoryFolder } from './inventory-copy.ts';
import { answerTo, RunHarness, type RunningChild } from './run-harness.ts';
import { query, Standby } from './standby.ts';

const dr = resolve(import.meta.dirname, '..', 'bin', 'dr');
let harness: RunHarness;
beforeEach(async () => {
  harness = new RunHarness();
  await harness.start();
});
afterEach(async () => await harness.stop());

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const patiently = { timeout: 90_000, interval: 20 };

async function follow(synchronous: boolean): Promise<Standby> {
  const primary = { folder: harness.databaseFolder, url: harness.databaseUrl };
  return await Standby.follow(primary, harness.standbyFolder, { synchronous });
}

/** The same run from another computer: a folder of its own, and the address of the other server. */
function elsewhere(settings: ChildSettings, { url }: Standby): ChildSettings {
  return { ...settings, databaseUrl: url, directory: `${settings.directory}-elsewhere` };
}

/** Every record of the executing process is in the database (and so, with a synchronous standby, in both). */
async function settled(child: RunningChild, url: string, runId: string): Promise<void> {
  await using store = await RunStore.open(url, { create: false });
  await vi.waitFor(
    async () => expect(await store.evidence(runId)).toHaveLength(child.records().length),
    patiently,
  );
}

const begun = (child: RunningChild, step: string): string[] =>
  child.trace().filter((line) => line.startsWith(`${step} begins`));

test('taken over at the standby: nothing that was done is repeated, nothing said is asked again, the evidence is whole', async () => {
  const standby = await follow(true);
  const given = harness.settings();
  const settings = { ...given, hanging: `${given.directory}.hangs` };
  writeFileSync(`${settings.hanging}-left-1`, '');
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  expect(await first.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await first.until('right', 'done');
  await vi.waitFor(() => expect(first.trace()).toContain('left hangs 1'), patiently);
  await settled(first, harness.databaseUrl, settings.runId);
  standby.killPrimary();
  await first.kill();
  const before = readFileSync(evidencePath(settings.directory), 'utf8');

  const there = elsewhere(settings, standby);
  const early = harness.run(there);
  expect(`${await early.exit()} ${early.output}`).toMatch(/^2 .*DATABASE_STANDBY: .*solo letture/s);
  await standby.promote();
  const second = harness.run(there);
  await second.finish();
  expect(['prepare', 'left', 'right', 'end'].map((step) => begun(second, step))).toEqual([
    ['prepare begins 1'],
    ['left begins 1', 'left begins 2'], // it was under way, and looks first
    ['right begins 1'],
    ['end begins 1'],
  ]);
  const answers = second.records().filter(({ event }) => event.type === 'answered');
  expect(answers.map(({ event }) => event.type === 'answered' && event.step)).toEqual([
    'decide',
    'accept',
    'letter',
  ]);
  const after = readFileSync(evidencePath(there.directory), 'utf8');
  expect(after.startsWith(before)).toBe(true);
  await using store = await RunStore.open(standby.url, { create: false });
  expect(`${(await store.evidence(settings.runId)).join('\n')}\n`).toBe(after);
});

test('who only looks at a standby sees the run, and does not say that nobody executes it', async () => {
  const standby = await follow(false);
  const settings = harness.settings();
  const child = harness.run(settings);
  await child.until('decide', 'waiting');
  await settled(child, standby.url, settings.runId);
  await using store = await RunStore.open(standby.url, { create: false });
  expect(await isExecuted(store, settings.runId)).toBeNull();
  await child.kill();
});

test('not synchronous: what the standby had not received is done and asked again; the longer evidence is kept aside', async () => {
  const standby = await follow(false);
  const settings = harness.settings();
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  await settled(first, standby.url, settings.runId);
  await standby.cutOff();
  expect(await first.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await first.until('accept', 'waiting');
  standby.killPrimary();
  await first.kill();
  await standby.promote();

  const second = harness.run(elsewhere(settings, standby));
  await second.until('decide', 'waiting');
  expect(await second.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await second.until('accept', 'waiting');
  expect(begun(second, 'left')).toEqual(['left begins 1', 'left begins 1']);
  expect(begun(second, 'prepare')).toEqual(['prepare begins 1']);
  await second.kill();

  // The first computer was not lost after all, and goes on with the run as it is now.
  const third = harness.run({ ...settings, databaseUrl: standby.url });
  await third.finish();
  const [aside = ''] = readdirSync(settings.directory).filter((name) => name.endsWith('.aside'));
  expect(readEvidence(`${settings.directory}/${aside}`).length).toBeGreaterThan(0);
  await using store = await RunStore.open(standby.url, { create: false });
  expect(verifyLines(await store.evidence(settings.runId), 'standby')).toEqual(third.records());
});

test('synchronous: one who comes back with the old primary begins nothing there any more', async () => {
  const standby = await follow(true);
  const given = harness.settings({ kind: 'drill' });
  const settings = { ...given, hanging: `${given.directory}.hangs` };
  const hung = `${settings.hanging}-letter-1`;
  writeFileSync(hung, '');
  const old = harness.run(settings);
  await old.until('decide', 'waiting');
  expect(await old.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await old.until('accept', 'waiting');
  expect(await old.say(answerTo('accept', 'done'))).toEqual({ ok: true });
  await vi.waitFor(() => expect(old.trace()).toContain('letter hangs 1'), patiently);
  await settled(old, harness.databaseUrl, settings.runId);
  process.kill(old.pid, 'SIGSTOP'); // its computer sleeps, and its server is cut off from the other
  await standby.promote();
  const second = harness.run(elsewhere(settings, standby));
  expect(await second.exit()).toBe(0);

  process.kill(old.pid, 'SIGCONT');
  rmSync(hung);
  await old.until('end', 'running'); // so it says in its own file; nothing is begun before the database has it too
  const waiting = "select 1 from pg_stat_activity where wait_event = 'SyncRep'";
  await vi.waitFor(
    async () => expect((await query(harness.databaseUrl, waiting)).length).toBeGreaterThan(0),
    patiently,
  );
  expect(begun(second, 'end')).toEqual(['end begins 1']);
  await old.kill();
});

test('an address that goes over to the promoted server: the run goes on by itself', async () => {
  const standby = await follow(true);
  await using door = await openDoor(harness.databaseUrl);
  const settings = harness.settings({ databaseUrl: door.url });
  const child = harness.run(settings);
  await child.until('decide', 'waiting');
  await settled(child, harness.databaseUrl, settings.runId);
  standby.killPrimary();
  await standby.promote();
  door.leadTo(standby.url);
  await vi.waitFor(
    async () =>
      expect(await child.say(answerTo('decide', 'go'), { id: 'after', seconds: 5 })).toEqual({ ok: true }),
    patiently,
  );
  await child.finish();
  expect(child.records().filter(({ event }) => event.type === 'resumed')).toEqual([]);
});

test('a connection lost again the moment it is back: the run takes itself in hand once more', async () => {
  await using door = await openDoor(harness.databaseUrl);
  const settings = harness.settings({ databaseUrl: door.url });
  const child = harness.run(settings);
  await child.until('decide', 'waiting');
  const cut = door.cutAt('select epoch');
  const hold = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dr ${settings.runId}'`;
  expect(await query(harness.databaseUrl, hold)).toHaveLength(1);
  await cut;
  expect(await child.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await child.finish();
  expect(child.records().filter(({ event }) => event.type === 'resumed')).toEqual([]);
});

test('a database that has lost the end of the evidence: the process stops in words, and the next puts it back', async () => {
  const settings = harness.settings({ everythingProbed: true });
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  await settled(first, harness.databaseUrl, settings.runId);
  const count = first.records().length;
  await query(
    harness.databaseUrl,
    `delete from dr.evidence where run_id = '${settings.runId}' and seq >= ${count - 2}`,
  );
  void first.say(answerTo('decide', 'go'), { seconds: 1 }).catch(() => undefined);
  expect(`${await first.exit()} ${first.output}`).toMatch(/^2 .*DATABASE_FELL_BACK: .*ultime 2 righe/s);
  const second = harness.run(settings);
  await second.finish();
  await using store = await RunStore.open(harness.databaseUrl, { create: false });
  expect(verifyLines(await store.evidence(settings.runId), 'database')).toEqual(second.records());
});

test('as it is typed: seen at the standby, refused there, promoted, gone on with from another computer', async () => {
  const standby = await follow(true);
  const [lucca, viareggio] = [harness.databaseUrl, standby.url].map(
    (url) => new Computer(harness.folder, url),
  );
  if (lucca === undefined || viareggio === undefined) throw new Error('two computers');
  await lucca.begin('restore', ...lucca.paths);
  const detected = ['step', 'answer', '6.1-detection', 'done', '--role', 'ufficio-servizi-informatici'];
  expect(await lucca.type(...detected)).toMatchObject({ exitCode: 0 });
  await lucca.lose();
  standby.killPrimary();

  expect((await viareggio.type('step')).stdout).toContain('6.1-escalation');
  expect(await viareggio.type('step', 'abort', '--role', 'rco', '--why', 'prova')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('[DATABASE_STANDBY]'),
  });
  await standby.promote();
  await viareggio.begin('resume', ...viareggio.paths);
  const list = await viareggio.type('step');
  expect(list.stdout).toContain('6.1-escalation');
  expect(list.stdout).not.toContain('6.1-detection');
  const [runId = ''] = readdirSync(viareggio.reports);
  const answers = readEvidence(evidencePath(`${viareggio.reports}/${runId}`)).filter(
    ({ event }) => event.type === 'answered',
  );
  expect(answers).toMatchObject([{ event: { step: '6.1-detection' } }]);
  await viareggio.lose();
});

/** A laptop: its state, its inventory and its reports are its own, the address of the database is what it is told. */
class Computer {
  readonly #folder: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  constructor(folder: string, databaseUrl: string) {
    this.#folder = mkdtempSync(join(folder, 'run-computer-'));
    this.#env = {
      DR_STATE: join(this.#folder, 'state'),
      DR_PERSON: '',
      DR_DATABASE_URL: databaseUrl,
    };
    mkdirSync(join(this.#folder, 'inventory'));
    for (const name of readdirSync(inventoryFolder).filter((one) => one.endsWith('.yaml')))
      cpSync(join(inventoryFolder, name), join(this.#folder, 'inventory', name));
    writeFileSync(join(this.#folder, 'access.yaml'), 'hosts: {}\n');
  }

  get reports(): string {
    return join(this.#folder, 'reports');
  }

  get paths(): string[] {
    const [inventory, access] = ['inventory', 'access.yaml'].map((name) => join(this.#folder, name));
    return ['--reports', this.reports, '--inventory', String(inventory), '--access', String(access)];
  }

  async type(...args: string[]): Promise<ExecOutcome> {
    return await tryRun(dr, args, { env: this.#env });
  }

  /** Begins or goes on, until its page is there. */
  async begin(...args: string[]): Promise<void> {
    let output = '';
    this.#child = spawn(dr, args, {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
      });
    await vi.waitFor(() => expect(output).toContain('Pagina / Page'), patiently);
  }

  /** Gone, with all that it holds. */
  async lose(): Promise<void> {
    if (this.#child?.kill('SIGKILL')) await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true });
  }
}

type Door = AsyncDisposable & {
  url: string;
  leadTo: (url: string) => void;
  /** Cuts off the next connection in which these words are said. */
  cutAt: (words: string) => Promise<void>;
};

/** A TCP address that leads to one server or another. */
async function openDoor(url: string): Promise<Door> {
  let port = Number(new URL(url).port);
  let fatal: { words: string; said: () => void } | undefined;
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      if (fatal === undefined || !chunk.includes(fatal.words)) return;
      fatal.said();
      fatal = undefined;
      socket.destroy();
      onward.destroy();
    });
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => void onward.destroy());
    onward.on('error', () => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const here = new URL(url);
  here.port = String(typeof address === 'object' ? address?.port : 0);
  return {
    url: here.href,
    leadTo: (next) => {
      port = Number(new URL(next).port);
    },
    cutAt: async (words) =>
      await new Promise((said) => {
        fatal = { words, said };
      }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}
