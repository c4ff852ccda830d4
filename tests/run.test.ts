/** A run executed by real processes on a real Postgres: said to, killed, taken over, cut off from its database. */

import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { databaseProcesses } from '../platforms/processes.ts';
import { openDatabase, stopDatabase } from '../runbooks/durable/postgres.ts';
import { RunStore } from '../runbooks/durable/store.ts';
import type { Command } from '../runbooks/run/command.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import type { RunView } from '../runbooks/view/run-view.ts';
import { addressOf } from './hand.ts';
import { answerTo, RunHarness, type RunningChild } from './run-harness.ts';

const harness = new RunHarness();
beforeAll(async () => await harness.start());
afterAll(async () => await harness.stop());

vi.setConfig({ testTimeout: 300_000 });
const patiently = { timeout: 90_000, interval: 50 };
function declared(milestone: 'detection' | 'activation'): Command {
  return { type: 'declare', milestone, atUtc: '2026-01-02T03:04:05.000Z', role: 'rco', person: '' };
}

/** The first process of a run, killed while the decision waits. */
async function killedWaiting(settings: ReturnType<RunHarness['settings']>): Promise<RunningChild> {
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  await first.kill();
  return first;
}

test('an unattended drill runs through by itself; what people would have said is marked as simulated', async () => {
  const child = harness.run(harness.settings({ kind: 'drill', unattended: true }));
  expect(`${await child.exit()} ${child.output}`).toMatch(/^0 /);
  const events = child.records().map(({ event }) => event);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'completed' });
  const answers = events.filter(({ type }) => type === 'answered');
  expect(answers.map((event) => event.type === 'answered' && event.origin)).toEqual([
    'simulated',
    'simulated',
  ]);
  expect(child.trace().filter((line) => line.includes('ends'))).toHaveLength(5);
});

test('people answer; refusals say why and change nothing; an answer said twice counts once', async () => {
  const child = harness.run(harness.settings());
  await child.until('decide', 'waiting');
  const before = child.records().length;
  const refused = [
    ['STEP_NOT_WAITING', answerTo('accept', 'done')],
    ['UNKNOWN_STEP', answerTo('nowhere', 'done')],
    ['UNKNOWN_CHOICE', answerTo('decide', 'perhaps')],
    ['UNKNOWN_ROLE', answerTo('decide', 'go', { role: 'sindaco' })],
    ['ROLE_NOT_ENTITLED', answerTo('decide', 'go', { role: 'ufficio-stampa' })],
    ['STEP_MOVED_ON', answerTo('decide', 'go', { attempt: 2 })],
    ['NOTE_NEEDED', answerTo('decide', 'failed')],
    ['TIME_IN_FUTURE', answerTo('decide', 'go', { atUtc: '2999-01-01T00:00:00.000Z' })],
    ['SAME_ROLE', { type: 'hand-over', from: 'rco', to: 'rco', role: 'rco', person: '', why: 'malato' }],
    [
      'NOTHING_TO_TAKE_BACK',
      { type: 'take-back', step: 'decide', attempt: 1, role: 'rco', person: '', why: 'errore' },
    ],
  ] as const;
  for (const [code, command] of refused)
    expect(await child.say(command)).toMatchObject({ ok: false, code, hint: expect.stringMatching(/\S/) });
  expect(child.records()).toHaveLength(before);

  const said = { id: 'said-once' };
  expect(await child.say(answerTo('decide', 'go'), said)).toEqual({ ok: true });
  expect(await child.say(answerTo('decide', 'go'), said)).toEqual({ ok: true });
  expect(await child.say(answerTo('decide', 'go'))).toMatchObject({ code: 'STEP_NOT_WAITING' });
  expect(child.records().filter(({ event }) => event.type === 'answered')).toHaveLength(1);
  await child.finish();
});

test('an answer is taken back while nothing was done on it, and not after', async () => {
  const child = harness.run(harness.settings());
  await child.until('decide', 'waiting');
  await child.say(answerTo('decide', 'stop'));
  await child.until('letter', 'waiting');
  expect(child.statusOf('left')).toBe('not-needed');
  const takeBack = {
    type: 'take-back',
    step: 'decide',
    attempt: 1,
    role: 'rco',
    person: 'P-1',
    why: 'premuto male',
  } as const;
  expect(await child.say(takeBack)).toEqual({ ok: true });
  await child.until('decide', 'waiting');
  expect(child.statusOf('letter')).toBe('blocked');
  expect(child.progress().milestones.has('activation')).toBe(false);
  expect(await child.say(answerTo('decide', 'go', { attempt: 2 }))).toEqual({ ok: true });
  await child.until('left', 'done');
  expect(await child.say({ ...takeBack, attempt: 2 })).toMatchObject({ ok: false, code: 'ANSWER_IN_USE' });
  expect(child.progress().milestones.has('activation')).toBe(true);
  await child.kill();
});

