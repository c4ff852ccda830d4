/** What runs now, and what waits for whom, with the way to answer right there. */
import { data, h, icon } from './dom.js';
import { duration, stopwatch, target } from './figures.js';
import { answerForm } from './forms.js';
import { canAct, texts } from './page-data.js';
import { formKey } from './state.js';

/** @import { RunView, StepView } from '../../../runbooks/view/run-view.ts' */
/** @import { Ui } from './state.js' */

/**
 * A person has to act or may: the step waits, nobody knows whether it happened, or there is something to choose.
 * @param {StepView} step
 */
export function needsPerson({ status, choices }) {
  return status === 'waiting' || status === 'unknown' || choices.length > 0;
}

/**
 * @param {RunView} view
 * @param {number} elapsedMs
 */
export function runningList(view, elapsedMs) {
  const running = view.steps.filter(({ status }) => status === 'running');
  if (running.length === 0) return h('p', { class: 'none' }, texts.page.nothingRuns);
  return h(
    'ul',
    { class: 'running-list' },
    running.map((step) =>
      h(
        'li',
        { 'data-key': step.id, class: step.overdue ? 'overdue' : '' },
        h('h3', {}, icon('running'), clause(step), data(step.title)),
        since(step, view, elapsedMs),
        partsList(step),
      ),
    ),
  );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {number} elapsedMs
 */
export function waitingList(view, ui, elapsedMs) {
  // A form that somebody has open stays, also when its step went on meanwhile.
  const waiting = view.steps.filter((step) => needsPerson(step) || ui.forms.has(formKey('answer', step.id)));
  if (waiting.length === 0) return h('p', { class: 'none' }, texts.page.nobodyAwaited);
  return h(
    'div',
    { class: 'cards' },
    waiting.map((step) => waitingCard(view, ui, step, elapsedMs)),
  );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {StepView} step
 * @param {number} elapsedMs
 */
function waitingCard(view, ui, step, elapsedMs) {
  const { page } = texts;
  return h(
    'article',
    { class: `card ${step.status} ${step.overdue ? 'overdue' : ''}`, 'data-key': step.id },
    h(
      'p',
      { class: 'whom' },
      icon(step.status),
      page.forWhom,
      ' ',
      h('strong', {}, role(view, step.responsible)),
      standIn(view, step.responsible),
    ),
    h('h3', {}, clause(step), data(step.title)),
    step.status === 'waiting'
      ? null
      : h('p', { class: 'status' }, h('strong', {}, texts.status[step.status])),
    since(step, view, elapsedMs),
    step.reason !== null && h('p', { class: 'reason' }, data(step.reason)),
    h('p', { class: 'instructions' }, data(step.instructions)),
    step.supporting.length > 0 &&
      h('p', { class: 'small' }, page.with, ': ', listed(step.supporting.map((id) => role(view, id)))),
    h('p', { class: 'small' }, page.proof, ': ', data(step.proof)),
    letter(step),
    canAct
      ? answerForm(view, ui, step)
      : h('p', { class: 'small' }, page.readOnly, ' ', h('code', {}, 'dr step')),
  );
}

/**
 * How long it has been under way, and whether that is too long.
 * @param {StepView} step
 * @param {RunView} view
 * @param {number} elapsedMs
 */
function since(step, view, elapsedMs) {
  const soFarMs = soFar(step, view);
  if (soFarMs === null || !['running', 'waiting', 'unknown'].includes(step.status)) return null;
  const { page } = texts;
  return h(
    'p',
    { class: 'since' },
    page.since,
    ' ',
    h('strong', { 'data-up': soFarMs }, stopwatch(soFarMs + elapsedMs)),
    ' · ',
    page.upTo,
    ' ',
    target(step.timeoutMinutes * 60_000),
    step.overdue && [' ', h('strong', { class: 'late' }, icon('late'), page.overdue)],
  );
}

/**
 * @param {StepView} step
 * @param {RunView} view
 */
function soFar({ durationMs, startedAtUtc }, { madeAtUtc }) {
  if (durationMs !== null) return durationMs;
  return startedAtUtc === null ? null : Math.max(0, Date.parse(madeAtUtc) - Date.parse(startedAtUtc));
}

/** @param {StepView} step */
export function partsList({ parts }) {
  if (parts.length === 0) return null;
  return h(
    'ul',
    { class: 'parts' },
    parts.map(({ id, title, status, durationMs }) =>
      h(
        'li',
        { 'data-key': id, class: status },
        icon(status),
        h('span', {}, data(title)),
        h('small', {}, texts.status[status], durationMs !== null && [', ', duration(durationMs)]),
      ),
    ),
  );
}

/** @param {StepView} step */
function letter({ letter: written }) {
  if (written === null) return null;
  const { page } = texts;
  return h(
    'section',
    { class: 'draft' },
    h('h4', {}, icon('letter'), page.letter),
    h('p', {}, page.letterTo, ': ', data(written.to.join(', '))),
    h('p', {}, page.letterSubject, ': ', h('strong', {}, data(written.subject))),
    h('p', { class: 'body' }, data(written.text)),
  );
}

/** @param {StepView} step */
export function clause({ clause: number }) {
  return number === '' ? null : h('span', { class: 'clause' }, data(number));
}

/**
 * @param {RunView} view
 * @param {string} id
 */
export function role({ roles }, id) {
  return data(roles[id] ?? id);
}

/**
 * @param {RunView} view
 * @param {string} id
 */
function standIn(view, id) {
  const deputy = view.deputies[id];
  return deputy === undefined ? null : [' (', texts.page.standIn, ': ', role(view, deputy), ')'];
}

/** @param {readonly Node[]} items */
function listed(items) {
  return items.flatMap((item, index) => (index === 0 ? [item] : [', ', item]));
}
