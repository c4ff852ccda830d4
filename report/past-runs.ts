/** What earlier runs took, from their reports: the forecast of the one that is under way rests on it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PastRun } from '../runbooks/clock/forecast.ts';
import type { RunKind } from '../runbooks/evidence/evidence.ts';
import type { Report } from './model.ts';
import { readReport } from './write.ts';

/** Runs of a kind that reached the end of their clock. Whatever can't be read is passed over: nobody waits for an old report. */
export function pastRuns(directory: string, kind: RunKind): PastRun[] {
  return foldersIn(directory).flatMap((name) => {
    const report = reportIn(join(directory, name));
    if (report === undefined || report.kind !== kind || report.otherWay !== undefined) return [];
    const actualMs = (report.rto ?? report.outage)?.actualMs ?? null;
    return actualMs === null ? [] : [{ runId: report.runId, actualMs }];
  });
}

/** Without the link to the newest, which would count that one twice. A run begun on another computer may have no folder here. */
function foldersIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function reportIn(folder: string): Report | undefined {
  try {
    return readReport(join(folder, 'report.json'));
  } catch {
    return undefined;
  }
}