test('a deputy answers for a role that was handed over; times are declared afterwards, but not over measured ones', async () => {
  const child = harness.run(harness.settings());
  await child.until('decide', 'waiting');
  const deputy = { role: 'provveditore' };
  expect(await child.say(answerTo('decide', 'go', deputy))).toMatchObject({ code: 'ROLE_NOT_ENTITLED' });
  const handOver = {
    type: 'hand-over',
    from: 'rco',
    to: 'provveditore',
    role: 'rco',
    person: '',
    why: 'in ferie',
  } as const;
  expect(await child.say(handOver)).toEqual({ ok: true });
  expect(await child.say(answerTo('decide', 'go', deputy))).toEqual({ ok: true });
  expect(await child.say(declared('detection'))).toEqual({ ok: true });
  expect(await child.say(declared('activation'))).toMatchObject({ code: 'MEASURED_ALREADY' });
  expect(child.progress().milestones.get('detection')).toMatchObject({ origin: 'declared' });
  await child.kill();
});

test('a failed step offers to be tried again, done by hand or skipped, each with its reason', async () => {
  const failing = join(harness.folder, 'failing');
  writeFileSync(failing, '');
  const child = harness.run(harness.settings({ failing }));
  await child.until('prepare', 'failed');
  rmSync(failing);
  expect(await child.say(answerTo('prepare', 'retry'))).toEqual({ ok: true });
  await child.until('decide', 'waiting');
  writeFileSync(failing, '');
  await child.say(answerTo('decide', 'go'));
  await child.until('left', 'failed');
  await child.until('right', 'failed');
  expect(await child.say(answerTo('left', 'done', { note: 'fatto con docs/restore.md' }))).toEqual({
    ok: true,
  });
  expect(await child.say(answerTo('right', 'skipped', { note: 'non serve oggi' }))).toEqual({ ok: true });
  rmSync(failing);
  await child.finish();
  expect([child.statusOf('left'), child.statusOf('right')]).toEqual(['done', 'skipped']);
});

test('aborting ends the run, and what is said later is refused', async () => {
  const settings = harness.settings();
  const child = harness.run(settings);
  await child.until('decide', 'waiting');
  expect(await child.say({ type: 'abort', role: 'rco', person: '', why: 'falso allarme' })).toEqual({
    ok: true,
  });
  expect(await child.exit()).toBe(0);
  expect(child.progress().finished).toBe('aborted');
  const again = harness.run(settings);
  expect(`${await again.exit()} ${again.output}`).toMatch(/^2 .*RUN_FINISHED/s);
});

test('killed while it works: the next process goes on, asks where nobody can look, repeats nothing that was done', async () => {
  const settings = harness.settings({ workMs: 400, watched: true });
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  await first.say(answerTo('decide', 'go'));
  await vi.waitFor(
    () => expect(first.trace()).toEqual(expect.arrayContaining(['left begins 1', 'right begins 1'])),
    patiently,
  );
  await first.kill();

  const second = harness.run(settings);
  await second.until('right', 'unknown'); // its work can't be probed: a person says
  expect(await second.say(answerTo('right', 'done', { note: 'visto: era fatto' }))).toEqual({ ok: true });
  await second.until('left', 'done');
  await second.finish();
  const lines = second.trace();
  expect(lines.filter((line) => line === 'prepare ends 1')).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('left ends'))).toEqual(['left ends 2']);
  expect(lines.filter((line) => line.startsWith('right'))).toEqual(['right begins 1']);
  // What goes on beside the steps does so in each process, once, until the run is over and nothing of it is cleared away yet.
  expect(lines.filter((line) => /^(watch|closing)/.test(line))).toEqual([
    'watch begins',
    'watch begins',
    'watch ends',
    'closing',
  ]);
  expect(second.records().filter(({ event }) => event.type === 'resumed')).toHaveLength(1);
});

test('an answer said while nobody executes the run is taken when it goes on', async () => {
  const settings = harness.settings();
  const first = await killedWaiting(settings);
  expect(await first.say(answerTo('decide', 'go'), { seconds: 0.5 })).toBeUndefined();
  const second = harness.run(settings);
  await second.until('left', 'done');
  await second.finish();
});

test('a second process is refused while the first executes, and names it', async () => {
  const settings = harness.settings();
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  const second = harness.run(settings);
  expect(`${await second.exit()} ${second.output}`).toMatch(
    new RegExp(`^2 .*RUN_EXECUTED_ELSEWHERE.*${first.pid}`, 's'),
  );
  expect(await first.say(answerTo('decide', 'stop'))).toEqual({ ok: true });
  await first.kill();
});

