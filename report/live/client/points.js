// @ts-check
/** The points of the clocks and the time between them: at most, as the steps' time-outs allow, against how it went. */
import { h } from './dom.js';
import { difference, duration, timeNear } from './figures.js';
import { texts } from './page-data.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */

/** @param {RunView} view */
export function pointsPanel({ run, madeAtUtc }) {
  const { page } = texts;
  const { milestones, intervals, pointsAhead = [] } = run;
  if (milestones.length + pointsAhead.length === 0) return h('p', { class: 'none' }, page.noPoints);
  return [
    h(
      'ul',
      { class: 'points' },
      milestones.map(({ name, atUtc, origin, fromFirst }) =>
        pointItem(
          name,
          texts.milestone[name],
          [timeNear(atUtc, madeAtUtc), ' ', texts.origin[origin]],
          fromFirst,
        ),
      ),
      pointsAhead.map(({ name, plannedMs }) =>
        pointItem(name, texts.milestone[name], page.notYet, { plannedMs, actualMs: null }),
      ),
    ),
    intervals.length > 0 && h('h3', {}, page.intervals),
    intervals.length > 0 &&
      h(
        'ul',
        { class: 'points' },
        intervals.map(({ from, to, livedMs, assumedMs, plannedMs }) =>
          pointItem(`${from} ${to}`, [texts.milestone[from], ' → ', texts.milestone[to]], null, {
            plannedMs,
            actualMs: livedMs + assumedMs,
          }),
        ),
      ),
  ];
}

/**
 * @param {string} key
 * @param {Child} name
 * @param {Child} when
 * @param {{ plannedMs?: number | undefined, actualMs: number | null } | undefined} times
 */
function pointItem(key, name, when, times) {
  return h(
    'li',
    { 'data-key': key },
    h('strong', {}, name),
    when !== null && [' ', h('small', {}, when)],
    times !== undefined && h('p', { class: 'small' }, pointFigures(times.plannedMs, times.actualMs)),
  );
}

/**
 * @param {number | undefined} plannedMs
 * @param {number | null} actualMs
 * @returns {Child}
 */
function pointFigures(plannedMs, actualMs) {
  const { page } = texts;
  const planned = plannedMs === undefined ? null : [page.upTo, ' ', duration(plannedMs)];
  const actual = actualMs === null ? null : [page.actual, ' ', duration(actualMs)];
  const late = plannedMs !== undefined && actualMs !== null && actualMs > plannedMs;
  const apart =
    plannedMs === undefined || actualMs === null
      ? null
      : [
          page.difference,
          ' ',
          h(late ? 'strong' : 'span', { class: late ? 'late' : '' }, difference(actualMs - plannedMs)),
        ];
  return [planned, actual, apart]
    .filter((part) => part !== null)
    .flatMap((part, index) => (index === 0 ? part : [' · ', ...part]));
}
