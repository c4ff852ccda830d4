/** All steps by phase: what became of each, who answered, how long it took. */
import { data, h, icon } from './dom.js';
import { duration, target, timeNear } from './figures.js';
import { formPanel } from './forms.js';
import { clause, letter, partsList, role } from './now.js';
import { canAct, texts } from './page-data.js';
import { formKey } from './state.js';

/** @import { RunView, StepView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */
/** @import { Ui } from './state.js' */

/**
 * @param {RunView} view
 * @param {Ui} ui
 */
export function timeline(view, ui) {
  const phases = [...new Set(view.steps.map(({ phase }) => phase))];
  if (phases.length === 0) return [h('p', { class: 'none' }, texts.page.noSteps)];
  return phases.map((phase) =>
    h(
      'section',
      { 'data-key': phase, 'aria-labelledby': `phase-${phase}` },
      h('h3', { id: `phase-${phase}` }, texts.phase[phase]),
      h(
        'ol',
        { class: 'timeline' },
        view.steps.filter((step) => step.phase === phase).map((step) => item(view, ui, step)),
      ),
    ),
  );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {StepView} step
 */
function item(view, ui, step) {
  return h(
    'li',
    { 'data-key': step.id, class: step.status },
    details(view, step),
    step.answer !== null && answer(view, step.answer),
    step.status === 'done' && step.letter !== null && letterWritten(view, step),
    step.reason !== null && step.status !== 'blocked' && h('p', { class: 'reason' }, data(step.reason)),
    canAct && takeBack(view, ui, step),
  );
}

/**
 * @param {RunView} view
 * @param {StepView} step
 * @returns {Child}
 */
function figures(view, { startedAtUtc, finishedAtUtc, durationMs, timeoutMinutes, attempt, status }) {
  if (startedAtUtc === null) return null;
  const from = timeNear(startedAtUtc, view.madeAtUtc);
  const to = finishedAtUtc === null ? null : timeNear(finishedAtUtc, view.madeAtUtc);
  return [
    ' ',
    from,
    to !== null && to.it !== from.it && ['–', to],
    durationMs !== null &&
      status !== 'running' &&
      status !== 'waiting' && [
        ' · ',
        texts.page.duration,
        ' ',
        duration(durationMs),
        ', max ',
        target(timeoutMinutes * 60_000),
      ],
    attempt > 1 && [' · ', texts.page.attempt, ` ${attempt}`],
  ];
}

/**
 * Who answered: a role, and a code for the person.
 * @param {RunView} view
 * @param {NonNullable<StepView['answer']>} answer
 */
function answer(view, { title, role: id, person, note, atUtc, origin }) {
  return h(
    'p',
    { class: 'answered' },
    texts.page.answeredBy,
    ': ',
    h('strong', {}, data(title)),
    ', ',
    role(view, id),
    person !== '' && [' (', texts.page.person, ' ', data(person), ')'],
    ', ',
    timeNear(atUtc, view.madeAtUtc),
    ', ',
    texts.origin[origin],
    note !== '' && [' — ', data(note)],
  );
}

/**
 * In a drill nobody is asked about a letter, but whoever takes part should see what would have left.
 * @param {RunView} view
 * @param {StepView} step
 */
function letterWritten({ run }, step) {
  const { page } = texts;
  const title = run.kind === 'drill' ? page.letterWritten : page.letterSent;
  return h(
    'details',
    { 'data-key': 'letter' },
    h('summary', {}, icon('letter'), h('strong', {}, title)),
    letter(step, title),
  );
}

/**
 * The step in one line, which opens to what is to be done.
 * @param {RunView} view
 * @param {StepView} step
 */
function details(view, step) {
  const { page } = texts;
  return h(
    'details',
    { 'data-key': 'details' },
    h(
      'summary',
      {},
      icon(step.status),
      clause(step),
      h('strong', {}, data(step.title)),
      ' ',
      h('span', { class: 'status' }, texts.status[step.status]),
      step.overdue && h('span', { class: 'late' }, icon('late'), texts.page.overdue),
      h('span', { class: 'figures' }, figures(view, step)),
    ),
    step.status === 'blocked' && step.reason !== null && h('p', {}, data(step.reason)),
    h('p', {}, data(step.instructions)),
    h('p', {}, page.forWhom, ': ', role(view, step.responsible)),
    step.supporting.length > 0 &&
      h(
        'p',
        {},
        page.with,
        ': ',
        step.supporting.flatMap((id, index) => [index > 0 && ', ', role(view, id)]),
      ),
    h('p', {}, page.proof, ': ', data(step.proof)),
    step.undo !== null && h('p', {}, page.undo, ': ', data(step.undo)),
    partsList(step),
  );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {StepView} step
 */
function takeBack(view, ui, step) {
  const key = formKey('take-back', step.id);
  const form = ui.forms.get(key);
  if (!step.canTakeBack && form === undefined) return null;
  const { page } = texts;
  return h(
    'div',
    { class: 'answer', 'data-key': 'take-back' },
    h(
      'button',
      {
        type: 'button',
        'data-key': 'open',
        'data-action': 'take-back',
        'data-form': key,
        'data-step': step.id,
        'aria-expanded': String(form !== undefined),
      },
      page.takeBack,
      h('span', { class: 'hidden' }, ': ', step.title),
    ),
    form !== undefined && formPanel(view, ui, key, form, page.takeBack),
  );
}
