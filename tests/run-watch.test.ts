/** Alarms: in time, each once, naming who is to be told, and by a clock that nobody can set. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import type { Runbook } from '../runbooks/plan/model.ts';
import { alarmsDue } from '../runbooks/run/watch.ts';
import { attendedDrill, disaster, RunModel } from './run-model.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Each step escalates to a role of its own; `accept` may take a whole week. */
const runbook: Runbook = smallRunbook({}).map((step) => ({
  ...step,
  escalateTo: `capo-${step.id}`,
  ...(['accept', 'letter'].includes(step.id) && { timeoutMinutes: 7 * 24 * 60 }),
}));
const model = (mode = disaster): RunModel => new RunModel(runbook, mode).settle();
const keysDue = (run: RunModel): string[] =>
  alarmsDue(run.runbook, run.records, run.clock()).map(({ key }) => key);

describe('a step', () => {
  test.each([
    { passed: 4 * minute - 1, due: [] },
    { passed: 4 * minute, due: ['alarm/near/decide/1'] },
    { passed: 5 * minute - 1, due: ['alarm/near/decide/1'] },
    { passed: 5 * minute, due: ['alarm/time-out/decide/1'] },
    { passed: 50 * hour, due: ['alarm/time-out/decide/1'] },
  ])('of 5 minutes, after $passed ms: $due', ({ passed, due }) => {
    expect(keysDue(model().pass(passed))).toEqual(due);
  });

  test('the alarm names the step and who is to be told, in both languages', () => {
    const run = model().pass(6 * minute);
    expect(alarmsDue(run.runbook, run.records, run.clock())).toMatchObject([
      {
        event: {
          type: 'alarm',
          step: 'decide',
          textIt: expect.stringMatching(/^decide testo: oltre i 5 min 00 s .*capo-decide/),
          textEn: expect.stringMatching(/^decide text: over the 5 min 00 s .*capo-decide/),
        },
      },
    ]);
  });

  test('that the program does is watched too, and each step on its own', () => {
    const run = model();
    run.answer('decide', 'go');
    run.pass(4 * minute).end('left#1', 'done');
    expect(keysDue(run)).toEqual(['alarm/near/right/1']);
    expect(keysDue(run.pass(minute))).toEqual(['alarm/time-out/right/1']);
  });

  test('that is over, failed, cut off or withdrawn has no alarm', () => {
    const run = model();
    run.answer('decide', 'go');
    run.end('left#1', 'failed');
    run.end('right#1', 'cut-off');
    expect(keysDue(run.pass(hour))).toEqual([]);
    const back = model();
    back.answer('decide', 'stop');
    back.takeBack('decide');
    expect(keysDue(back.pass(hour))).toEqual(['alarm/time-out/decide/2']);
  });

  test('begun again it has its time again, and alarms of its own', () => {
    const run = model();
    run.answer('decide', 'go');
    run.pass(6 * minute).end('left#1', 'failed');
    run.end('right#1', 'done');
    run.answer('left', 'retry');
    expect(keysDue(run)).toEqual([]);
    expect(keysDue(run.pass(5 * minute))).toEqual(['alarm/time-out/left/2']);
  });
});

const activated = (): RunModel => {
  const run = model();
  run.answer('decide', 'go');
  return run.settle();
};

describe('the RTO', () => {
  test.each([
    { passed: 57 * hour, due: [] },
    { passed: 58 * hour, due: ['alarm/rto-near'] },
    { passed: 72 * hour, due: ['alarm/rto-near'] },
    { passed: 72 * hour + 1, due: ['alarm/rto-missed'] },
    { passed: 100 * hour, due: ['alarm/rto-missed'] },
  ])('of 72 hours, after $passed ms: $due', ({ passed, due }) => {
    expect(keysDue(activated().pass(passed))).toEqual(due);
  });

  test('how much is left is said', () => {
    const run = activated().pass(60 * hour);
    expect(alarmsDue(run.runbook, run.records, run.clock()).map(({ event }) => event.textIt)).toEqual([
      'Restano 12 h 00 min di RTO.',
    ]);
  });

  test('no alarm before the activation, nor once the service is verified', () => {
    const waiting = new RunModel(
      runbook.map((step) => ({ ...step, timeoutMinutes: 1e6 })),
      disaster,
    ).settle();
    expect(keysDue(waiting.pass(100 * hour))).toEqual([]);
    const verified = activated().pass(hour);
    verified.write([
      { type: 'milestone', name: 'service-verified', atUtc: verified.clock().atUtc, origin: 'measured' },
    ]);
    expect(keysDue(verified.pass(100 * hour))).toEqual([]);
  });
});

test('nothing after the end, and nothing before the beginning', () => {
  const run = model();
  run.say({ type: 'abort', role: 'rco', person: '', why: 'prova' });
  expect(keysDue(run.pass(100 * hour))).toEqual([]);
  expect(alarmsDue(runbook, [])).toEqual([]);
  expect(alarmsDue(runbook, run.records.slice(1))).toEqual([]);
});

test('looked at each minute for four days, each alarm is written once, and in time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dr-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const run = model(attendedDrill);
  const log = new EvidenceLog(join(folder, 'evidence.jsonl'), () => run.clock());
  for (const { event } of run.records) log.append(event);
  log.append({ type: 'milestone', name: 'activation', atUtc: run.clock().atUtc, origin: 'measured' });
  const at: [minutes: number, key: string | undefined][] = [];
  for (let minutes = 0; minutes <= 96 * 60; minutes += 10) {
    const before = log.records.length;
    for (const { key, event } of alarmsDue(runbook, log.records, run.clock())) log.append(event, key);
    for (const { key } of log.records.slice(before)) at.push([minutes, key]);
    run.pass(10 * minute);
  }
  expect(at).toEqual([
    [10, 'alarm/time-out/decide/1'],
    [3_460, 'alarm/rto-near'],
    [72 * 60 + 10, 'alarm/rto-missed'],
  ]);
});

describe('a wall clock that is set in mid-run', () => {
  test.each([
    ['back an hour', -hour],
    ['forward an hour', hour],
    ['back a day', -24 * hour],
  ])('%s neither raises an alarm nor hides one', (_name, byMs) => {
    const quiet = model()
      .pass(3 * minute)
      .setWallClock(byMs);
    expect(keysDue(quiet)).toEqual([]);
    expect(keysDue(quiet.pass(minute))).toEqual(['alarm/near/decide/1']);
    expect(keysDue(quiet.pass(minute))).toEqual(['alarm/time-out/decide/1']);
    const late = model()
      .pass(6 * minute)
      .setWallClock(byMs);
    expect(keysDue(late)).toEqual(['alarm/time-out/decide/1']);
  });

  test('whenever it is set, and however far, the same alarms are due', () => {
    const turns = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 30 * hour }), fc.integer({ min: -hour, max: hour })),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(turns, (all) => {
        const [steady, turned] = [model(), model()];
        for (const run of [steady, turned]) run.answer('decide', 'go');
        for (const [passMs, byMs] of all) {
          steady.pass(passMs);
          turned.pass(passMs).setWallClock(byMs);
          // Records written meanwhile must not bring the wall clock in either.
          for (const run of [steady, turned])
            run.write([{ type: 'note', textIt: 'x', textEn: 'x', origin: 'measured' }]);
          expect(keysDue(turned)).toEqual(keysDue(steady));
        }
      }),
      { numRuns: 60 },
    );
  });
});
