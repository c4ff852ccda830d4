import { rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import { foldRun, offsetNow, rtoRemainingMs } from '../runbooks/clock/clock.ts';
import { partNames, type RunState, runStateSchema } from '../runbooks/clock/model.ts';
import { type EvidenceEvent, milestonesOf, readEvidence } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { RunbookStep } from '../runbooks/plan/model.ts';
import { disasterRunbook } from '../runbooks/plan/runbooks.ts';
import { choicesOf } from '../runbooks/run/choices.ts';
import { foldProgress } from '../runbooks/run/progress.ts';
import { evidencePaths } from './evidence-paths.ts';
import { drillPlan, lostAce, Recorder, recordDrill } from './report-fixtures.ts';
import { disaster, RunModel } from './run-model.ts';

const newPath = evidencePaths('clock');
let path: string;
beforeEach(() => {
  path = newPath();
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
    expect(shortRun((recorder) => recorder.pass(hour), rtoTargetSeconds).rto?.outcome).toBe(outcome);
  });

  test('adds the time that simulated steps stand for', () => {
    const state = shortRun((recorder) =>
      recorder.simulate('travel', 45 * minute).step('restore', 2 * minute),
    );
    expect(state.rto).toMatchObject({ livedMs: 2 * minute + 3, assumedMs: 45 * minute - 3 });
    expect(state.rto?.actualMs).toBe(47 * minute);
  });

  test('does not add simulated time from before the activation', () => {
    const recorder = new Recorder(path).begin().milestone('event');
    recorder.simulate('assess', hour).milestone('activation', 'simulated').pass(minute);
    recorder.milestone('service-verified').check().end();
    expect(foldRun(readEvidence(path)).rto?.actualMs).toBe(minute);
  });

  test('starts at a declared activation, however late it was typed in', () => {
    const recorder = new Recorder(path).begin().milestone('event', 'declared', '2026-11-23T04:00:00.000Z');
    recorder.milestone('activation', 'declared', '2026-11-23T05:00:00.000Z').pass(hour);
    recorder.milestone('service-verified').check().end();
    const { rto, milestones } = foldRun(readEvidence(path));
    expect(rto?.actualMs).toBe(3 * hour);
    expect(milestones.map(({ name }) => name)).toEqual(['event', 'activation', 'service-verified']);
  });

  test('is not made shorter by writing a milestone again', () => {
    const { rto, milestones } = shortRun((recorder) => {
      recorder.pass(minute).milestone('activation').pass(minute);
      recorder.milestone('service-verified').pass(minute);
    });
    expect(rto?.actualMs).toBe(3 * minute);
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
    expect(shortRun(sleep, 3 * 3600).rto?.outcome).toBe('PASS');
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
    expect(state.rto?.actualMs).toBe(3 * minute + 30_000);
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
    expect(rpo?.actualMs).toBe(2 * hour);
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
    const lived = partNames.map((name) => [name, rto?.parts?.[name].livedMs]);
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
    const names = milestonesOf('drill');
    expect(state.intervals.map(({ from, to }) => [from, to])).toEqual(
      names.slice(1).map((name, index) => [names[index], name]),
    );
    expect(state.rto?.parts?.travel.assumedMs).toBe(45 * minute - 3);
    expect(state.rto?.parts?.rework.livedMs).toBe(21_730);
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

const oClock = (time: string) => `2026-11-23T${time}:00.000Z`;

describe('points of the clocks that people correct or take back', () => {
  type Written = { said: 'declared' | 'measured' | 'simulated'; at: string } | 'taken back';
  const activation = (written: readonly Written[]) => {
    const recorder = new Recorder(path).begin().pass(hour);
    for (const one of written) {
      recorder.pass(1_000);
      if (one === 'taken back')
        recorder.append({
          type: 'taken-back',
          step: 'activate',
          attempt: 1,
          role: 'rco',
          person: '',
          why: 'x',
        });
      else
        recorder.append({
          type: 'milestone',
          name: 'activation',
          atUtc: oClock(one.at),
          origin: one.said,
          ...(one.said !== 'declared' && { step: 'activate' }),
        });
    }
    return foldRun(readEvidence(path)).milestones[0];
  };
  const nine = { said: 'declared', at: '07:09' } as const;
  const ten = { said: 'declared', at: '07:10' } as const;
  const eleven = { said: 'measured', at: '07:11' } as const;
  const twelve = { said: 'measured', at: '07:12' } as const;

  test.each<{ name: string; written: readonly Written[]; counts: string | undefined; others?: string[] }>([
    { name: 'a declared time that is corrected', written: [nine, ten], counts: '07:10', others: ['07:09'] },
    { name: 'corrected to an earlier one', written: [ten, nine], counts: '07:09', others: ['07:10'] },
    { name: 'corrected twice', written: [nine, ten, nine], counts: '07:09', others: ['07:10'] },
    { name: 'a measured time stands', written: [eleven, nine], counts: '07:11', others: ['07:09'] },
    { name: 'measured twice, the first', written: [eleven, twelve], counts: '07:11', others: ['07:12'] },
    {
      name: 'declared, corrected, then reached: what people corrected it to',
      written: [nine, ten, eleven],
      counts: '07:10',
      others: ['07:09', '07:11'],
    },
    {
      name: 'a simulated time stands',
      written: [{ said: 'simulated', at: '07:08' }, nine],
      counts: '07:08',
      others: ['07:09'],
    },
    { name: 'taken back', written: [eleven, 'taken back'], counts: undefined },
    { name: 'taken back and reached again', written: [eleven, 'taken back', twelve], counts: '07:12' },
    {
      name: 'declared before, and the rest taken back',
      written: [nine, eleven, 'taken back'],
      counts: '07:09',
    },
  ])('$name', ({ written, counts, others = [] }) => {
    const milestone = activation(written);
    expect(milestone?.atUtc).toBe(counts && oClock(counts));
    expect(milestone?.otherAtUtc ?? []).toEqual(others.map(oClock));
  });

  test('whoever executes counts the same one', () => {
    const action = fc.constantFrom<Written>(nine, ten, eleven, twelve, 'taken back');
    fc.assert(
      fc.property(fc.array(action, { maxLength: 6 }), (written) => {
        rmSync(path, { force: true });
        const counts = activation(written);
        const runbook = [{ ...smallRunbook({})[1], id: 'activate' } as RunbookStep];
        const { milestones } = foldProgress(runbook, readEvidence(path));
        expect(milestones.get('activation')?.atUtc).toBe(counts?.atUtc);
      }),
      { numRuns: 60 },
    );
  });

  test('the RTO is open again, and counts from the second activation', () => {
    const recorder = new Recorder(path).begin({ rtoTargetSeconds: 3600 }).pass(minute);
    const reach = () =>
      recorder.append({
        type: 'milestone',
        name: 'activation',
        atUtc: recorder.now(),
        origin: 'measured',
        step: 'activate',
      });
    reach();
    recorder.pass(40 * minute).start('work');
    expect(remaining()).toBe(20 * minute);
    recorder.append({ type: 'taken-back', step: 'activate', attempt: 1, role: 'rco', person: '', why: 'x' });
    expect(remaining()).toBeUndefined();
    recorder.pass(minute);
    reach();
    recorder.pass(minute).start('x');
    expect(remaining()).toBe(59 * minute);
  });
});

const outcomesIn = ({ records }: RunModel) =>
  Object.fromEntries(foldRun(records).steps.map(({ step, outcome }) => [step, outcome]));

describe('steps that decisions lead away from', () => {
  const runbook = smallRunbook({});
  const parts = [
    { step: 'left-part', titleIt: 'x', titleEn: 'x', clause: '6', kind: 'machine', interval: 'machine' },
  ] as const;
  const model = (): RunModel =>
    new RunModel(runbook, disaster, [
      planEvent(runbook, ({ id }) => (id === 'left' ? parts : []), {}),
    ]).settle();
  test('are not needed, with the parts that they would have had', () => {
    const run = model();
    expect(outcomesIn(run)).toMatchObject({ left: 'planned', 'left-part': 'planned', right: 'planned' });
    run.answer('decide', 'stop');
    expect(outcomesIn(run)).toMatchObject({
      left: 'not-needed',
      'left-part': 'not-needed',
      right: 'not-needed',
      accept: 'running',
    });
  });

  test('are open again once the answer is taken back', () => {
    const run = model();
    run.answer('decide', 'stop');
    run.takeBack('decide');
    expect(outcomesIn(run)).toMatchObject({ left: 'planned', 'left-part': 'planned', accept: 'withdrawn' });
  });

  test('are open while the decision has failed or is tried again, also after an answer that was taken back', () => {
    const run = model();
    run.answer('decide', 'failed');
    expect(outcomesIn(run)).toMatchObject({ decide: 'failed', left: 'planned' });
    run.answer('decide', 'retry');
    expect(outcomesIn(run)).toMatchObject({ decide: 'running', left: 'planned' });
    run.answer('decide', 'stop');
    expect(outcomesIn(run)).toMatchObject({ decide: 'done', left: 'not-needed' });
    run.takeBack('decide');
    expect(outcomesIn(run)).toMatchObject({ decide: 'running', left: 'planned' });
  });

  test('that waited already and were withdrawn are not needed either', () => {
    const real = disasterRunbook();
    const run = new RunModel(real, disaster, [planEvent(real, () => [], {})]);
    run.answer('6.1-detection', 'done');
    run.answer('6.1-escalation', 'escalate');
    run.takeBack('6.1-escalation');
    run.answer('6.1-escalation', 'not-a-crisis');
    expect(run.progress.finished).toBe('completed');
    const over = foldRun(run.records);
    expect(over.steps.filter(({ outcome }) => !['done', 'not-needed'].includes(outcome))).toEqual([]);
    expect(over.verdict.reasons.map(({ code }) => code)).not.toContain('step-failed');
  });

  test('the report and the run agree on what is not needed, whatever was decided', () => {
    const choices = fc.record({
      scenario: fc.constantFrom('D1', 'D2', 'D3', 'D3-malware'),
      solution: fc.nat(2),
      stop: fc.nat(5),
    });
    fc.assert(
      fc.property(choices, ({ scenario, solution, stop }) => {
        const real = disasterRunbook();
        const run = new RunModel(real, disaster, [planEvent(real, () => [], {})]);
        for (let round = 0; round < 100; round += 1) {
          const [id] = run.settle().with('waiting');
          if (id === undefined) break;
          const step = run.step(id);
          const options = choicesOf(step, 'waiting', run.progress.outcomes).map((choice) => choice.id);
          const gone = stop === 0 && id === '6.1.1' ? 1 : 0;
          const choice = id === '6.1.1-scenario' ? scenario : options[id === '6.1.10' ? solution : gone];
          run.answer(id, choice === 'failed' || choice === undefined ? (options[0] ?? '') : choice, {
            atUtc: run.clock().atUtc,
          });
        }
        const said = foldRun(run.records).steps.filter(({ outcome }) => outcome === 'not-needed');
        expect(said.map(({ step }) => step)).toEqual(run.with('not-needed'));
        expect(run.progress.finished).toBe('completed');
      }),
      { numRuns: 30 },
    );
  });
});

test('a person whose program was restarted goes on; what took how long is known by UTC', () => {
  const recorder = new Recorder(path).begin();
  recorder.append(drillPlan);
  recorder.start('assess').start('restore-domain').pass(minute).newProcess(minute);
  const before = foldRun(readEvidence(path)).steps;
  // Nothing new is on record: the old process may still be at work.
  expect(before.find(({ step }) => step === 'restore-domain')?.outcome).toBe('running');
  recorder.append({ type: 'resumed', epoch: 2 });
  recorder.pass(minute).finish('assess').start('restore-domain', 2).pass(minute);
  recorder.finish('restore-domain', { attempt: 2 });
  const { steps } = foldRun(readEvidence(path));
  const attempts = (id: string) => steps.find(({ step }) => step === id)?.attempts;
  expect(attempts('assess')).toMatchObject([
    { outcome: 'done', durationMs: 3 * minute, durationFrom: 'utc', origin: 'measured' },
  ]);
  expect(attempts('restore-domain')).toMatchObject([
    { outcome: 'interrupted', durationMs: null },
    { outcome: 'done', durationMs: minute, durationFrom: 'monotonic' },
  ]);
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
  if (what === 'milestone') recorder.milestone(milestonesOf('drill')[which % 9] ?? 'event', 'declared');
}

function remaining(): number | undefined {
  const state = foldRun(readEvidence(path));
  return rtoRemainingMs(state, state.lastOffsetMs);
}
