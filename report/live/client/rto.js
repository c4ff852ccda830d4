// @ts-check
/** What the count of the RTO says; the page and the terminal judge it by this one function. */

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @typedef {'not-started' | 'running' | 'near' | 'missed' | 'verified' | 'verified-late' | 'stopped'} RtoState */

/** The last tenth of the target: time to tell the committee rather than to be surprised. */
const NEAR = 0.1;

/**
 * What is left of the RTO `elapsedMs` after the view was made; null before the activation, negative once it is missed.
 * @param {RunView} view
 * @param {number} elapsedMs
 * @returns {number | null}
 */
export function remainingAfter(view, elapsedMs) {
  if (view.rtoRemainingMs === null) return null;
  return view.rtoRunning ? view.rtoRemainingMs - elapsedMs : view.rtoRemainingMs;
}

/**
 * @param {RunView} view
 * @param {number | null} remainingMs
 * @returns {RtoState}
 */
export function rtoState({ rtoRunning, run: { rto } }, remainingMs) {
  if (rto.actualMs !== null)
    return rto.outcome === 'FAIL' || rto.actualMs > rto.targetMs ? 'verified-late' : 'verified';
  if (remainingMs === null) return 'not-started';
  if (remainingMs < 0) return 'missed';
  if (!rtoRunning) return 'stopped';
  return remainingMs <= rto.targetMs * NEAR ? 'near' : 'running';
}
