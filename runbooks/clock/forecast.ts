/**
 * When the run reaches the end of its clock, from how long it took before: the service verified, or in a return Lucca accepted. Too few
 * past runs say nothing, and that is said.
 */

import type { Forecast } from '../view/run-view.ts';
import type { RunState } from './model.ts';

/** A run of the same kind that reached the end of its clock; lived and assumed time together. */
export type PastRun = { runId: string; actualMs: number };

/** Below this a median and a 90th percentile would be guesses. */
export const SAMPLES_NEEDED = 5;

export function forecast(run: RunState, pastRuns: readonly PastRun[]): Forecast {
  const others = pastRuns.filter(({ runId }) => runId !== run.runId).map(({ actualMs }) => actualMs);
  const counted = run.outage === undefined ? 'activation' : 'service-stopped';
  const begun = run.milestones.find(({ name }) => name === counted);
  const samples = others.length;
  if (samples < SAMPLES_NEEDED || begun === undefined)
    return { known: false, samples, needed: SAMPLES_NEEDED };
  const begunMs = Date.parse(begun.atUtc);
  const medianMs = percentile(others, 50);
  const p90Ms = percentile(others, 90);
  return {
    known: true,
    samples,
    medianAtUtc: new Date(begunMs + medianMs).toISOString(),
    p90AtUtc: new Date(begunMs + p90Ms).toISOString(),
    meetsRto: run.rto === null ? null : p90Ms <= run.rto.targetMs,
  };
}

/** The smallest value that at least so many per cent of the values do not exceed (nearest rank); the values are not empty. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100));
  return sorted[rank - 1] ?? 0;
}
