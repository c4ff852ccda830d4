// @ts-check
/** Who is awaited, the most urgent first; the page and the terminal tell it by this one function. */

/** @import { RunView, StepView } from '../../../runbooks/view/run-view.ts' */

/**
 * A person has to act or may: the step waits, nobody knows whether it happened, or there is something to choose. Work that is under
 * way can always be stopped, but asks for somebody only once it has taken too long.
 * @param {StepView} step
 */
export function needsPerson({ status, choices, overdue }) {
  if (status === 'running') return overdue && choices.length > 0;
  return status === 'waiting' || status === 'unknown' || choices.length > 0;
}

/**
 * By the time at which each is due, not by the plan's numbers: who works them off from the top must not lose an hour of the RTO
 * on what has a day.
 * @param {RunView} view
 * @param {(step: StepView) => boolean} [also] Others to be shown among them.
 */
export function awaited({ steps }, also = () => false) {
  return steps.filter((step) => needsPerson(step) || also(step)).toSorted((a, b) => dueMs(a) - dueMs(b));
}

/**
 * When the time-out of the attempt under way has passed; later than any other for one that is not under way.
 * @param {StepView} step
 */
export function dueMs({ startedAtUtc, timeoutMinutes }) {
  return startedAtUtc === null ? Number.MAX_VALUE : Date.parse(startedAtUtc) + timeoutMinutes * 60_000;
}
