/** What runs now, and what waits for whom, with the way to answer right there. */
import { awaited, dueMs, needsPerson } from './awaited.js';
import { data, h, icon } from './dom.js';
import { dueTime, duration, stopwatch, target } from './figures.js';
import { answerForm, choiceButtons } from './forms.js';
import { canAct, texts } from './page-data.js';
import { formKey } from './state.js';

/** @import { RunView, StepView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */
/** @import { Ui } from './state.js' */

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {number} elapsedMs
 */
export function runningList(view, ui, elapsedMs) {
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
        canAct && stopping(ui, step),
      ),
    ),
  );
}

/**
 * How work is stopped that hangs. Once it is overdue, or somebody has begun to, that stands among what waits for people.
 * @param {Ui} ui
 * @param {StepView} step
 */
function stopping(ui, step) {
  if (step.choices.length === 0 || needsPerson(step) || ui.forms.has(formKey('answer', step.id))) return null;
  const { page } = texts;
  return h(
    'details',
    { class: 'stopping', 'data-key': 'stopping' },
    h('summary', {}, page.ifItHangs),
    h('p', { class: 'small' }, page.stillAtWork),
    choiceButtons(ui, step),
  );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {number} elapsedMs
 */
export function waitingList(view, ui, elapsedMs) {
  // A form that somebody has open stays, also when its step went on meanwhile.
  if (view.run.status !== 'unfinished') return runOver();
  const waiting = awaited(view, ({ id }) => ui.forms.has(formKey('answer', id)));
  if (waiting.length === 0) return h('p', { class: 'none' }, texts.page.nobodyAwaited);
  return [
    waiting.length > 1 && overview(view, waiting),
    h(
      'div',
      { class: 'cards', 'data-key': 'cards' },
      waiting.map((step) => waitingCard(view, ui, step, elapsedMs)),
    ),
  ];
}

/** Whoever gave the last answer looks here, and not at the top of the page. */
function runOver() {
  return h('p', { class: 'none' }, h('a', { href: '#outcome' }, texts.page.runOver));
}

/**
 * All that waits in a line each, so that nobody has to scroll to learn what there is and what comes first.
 * @param {RunView} view
 * @param {readonly StepView[]} waiting
 */
function overview(view, waiting) {
  return h(
    'ol',
    { class: 'overview', 'data-key': 'overview' },
    waiting.map((step) =>
      h(
        'li',
        { 'data-key': step.id },
        h('a', { href: `#${cardId(step)}` }, clause(step), data(step.title)),
        ' ',
        h(
          'small',
          {},
          role(view, step.responsible),
          step.startedAtUtc !== null && [
            ', ',
            texts.page.by,
            ' ',
            h('span', { class: 'due' }, dueTime(dueAt(step), view.madeAtUtc)),
          ],
          step.overdue && [' ', h('strong', { class: 'late' }, icon('late'), texts.page.overdue)],
        ),
      ),
    ),
  );
}

/** @param {StepView} step */
function dueAt(step) {
  return new Date(dueMs(step)).toISOString();
}

/** @param {StepView} step */
function cardId({ id }) {
  return `card-${id}`;
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
    {
      class: `card ${step.status} ${step.overdue ? 'overdue' : ''}`,
      id: cardId(step),
      'data-key': step.id,
      tabindex: '-1',
    },
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
    // Those of machine work say to wait; once it failed or takes too long, the reason above says what to do.
    (!['failed', 'running'].includes(step.status) || step.kind === 'human' || step.kind === 'notify') &&
      h('p', { class: 'instructions' }, data(step.instructions)),
    step.supporting.length > 0 &&
      h('p', { class: 'small' }, page.with, ': ', listed(step.supporting.map((id) => role(view, id)))),
    h('p', { class: 'small' }, page.proof, ': ', data(step.proof)),
    letter(step, texts.page.letter),
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

/**
 * @param {StepView} step
 * @param {Child} title
 */
export function letter({ letter: written }, title) {
  if (written === null) return null;
  const { page } = texts;
  return h(
    'section',
    { class: 'draft' },
    h('h4', {}, icon('letter'), title),
    h('p', {}, page.letterTo, ': ', data(written.to.join(', '))),
    h('p', {}, page.letterSubject, ': ', h('strong', {}, data(written.subject))),
    h('p', { class: 'body' }, data(written.text)),
  );
}

/** @param {StepView} step */
export function clause({ clause: number }) {
  return number === '' || number === '-' ? null : h('span', { class: 'clause' }, data(number));
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