test('another computer, which has only the database, takes over; the old one can write no more', async () => {
  const settings = harness.settings();
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  process.kill(first.pid, 'SIGSTOP'); // lost from sight, not dead
  await using store = await RunStore.open(harness.databaseUrl, { create: false });
  await store.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
    [`dr ${settings.runId}`],
  );
  const elsewhere = { ...settings, directory: `${settings.directory}-elsewhere` };
  const second = harness.run(elsewhere);
  await second.until('decide', 'waiting');
  process.kill(first.pid, 'SIGCONT');
  expect(`${await first.exit()} ${first.output}`).toMatch(/^2 .*RUN_TAKEN_OVER/s);
  await second.say(answerTo('decide', 'go'));
  await second.finish();
  const kept = await store.evidence(settings.runId);
  expect(readFileSync(evidencePath(elsewhere.directory), 'utf8')).toBe(`${kept.join('\n')}\n`);
});

test('a run that goes on is not taken by another run’s process on the same database', async () => {
  const other = harness.run(harness.settings());
  await other.until('decide', 'waiting');
  const before = other.records().length;
  const settings = harness.settings();
  await killedWaiting(settings);
  const second = harness.run(settings);
  await vi.waitFor(
    () => expect(second.records().map(({ event }) => event.type)).toContain('resumed'),
    patiently,
  );
  await second.say(answerTo('decide', 'go'));
  await second.finish();
  expect(other.records()).toHaveLength(before);
  await other.kill();
});

test('a run that one who has lost it takes once more comes back to the process that has it', async () => {
  const settings = harness.settings();
  await killedWaiting(settings);
  await using store = await RunStore.open(harness.databaseUrl, { create: false });
  const second = harness.run(settings);
  await vi.waitFor(
    async () => {
      const taken = await store.pool.query(
        "update dbos.workflow_status set status = 'PENDING' where workflow_uuid = $1 and status = 'ENQUEUED'",
        [settings.runId],
      );
      expect(taken.rowCount).toBe(1);
    },
    { timeout: 30_000, interval: 5 },
  );
  await second.say(answerTo('decide', 'go'), { seconds: 40 });
  await second.finish();
  expect(second.records().filter(({ event }) => event.type === 'resumed')).toHaveLength(1);
});

test('the database goes away in the middle: work goes on, nothing is lost, nothing is done twice', async () => {
  const settings = harness.settings({ workMs: 1_000 });
  const child = harness.run(settings);
  await child.until('decide', 'waiting');
  await child.say(answerTo('decide', 'go'));
  await vi.waitFor(() => expect(child.trace()).toContain('left begins 1'), patiently);
  await stopDatabase(harness.databaseFolder);
  await vi.waitFor(() => expect(child.output).toContain('non risponde'), patiently);
  await openDatabase(harness.databaseFolder);
  await child.until('accept', 'waiting');
  await child.finish();
  expect(child.trace().filter((line) => line.startsWith('left'))).toEqual(['left begins 1', 'left ends 1']);
  await using store = await RunStore.open(harness.databaseUrl, { create: false });
  expect(await store.evidence(settings.runId)).toHaveLength(child.records().length);
});

test('the database of our own is killed under a run that waits: the run starts it again and goes on by itself', async () => {
  const child = harness.run(harness.settings({ databaseFolder: harness.databaseFolder }));
  await child.until('decide', 'waiting');
  const [server = 0] = databaseProcesses(harness.databaseFolder);
  process.kill(server, 'SIGKILL');
  await vi.waitFor(() => expect(child.output).toContain('lo riavvio'), patiently);
  await vi.waitFor(() => {
    const [next] = databaseProcesses(harness.databaseFolder);
    expect([undefined, server]).not.toContain(next);
  }, patiently);
  await vi.waitFor(
    async () =>
      expect(await child.say(answerTo('decide', 'go'), { id: 'after the kill' })).toEqual({ ok: true }),
    patiently,
  );
  await child.finish();
  expect(child.records().filter(({ event }) => event.type === 'resumed')).toEqual([]);
  expect(child.trace().filter((line) => line.includes('ends'))).toHaveLength(5);
});

