/** The forecast of a run, from the folders of real reports that earlier runs left. */
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pastRuns } from '../report/past-runs.ts';
import { writeReport } from '../report/write.ts';
import { foldRun } from '../runbooks/clock/clock.ts';
import { forecast, SAMPLES_NEEDED } from '../runbooks/clock/forecast.ts';
import { type RunKind, readEvidence } from '../runbooks/evidence/evidence.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { Recorder } from './report-fixtures.ts';

const hour = 3_600_000;
let reports = '';
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'dr-past-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

/** A run that was verified so many hours after its activation, or never. */
function run(name: string, hours: number | null, kind: RunKind = 'drill'): void {
  const directory = join(reports, name);
  mkdirSync(directory);
  const recorder = new Recorder(evidencePath(directory)).begin({ runId: name, kind });
  recorder.milestone('event').milestone('activation').cassette();
  if (hours !== null)
    recorder
      .pass(hours * hour)
      .check()
      .milestone('service-verified');
  recorder.end(hours === null ? 'aborted' : 'completed');
  writeReport(evidencePath(directory), directory);
}

/** Of a run that has just been activated. */
function forecastNow(kind: RunKind = 'drill') {
  const path = join(mkdtempSync(join(reports, 'now-')), 'evidence.jsonl');
  new Recorder(path).begin({ runId: 'now', kind }).milestone('activation');
  const state = foldRun(readEvidence(path));
  const told = forecast(state, pastRuns(reports, kind));
  const begunMs = Date.parse(state.milestones[0]?.atUtc ?? '');
  const after = (atUtc: string): number => (Date.parse(atUtc) - begunMs) / hour;
  return told.known
    ? { samples: told.samples, medianHours: after(told.medianAtUtc), p90Hours: after(told.p90AtUtc) }
    : { samples: told.samples, needed: told.needed };
}

test('five runs give a forecast; fewer say how many there are and how many it takes', () => {
  expect(forecastNow()).toEqual({ samples: 0, needed: SAMPLES_NEEDED });
  for (const hours of [3, 1, 4, 2]) run(`drill-${hours}`, hours);
  expect(forecastNow()).toEqual({ samples: 4, needed: SAMPLES_NEEDED });
  run('drill-9', 9);
  expect(forecastNow()).toEqual({ samples: 5, medianHours: 3, p90Hours: 9 });
});

test('only runs of its kind count that reached the end, each once', () => {
  for (const hours of [1, 2, 3, 4]) run(`drill-${hours}`, hours);
  expect(readlinkSync(join(reports, 'latest'))).toMatch(/^drill-\d$/);
  run('restore-5', 5, 'restore');
  run('drill-aborted', null);
  expect(forecastNow()).toEqual({ samples: 4, needed: SAMPLES_NEEDED });
  expect(forecastNow('restore')).toEqual({ samples: 1, needed: SAMPLES_NEEDED });
});

test('a report that cannot be read is passed over, and the others count', () => {
  for (const hours of [1, 2, 3, 4, 5]) run(`drill-${hours}`, hours);
  for (const name of ['cut', 'strange', 'folder']) mkdirSync(join(reports, name));
  mkdirSync(join(reports, 'without'));
  writeFileSync(join(reports, 'cut', 'report.json'), '{"runId": "cut", "kind": "dri');
  writeFileSync(join(reports, 'strange', 'report.json'), '{"runId": "strange", "kind": "drill"}');
  mkdirSync(join(reports, 'folder', 'report.json'));
  writeFileSync(join(reports, 'a file'), '');
  expect(forecastNow()).toEqual({ samples: 5, medianHours: 3, p90Hours: 5 });
});

test('a run begun on another computer has no folder here', () => {
  expect(pastRuns(join(reports, 'elsewhere'), 'drill')).toEqual([]);
});
