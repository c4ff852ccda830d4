import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { foldRun, offsetNow, rtoRemainingMs } from '../runbooks/clock.ts';
import { partNames, type RunState, runStateSchema } from '../runbooks/clock-model.ts';
import { type EvidenceEvent, milestoneNames, readEvidence } from '../runbooks/evidence.ts';
import { drillPlan, lostAce, Recorder, recordDrill } from './report-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'dr-clock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let path: string;
beforeEach(() => {
  count += 1;
  path = join(folder, `${count}.jsonl`);
});

const minute = 60_000;
const hour = 60 * minute;

/** A short run with both clocks and one check; `middle` is what happens between activation and verification. */
function shortRun(middle: (recorder: Recorder) => void, rtoTargetSeconds = 3600): RunState {
  const recorder = new Recorder(path).begin({ rtoTargetSeconds });
  recorder.milestone('event').pass(minute).milestone('activation').cassette();
  middle(recorder);
  recorder.milestone('service-verified').check().end();
  return foldRun(readEvidence(path));
}

describe('verdict and exit status', () => {
  const cases: [name: string, write: (recorder: Recorder) => void, exit: number, codes: string[]][] = [
    ['everything right', (r) => whole(r), 0, []],
    ['RTO missed', (r) => whole(r, { rtoTargetSeconds: 1 }), 1, ['rto-missed']],
    ['RPO missed', (r) => whole(r, { rpoTargetSeconds: 3600 }), 1, ['rpo-missed']],
    ['a check failed', (r) => whole(r, {}, (s) => s.check(lostAce)), 1, ['check-failed']],
    [
      'a check not verifiable',
      (r) => whole(r, {}, (s) => s.check({ id: 'printer', outcome: 'NOT VERIFIABLE' })),
      1,
      ['check-not-verifiable'],
    ],
    [
      'a check that failed and passed when done again',
      (r) => whole(r, {}, (s) => s.check(lostAce).check({ id: 'files.acl' })),
      0,
      [],
    ],
    [
      'a step left failed',
      (r) => whole(r, {}, (s) => s.step('notify', 10, { outcome: 'failed' })),
      1,
      ['step-failed'],
    ],
    [
      'a step failed, then done',
      (r) => whole(r, {}, (s) => s.step('a', 10, { outcome: 'failed' }).step('a', 10, { attempt: 2 })),
      0,
      [],
    ],
    [
      'no service verified',
      (r) => r.begin().milestone('event').milestone('activation').cassette().check(lostAce).end(),
      1,
      ['check-failed', 'rto-not-verifiable'],
    ],
    [
      'no service verified and the target gone by',
      (r) =>
        r
          .begin({ rtoTargetSeconds: 1 })
          .milestone('event')
          .milestone('activation')
          .cassette()
          .pass(5_000)
          .check()
          .end(),
      1,
      ['rto-missed'],
    ],
    [
      'no cassette on record',
      (r) => r.begin().milestone('event').milestone('activation').milestone('service-verified').check().end(),
      1,
      ['rpo-not-verifiable'],
    ],
    [
      'a cassette that was still at Lucca',
      (r) => whole(r, {}, undefined, { site: 'lucca' }),
      1,
      ['rpo-not-verifiable'],
    ],
    [
      'a snapshot from after the event',
      (r) => whole(r, {}, undefined, { snapshotAtUtc: '2026-11-23T08:00:01.000Z' }),
      1,
      ['rpo-not-verifiable'],
    ],
    [
      'aborted',
      (r) => r.begin().milestone('activation').end('aborted', 'cassetta assente / no cassette'),
      2,
      ['aborted', 'no-checks', 'rto-not-verifiable', 'rpo-not-verifiable'],
    ],
    [
      'killed',
      (r) => r.begin().milestone('activation').check().start('restore'),
      2,
      ['unfinished', 'rto-not-verifiable', 'rpo-not-verifiable'],
    ],
    [
      'no check at all',
      (r) =>
        r.begin().milestone('event').milestone('activation').cassette().milestone('service-verified').end(),
      2,
      ['no-checks'],
    ],
    [
      'no check could be carried out',
      (r) =>
        r
          .begin()
          .milestone('event')
          .milestone('activation')
          .cassette()
          .milestone('service-verified')
          .check({ outcome: 'NOT VERIFIABLE' })
          .end(),
      2,
      ['nothing-verifiable', 'check-not-verifiable'],
    ],
  ];

  test.each(cases)('%s', (_name, write, exitStatus, codes) => {
    write(new Recorder(path));
    const { verdict } = foldRun(readEvidence(path));
    expect(verdict.reasons.map(({ code }) => code)).toEqual(codes);
    expect(verdict.exitStatus).toBe(exitStatus);
    expect(verdict.outcome).toBe(['PASS', 'FAIL', 'NOT CARRIED OUT'][exitStatus]);
  });
});

