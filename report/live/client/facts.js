/** What goes with the steps: the run's name, alarms, verdict, checks, log. */
import { data, h, icon } from './dom.js';
import { dayAndTime, timeOfDay } from './figures.js';
import { texts } from './page-data.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */

/** @param {RunView} view */
export function runLine({ run, unattended }) {
  const { page } = texts;
  return [
    run.otherWay === undefined && [texts.route[run.kind], ' · '],
    run.scenario !== null && [texts.scenario[run.scenario], ' · '],
    page.started,
    ' ',
    dayAndTime(run.startedAtUtc),
    ' · ',
    page.operator,
    ': ',
    data(run.operator),
    ' · ',
    data(run.runId),
    unattended && [' · ', page.unattended],
  ];
}

/** @param {RunView} view */
export function alarmList({ alarms }) {
  return alarms.map(({ atUtc, step, text }) =>
    h(
      'li',
      { 'data-key': `${atUtc} ${step ?? ''} ${text.it}` },
      icon('alarm'),
      h('span', {}, h('strong', {}, texts.page.alarm), ' ', timeOfDay(atUtc), ' · ', data(text)),
    ),
  );
}

/**
 * A run that nobody executes, and a run that is over.
 * @param {RunView} view
 */
export function outcomePanel({ run, executing }) {
  const { page } = texts;
  if (run.status === 'unfinished') {
    if (executing !== false) return null;
    return h(
      'div',
      { class: 'outcome interrupted' },
      h('p', { class: 'word' }, icon('interrupted'), page.resume),
      h('p', {}, page.resumeWhy, ' ', h('code', {}, 'dr resume')),
    );
  }
  const { outcome, reasons } = run.verdict;
  const tone = { PASS: 'pass', DECLARED: 'declared', FAIL: 'fail', 'NOT CARRIED OUT': 'unknown' }[outcome];
  return h(
    'div',
    { class: `outcome ${tone}` },
    h('p', { class: 'word' }, icon(outcome), page.verdict, ': ', texts.verdict[outcome]),
    reasons.length > 0 &&
      h(
        'ul',
        {},
        reasons.map(({ code, subjects }) => h('li', {}, reason(code, subjects))),
      ),
    run.statusDetail !== '' && h('p', { class: 'small' }, data(run.statusDetail)),
    h('p', { class: 'small' }, page.report, ' ', h('code', {}, 'reports/', data(run.runId))),
  );
}

/**
 * @param {keyof typeof texts.reason} code
 * @param {readonly string[]} subjects
 */
function reason(code, subjects) {
  const { one, many } = texts.reason[code];
  if (many === undefined) return one;
  const said = subjects.length === 1 ? one : many;
  return [`${subjects.length} `, said, ': ', data(subjects.join(', '))];
}

/** @param {RunView} view */
export function checkList({ run: { checks } }) {
  if (checks.length === 0) return h('p', { class: 'none' }, texts.page.noChecks);
  return h(
    'ul',
    { class: 'checks' },
    checks.map(({ id, titleIt, titleEn, outcome, evidence }) =>
      h(
        'li',
        { 'data-key': id, class: outcome === 'PASS' ? 'pass' : outcome === 'FAIL' ? 'fail' : 'unknown' },
        h(
          'p',
          { class: 'head' },
          icon(outcome),
          h('strong', {}, texts.check[outcome]),
          ' ',
          data({ it: titleIt, en: titleEn }),
        ),
        outcome !== 'PASS' && h('p', { class: 'small evidence' }, data(evidence)),
      ),
    ),
  );
}

/**
 * The newest first: it is what somebody looks for.
 * @param {RunView} view
 */
export function logList({ log }) {
  return h(
    'ol',
    { class: 'log' },
    log
      .toReversed()
      .map(({ seq, atUtc, text }) =>
        h(
          'li',
          { 'data-key': String(seq) },
          h('time', { datetime: atUtc }, timeOfDay(atUtc)),
          ' ',
          data(text),
        ),
      ),
  );
}
