// @ts-check
/** What the count says, of the RTO or of a return's outage; the page and the terminal judge it by this one function. */

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @typedef {'not-started' | 'running' | 'near' | 'missed' | 'verified' | 'verified-late' | 'declared' | 'declared-late' | 'stopped' | 'serving' | 'outage' | 'returned'} RtoState */

/** The last tenth of the target: time to tell the committee rather than to be surprised. */
const NEAR = 0.1;

/**
 * What is left of the RTO `elapsedMs` after the view was made; null before the count begins, negative once it is missed.
 * @param {RunView} view
 * @param {number} elapsedMs
 * @returns {number | null}
 */
export function remainingAfter(view, elapsedMs) {
  if (view.rtoRemainingMs === null) return null;
  return view.rtoRunning ? view.rtoRemainingMs - elapsedMs : view.rtoRemainingMs;
}

/**
 * For how long nobody could work in a return, `elapsedMs` after the view was made.
 * @param {RunView} view
 * @param {number} elapsedMs
 */
export function outageAfter({ outageMs, run: { outage, status } }, elapsedMs) {
  const counting = outageMs !== null && outage?.actualMs === null && status === 'unfinished';
  return (outageMs ?? 0) + (counting ? elapsedMs : 0);
}

/**
 * @param {RunView} view
 * @param {number | null} remainingMs
 * @returns {RtoState}
 */
export function rtoState({ rtoRunning, outageMs, run: { rto, outage, otherWay } }, remainingMs) {
  if (rto === null) return outageMs === null ? 'serving' : outage?.actualMs === null ? 'outage' : 'returned';
  const late = rto.actualMs !== null && (rto.outcome === 'FAIL' || rto.actualMs > rto.targetMs);
  if (rto.actualMs !== null && otherWay !== undefined) return late ? 'declared-late' : 'declared';
  if (rto.actualMs !== null) return late ? 'verified-late' : 'verified';
  if (remainingMs === null) return 'not-started';
  if (remainingMs < 0) return 'missed';
  if (!rtoRunning) return 'stopped';
  return remainingMs <= rto.targetMs * NEAR ? 'near' : 'running';
}