describe('the RTO clock', () => {
  test('counts from activation to verification', () => {
    const { rto } = shortRun((recorder) => recorder.step('a', 5 * minute).pass(2_000));
    expect(rto).toMatchObject({
      actualMs: 5 * minute + 2_000,
      livedMs: 5 * minute + 2_000,
      assumedMs: 0,
      unaccountedMs: 0,
      outcome: 'PASS',
    });
  });

  test.each([
    [3600, 'PASS'],
    [3599, 'FAIL'],
  ])('a target of %i s for an hour to the millisecond: %s', (rtoTargetSeconds, outcome) => {
    expect(shortRun((recorder) => recorder.pass(hour), rtoTargetSeconds).rto.outcome).toBe(outcome);
  });

  test('adds the time that simulated steps stand for', () => {
    const state = shortRun((recorder) =>
      recorder.simulate('travel', 45 * minute).step('restore', 2 * minute),
    );
    expect(state.rto).toMatchObject({ livedMs: 2 * minute + 3, assumedMs: 45 * minute - 3 });
    expect(state.rto.actualMs).toBe(47 * minute);
  });

  test('does not add simulated time from before the activation', () => {
    const recorder = new Recorder(path).begin().milestone('event');
    recorder.simulate('assess', hour).milestone('activation', 'simulated').pass(minute);
    recorder.milestone('service-verified').check().end();
    expect(foldRun(readEvidence(path)).rto.actualMs).toBe(minute);
  });

  test('starts at a declared activation, however late it was typed in', () => {
    const recorder = new Recorder(path).begin().milestone('event', 'declared', '2026-11-23T04:00:00.000Z');
    recorder.milestone('activation', 'declared', '2026-11-23T05:00:00.000Z').pass(hour);
    recorder.milestone('service-verified').check().end();
    const { rto, milestones } = foldRun(readEvidence(path));
    expect(rto.actualMs).toBe(3 * hour);
    expect(milestones.map(({ name }) => name)).toEqual(['event', 'activation', 'service-verified']);
  });

  test('is not made shorter by writing a milestone again', () => {
    const { rto, milestones } = shortRun((recorder) => {
      recorder.pass(minute).milestone('activation').pass(minute);
      recorder.milestone('service-verified').pass(minute);
    });
    expect(rto.actualMs).toBe(3 * minute);
    expect(milestones.map(({ otherAtUtc }) => otherAtUtc.length)).toEqual([0, 1, 1]);
  });

  test('a clock set back within one process changes nothing', () => {
    const { rto, clockJumps } = shortRun((recorder) =>
      recorder.pass(minute).setWallClock(-hour).pass(minute),
    );
    expect(rto).toMatchObject({ actualMs: 2 * minute, unaccountedMs: 0, outcome: 'PASS' });
    expect(clockJumps).toMatchObject([{ byMs: -hour, unaccounted: false }]);
  });

  test('a machine that slept: PASS only if the target holds with the sleep added', () => {
    const sleep = (recorder: Recorder) =>
      recorder
        .pass(minute)
        .setWallClock(2 * hour)
        .pass(minute);
    expect(shortRun(sleep).rto).toMatchObject({ unaccountedMs: 2 * hour, outcome: 'NOT VERIFIABLE' });
    path = `${path}.2`;
    expect(shortRun(sleep, 3 * 3600).rto.outcome).toBe('PASS');
  });

  test('two processes: their monotonic clocks are never subtracted from each other', () => {
    const state = shortRun((recorder) =>
      recorder
        .start('a')
        .pass(minute)
        .newProcess(30_000)
        .pass(minute)
        .start('a', 2)
        .pass(minute)
        .finish('a', { attempt: 2 }),
    );
    expect(state.rto.actualMs).toBe(3 * minute + 30_000);
    expect(state.steps[0]?.attempts).toMatchObject([
      { outcome: 'interrupted', livedMs: 0 },
      { outcome: 'done', durationMs: minute, durationFrom: 'monotonic' },
    ]);
  });

  test('a step that ends in another process is timed by UTC, and says so', () => {
    const { steps } = shortRun((recorder) => recorder.start('a').newProcess(20_000).pass(5_000).finish('a'));
    expect(steps[0]?.attempts).toMatchObject([{ durationMs: 25_000, durationFrom: 'utc' }]);
  });

  test('a clock set back right after the activation counts too', () => {
    const { rto } = shortRun((recorder) => recorder.newProcess(-2 * hour));
    expect(rto).toMatchObject({ actualMs: 0, unaccountedMs: 2 * hour, outcome: 'NOT VERIFIABLE' });
  });

  test('a clock set back between two processes: their distance is not known', () => {
    const { rto } = shortRun((recorder) =>
      recorder
        .pass(minute)
        .start('a')
        .newProcess(-2 * hour)
        .start('a', 2)
        .pass(minute),
    );
    expect(rto).toMatchObject({
      actualMs: 2 * minute,
      unaccountedMs: 2 * hour,
      outcome: 'NOT VERIFIABLE',
    });
  });
});

