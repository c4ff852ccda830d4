/** Somebody sets the real clock of the process back an hour in the middle of a run, and again while no process executes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeReport } from '../report/write.ts';
import { foldRun, rtoRemainingMs } from '../runbooks/clock/clock.ts';
import type { EvidenceRecord } from '../runbooks/evidence/evidence.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { answerTo, RunHarness } from './run-harness.ts';

const HOUR_MS = 3_600_000;
/** What a run in this test may really take, on a busy machine. */
const LIVED_MS = 10 * 60_000;

const harness = new RunHarness();
beforeAll(async () => await harness.start());
afterAll(async () => await harness.stop());

const patiently = { timeout: 60_000, interval: 50 };
/** The wall clock of each record against the one before, in ms. */
const stepsOfWallClock = (records: readonly EvidenceRecord[]): number[] =>
  records.slice(1).map(({ atUtc }, index) => Date.parse(atUtc) - Date.parse(records[index]?.atUtc ?? ''));

test('a clock set back an hour: durations, order and RTO stay right, and the report says it', {
  timeout: 180_000,
}, async () => {
  const clockFile = join(harness.folder, 'clock');
  const settings = harness.settings({ workMs: 500, clockFile, everythingProbed: true });
  const first = harness.run(settings);
  await first.until('decide', 'waiting', 60_000);
  expect(await first.say(answerTo('decide', 'go'))).toEqual({ ok: true });
  await vi.waitFor(() => expect(first.trace()).toContain('right begins 1'), patiently);
  writeFileSync(clockFile, String(-HOUR_MS));
  await first.until('left', 'done', 60_000);
  await first.until('right', 'done', 60_000);
  await first.until('accept', 'waiting', 60_000);
  expect(await first.say(answerTo('accept', 'done'))).toEqual({ ok: true });
  await vi.waitFor(() => expect(first.statusOf('accept')).toBe('done'), patiently);

  // In one process the monotonic clock tells, so that nothing is uncertain.
  const lived = foldRun(first.records());
  expect(rtoRemainingMs(lived, lived.lastOffsetMs)).toBeGreaterThan(3_600_000 - LIVED_MS);
  expect(rtoRemainingMs(lived, lived.lastOffsetMs)).toBeLessThan(3_600_000 - 500);
  await first.kill();

  writeFileSync(clockFile, String(-2 * HOUR_MS));
  const second = harness.run(settings);
  await vi.waitFor(() => expect(second.output).toContain('attached'), patiently);
  await second.until('letter', 'waiting', 60_000);
  expect(await second.say(answerTo('letter', 'send'))).toEqual({ ok: true });
  expect(`${await second.exit()} ${second.output}`).toMatch(/^0 /);

  const records = second.records();
  expect(stepsOfWallClock(records).filter((ms) => ms < -HOUR_MS / 2)).toHaveLength(2);
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index));
  for (const name of new Set(records.map(({ process }) => process))) {
    const own = records.filter(({ process }) => process === name).map(({ monotonicMs }) => monotonicMs);
    expect(own).toEqual(own.toSorted((one, other) => one - other));
  }
  const durations = Object.fromEntries(
    records.flatMap(({ event }) =>
      event.type === 'step-finished' && event.outcome === 'done' ? [[event.step, event.durationMs]] : [],
    ),
  );
  for (const step of ['prepare', 'left', 'right', 'end']) {
    expect(durations[step]).toBeGreaterThanOrEqual(499);
    expect(durations[step]).toBeLessThan(LIVED_MS);
  }
  const run = foldRun(records);
  for (const step of run.steps)
    for (const { durationMs } of step.attempts) expect(durationMs).toBeGreaterThanOrEqual(0);
  expect(run.lastOffsetMs).toBeLessThan(LIVED_MS);

  const { report, htmlPath } = writeReport(evidencePath(settings.directory), settings.directory);
  expect(report.clockJumps.map(({ unaccounted }) => unaccounted)).toEqual([false, true]);
  const told = readFileSync(htmlPath, 'utf8');
  expect(told).toMatch(/è andato indietro di 1\sh\s00\smin; le durate non ne risentono/);
  expect(told).toMatch(/è andato indietro di [^;]*; questo tempo è incerto/);
});