test('its port is taken before it is back: the process ends with a reason, and the run can be gone on with', async () => {
  const { databaseFolder } = harness;
  const settings = harness.settings({ databaseFolder });
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  process.kill(first.pid, 'SIGSTOP'); // it must not be quicker than who takes the port
  const [server = 0] = databaseProcesses(databaseFolder);
  process.kill(server, 'SIGKILL');
  const taker = createServer((socket) => socket.destroy());
  await vi.waitFor(async () => {
    taker.listen(Number(new URL(harness.databaseUrl).port), '127.0.0.1');
    await once(taker, 'listening');
  }, patiently);
  process.kill(first.pid, 'SIGCONT');
  expect(`${await first.exit()} ${first.output}`).toMatch(/^2 .*^DATABASE_MOVED: /ms);
  taker.close();

  harness.databaseUrl = await openDatabase(databaseFolder);
  const second = harness.run({ ...settings, databaseUrl: harness.databaseUrl });
  await second.until('decide', 'waiting');
  expect(await second.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await second.finish();
});

test('a runbook that has changed since the run began is refused; nothing is touched', async () => {
  const settings = harness.settings();
  await killedWaiting(settings);
  const before = readFileSync(evidencePath(settings.directory), 'utf8');
  const other = harness.run({ ...settings, extraStep: true });
  expect(`${await other.exit()} ${other.output}`).toMatch(/^2 .*RUNBOOK_CHANGED/s);
  expect(readFileSync(evidencePath(settings.directory), 'utf8')).toBe(before);
  const same = harness.run(settings);
  await same.until('decide', 'waiting');
  await same.kill();
});

test('an altered log is refused; one that lost its end is made whole from the database', async () => {
  const settings = harness.settings();
  const first = harness.run(settings);
  await first.until('decide', 'waiting');
  await using store = await RunStore.open(harness.databaseUrl, { create: false });
  await vi.waitFor(
    async () => expect(await store.evidence(settings.runId)).toHaveLength(first.records().length),
    patiently,
  );
  await first.kill();
  const path = evidencePath(settings.directory);
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replace('"test"', '"tost"'));
  const refused = harness.run(settings);
  expect(`${await refused.exit()} ${refused.output}`).toMatch(/^2 .*EVIDENCE_BROKEN/s);
  writeFileSync(path, whole.split('\n').slice(0, 1).join('\n'));
  appendFileSync(path, '\n');
  const mended = harness.run(settings);
  await mended.until('decide', 'waiting');
  expect(readFileSync(path, 'utf8').startsWith(whole)).toBe(true);
  await mended.kill();
  rmSync(path);
  const again = harness.run(settings);
  await again.until('decide', 'waiting');
  expect(readFileSync(path, 'utf8').startsWith(whole)).toBe(true);
  await again.kill();
});

test('a full disk under the evidence stops the run in words; with room again it goes on', async () => {
  const settings = harness.settings();
  await killedWaiting(settings);
  expect(existsSync('/dev/full')).toBe(true);
  // Too little room for one more record, as a full disk has.
  const limited = harness.run({
    ...settings,
    fileSizeLimitBytes: readFileSync(evidencePath(settings.directory)).length,
  });
  expect(`${await limited.exit()} ${limited.output}`).toMatch(/^2 .*EVIDENCE_WRITE/s);
  const roomy = harness.run(settings);
  await roomy.until('decide', 'waiting');
  await roomy.say(answerTo('decide', 'go'));
  await roomy.finish();
});

test('an alarm reaches the evidence and the page of a run while it goes on, once', async () => {
  const page = { port: 0, personFolder: harness.folder };
  const settings = harness.settings({ timeoutMinutes: 0.02, page });
  const child = harness.run(settings);
  const url = await addressOf(child);
  const alarms = () => child.records().filter(({ event }) => event.type === 'alarm');
  await vi.waitFor(
    () => expect(alarms().map(({ key }) => key)).toContain('alarm/time-out/decide/1'),
    patiently,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test judges it
  const shown = (await (await fetch(`${url}view.json`)).json()) as RunView;
  const words = shown.alarms.filter(({ step }) => step === 'decide').map(({ text }) => text.it);
  expect(words).toContainEqual(expect.stringMatching(/^decide testo: oltre .* Avvisare: rco\.$/));
  expect(shown.steps.find(({ id }) => id === 'decide')).toMatchObject({ status: 'waiting', overdue: true });
  expect(await child.say(answerTo('decide', 'stop'))).toEqual({ ok: true });
  await vi.waitFor(
    () => expect(alarms().map(({ key }) => key)).toContain('alarm/time-out/letter/1'),
    patiently,
  );
  const keys = alarms().map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  await child.kill();
});

test('a wrong database address is said in words', async () => {
  const nowhere = harness.run(harness.settings({ databaseUrl: 'postgresql://dr:x@127.0.0.1:9/postgres' }));
  expect(`${await nowhere.exit()} ${nowhere.output}`).toMatch(/^2 .*DATABASE_UNREACHABLE/s);
});