describe('the RPO clock', () => {
  test('event minus snapshot', () => {
    const { rpo } = shortRun(() => undefined);
    expect(rpo).toMatchObject({ actualMs: 9.5 * hour, outcome: 'PASS' });
  });

  test('the last cassette at Viareggio counts, not one left at Lucca', () => {
    const { rpo } = shortRun((recorder) =>
      recorder
        .cassette({ snapshotAtUtc: '2026-11-23T06:00:00.000+01:00', site: 'Viareggio' })
        .cassette({ snapshotAtUtc: '2026-11-23T06:59:00.000Z', site: 'lucca' }),
    );
    expect(rpo.actualMs).toBe(2 * hour);
  });
});

describe('intervals', () => {
  test('each kind of time, rework and idleness, and nothing counted twice', () => {
    const recorder = new Recorder(path).begin();
    recorder.append(drillPlan);
    recorder.milestone('event').milestone('activation').step('activate', minute);
    recorder
      .step('travel', 2 * minute)
      .step('cassette', 3 * minute)
      .pass(4_000);
    recorder.start('desk-1').pass(10_000).start('desk-2').pass(10_000).finish('desk-1').pass(5_000);
    recorder.finish('desk-2', { outcome: 'failed' }).step('desk-2', 7_000, { attempt: 2 });
    recorder.milestone('service-verified').check().end();
    const { rto } = foldRun(readEvidence(path));
    const lived = partNames.map((name) => [name, rto.parts?.[name].livedMs]);
    expect(Object.fromEntries(lived)).toEqual({
      decision: minute,
      travel: 2 * minute,
      human: 3 * minute,
      machine: 25_000,
      rework: 7_000,
      idle: 4_000,
    });
  });

  test('a whole drill: simulated and lived time apart, intervals from milestone to milestone', () => {
    recordDrill(path);
    const state = foldRun(readEvidence(path));
    expect(runStateSchema.parse(state)).toEqual(state);
    expect(state.intervals.map(({ from, to }) => [from, to])).toEqual(
      milestoneNames.slice(1).map((name, index) => [milestoneNames[index], name]),
    );
    expect(state.rto.parts?.travel.assumedMs).toBe(45 * minute - 3);
    expect(state.rto.parts?.rework.livedMs).toBe(21_730);
    expect(state.steps.find(({ step }) => step === 'restore-files')?.attempts).toHaveLength(2);
    expect(state.verdict.exitStatus).toBe(0);
  });

  test('whatever happens, the lived parts add up to the interval', () => {
    const action = fc.tuple(
      fc.constantFrom('start', 'finish', 'pass', 'process', 'wall', 'milestone'),
      fc.nat(13),
      fc.integer({ min: -90_000, max: 90_000 }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        rmSync(path, { force: true });
        const recorder = new Recorder(path).begin();
        recorder.append(drillPlan);
        recorder.milestone('activation');
        for (const [what, which, ms] of actions) play(recorder, what, which, ms);
        recorder.milestone('service-verified').end();
        const state = foldRun(readEvidence(path));
        expect(runStateSchema.parse(state)).toEqual(state);
        for (const { livedMs, assumedMs, parts } of state.intervals) {
          const sum = partNames.reduce((total, name) => total + parts[name].livedMs, 0);
          expect(sum).toBeCloseTo(livedMs, 3);
          expect(assumedMs).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the RTO remaining', () => {
  test('unknown before the activation, then what is left, simulated time taken off, then frozen', () => {
    const recorder = new Recorder(path).begin({ rtoTargetSeconds: 3600 }).milestone('event').pass(minute);
    expect(remaining()).toBeUndefined();
    recorder.milestone('activation').pass(minute).start('a');
    expect(remaining()).toBe(59 * minute);
    recorder.simulate('travel', 30 * minute);
    expect(remaining()).toBe(29 * minute);
    recorder.pass(40 * minute).finish('a');
    expect(remaining()).toBe(-11 * minute);
    recorder.milestone('service-verified').pass(hour).check();
    expect(remaining()).toBe(-11 * minute);
  });

  test('between two records it goes on with the asking process', () => {
    const recorder = new Recorder(path).begin();
    const last = recorder.append({
      type: 'milestone',
      name: 'activation',
      atUtc: recorder.now(),
      origin: 'measured',
    });
    const state = foldRun(readEvidence(path));
    expect(offsetNow(state, last, { ...last, monotonicMs: last.monotonicMs + 700 })).toBe(700);
    const other = { process: 'another', monotonicMs: 1, atUtc: recorder.pass(4_000).now() };
    expect(offsetNow(state, last, other)).toBe(4_000);
  });
});

test('running, interrupted and planned steps are told apart', () => {
  const recorder = new Recorder(path).begin();
  recorder.append(drillPlan);
  const steps = ['assess', 'restore-domain', 'restore-files', 'travel'];
  // A person goes on when the program's process dies; what the program did is cut off with it.
  recorder.start('assess').start('restore-domain').newProcess(1_000).start('restore-files').pass(1_000);
  const outcomes = () => {
    const state = foldRun(readEvidence(path));
    return steps.map((step) => state.steps.find((candidate) => candidate.step === step)?.outcome);
  };
  expect(outcomes()).toEqual(['running', 'interrupted', 'running', 'planned']);
  recorder.end('aborted', 'x');
  expect(outcomes()).toEqual(['interrupted', 'interrupted', 'interrupted', 'planned']);
});

test('evidence without a run is refused', () => {
  const event: EvidenceEvent = { type: 'note', textIt: 'x', textEn: 'x', origin: 'measured' };
  new Recorder(path).append(event);
  expect(() => foldRun(readEvidence(path))).toThrowError(
    expect.objectContaining({ code: 'EVIDENCE_NO_RUN' }),
  );
  expect(() => foldRun([])).toThrowError(expect.objectContaining({ code: 'EVIDENCE_NO_RUN' }));
});

function whole(
  recorder: Recorder,
  head: Parameters<Recorder['begin']>[0] = {},
  middle: (recorder: Recorder) => void = () => undefined,
  cassette: Parameters<Recorder['cassette']>[0] = {},
): void {
  recorder.begin(head).milestone('event').milestone('activation').cassette(cassette).pass(minute);
  middle(recorder);
  recorder.check({ id: 'last' }).milestone('service-verified').end();
}

function play(recorder: Recorder, what: string, which: number, ms: number): void {
  const step = drillPlan.steps[which]?.step ?? 'x';
  if (what === 'start') recorder.start(step, 1 + (which % 2), which % 3 === 0 ? 'simulated' : 'measured');
  if (what === 'finish') recorder.finish(step, { attempt: 1 + (which % 2), durationMs: Math.abs(ms) });
  if (what === 'pass') recorder.pass(Math.abs(ms));
  if (what === 'process') recorder.newProcess(ms);
  if (what === 'wall') recorder.setWallClock(ms);
  if (what === 'milestone') recorder.milestone(milestoneNames[which % 9] ?? 'event', 'declared');
}

function remaining(): number | undefined {
  const state = foldRun(readEvidence(path));
  return rtoRemainingMs(state, state.lastOffsetMs);
}
