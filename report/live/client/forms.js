/** Forms: the possible answers as big buttons, and below the chosen one whatever has to be said with it. */
import { data, h, icon } from './dom.js';
import { fieldsFor } from './fields.js';
import { texts } from './page-data.js';
import { formKey, isGone } from './state.js';

/** @import { Choice, RunView, StepView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */
/** @import { FormKind, OpenForm, Ui } from './state.js' */

/** Answers that change where the run goes: nobody gives them by a slip of the finger. */
const dangerous = new Set(['failed', 'fail', 'skipped', 'skip', 'aborted', 'abort']);

/** @param {Choice | null} choice */
export function isDangerous(choice) {
  if (choice === null) return false;
  return dangerous.has(choice.id) || choice.overriddenBy !== undefined || choice.interrupts === true;
}

/**
 * True where a letter leaves for real.
 * @param {RunView} view
 * @param {OpenForm} form
 */
function sendsLetter({ run, steps }, { step, choice }) {
  const found = steps.find(({ id }) => id === step);
  return run.kind !== 'drill' && found !== undefined && found.letter !== null && !isDangerous(choice);
}

/**
 * Whether the form asks for a tick before it is sent.
 * @param {RunView} view
 * @param {OpenForm} form
 */
export function needsConfirmation(view, form) {
  return form.kind === 'abort' || isDangerous(form.choice) || sendsLetter(view, form);
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {StepView} step
 */
export function answerForm(view, ui, step) {
  const key = formKey('answer', step.id);
  const form = ui.forms.get(key);
  return h(
    'div',
    { class: 'answer', 'data-key': 'answer' },
    choiceButtons(ui, step),
    form !== undefined &&
      formPanel(view, ui, key, form, [form.choice, step.attempt > 1 && attemptNote(form)]),
  );
}

/**
 * @param {Ui} ui
 * @param {StepView} step
 */
export function choiceButtons(ui, step) {
  const key = formKey('answer', step.id);
  return h(
    'div',
    {
      class: 'choices',
      role: 'group',
      'aria-label': document.documentElement.lang === 'it' ? texts.page.choose.it : texts.page.choose.en,
    },
    step.choices.map((choice) => choiceButton(key, choice, ui.forms.get(key))),
  );
}

/**
 * @param {string} key
 * @param {Choice} choice
 * @param {OpenForm | undefined} form
 */
function choiceButton(key, choice, form) {
  const chosen = form?.choice?.id === choice.id;
  return h(
    'button',
    {
      type: 'button',
      'data-key': choice.id,
      'data-action': 'choose',
      'data-form': key,
      'data-choice': choice.id,
      'aria-expanded': String(chosen),
      class: isDangerous(choice) ? 'grave' : '',
    },
    choiceIcon(choice),
    data(choice),
  );
}

/**
 * A sign for "done", "failed" and "skip"; the options of a decision are equal.
 * @param {Choice} choice
 * @returns {Child}
 */
function choiceIcon(choice) {
  if (choice.id === 'retry') return null;
  if (isDangerous(choice)) return icon(choice.id.startsWith('skip') ? 'skipped' : 'FAIL');
  return choice.id === 'done' && icon('PASS');
}

/** @param {OpenForm} form */
function attemptNote({ attempt }) {
  return [' (', texts.page.attempt, ` ${attempt})`];
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {string} key
 * @param {OpenForm} form
 * @param {Child} title
 */
export function formPanel(view, ui, key, form, title) {
  const { page } = texts;
  const gone = isGone(view, form);
  return h(
    'form',
    {
      class: `panel ${isDangerous(form.choice) || form.kind === 'abort' ? 'grave' : ''}`,
      'data-key': `${key}#`,
      'data-form': key,
      novalidate: true,
      autocomplete: 'off',
    },
    h('p', { class: 'chosen', 'data-key': 'chosen' }, h('strong', {}, title)),
    gone && h('p', { class: 'warning', 'data-key': 'gone', role: 'status' }, icon('late'), page.gone),
    fieldsFor(view, ui, key, form),
    needsConfirmation(view, form) && confirmation(view, form),
    h(
      'div',
      { class: 'buttons', 'data-key': 'buttons' },
      h(
        'button',
        {
          type: 'submit',
          class: 'submit',
          'data-key': 'submit',
          'aria-disabled': gone || form.busy ? 'true' : null,
        },
        form.busy ? page.sending : page.submit,
      ),
      form.kind !== 'abort' &&
        form.kind !== 'declare' &&
        form.kind !== 'hand-over' &&
        h(
          'button',
          { type: 'button', 'data-key': 'cancel', 'data-action': 'cancel', 'data-form': key },
          gone ? page.close : page.cancel,
        ),
    ),
    form.refusal !== null &&
      h(
        'div',
        { class: 'refusal', role: 'alert', 'data-key': 'refusal' },
        h('p', {}, icon('FAIL'), h('strong', {}, page.notRecorded, ': ', data(form.refusal.message))),
        h('p', {}, data(form.refusal.hint)),
      ),
  );
}

/**
 * @param {RunView} view
 * @param {OpenForm} form
 */
function confirmation(view, form) {
  const { page } = texts;
  const bad = form.errors.has('confirm');
  return h(
    'div',
    { class: 'field confirm', 'data-key': 'confirm' },
    h('p', {}, icon('late'), sendsLetter(view, form) ? page.confirmLetter : page.confirmDanger),
    h(
      'label',
      {},
      h('input', { type: 'checkbox', name: 'confirm', required: true, 'aria-invalid': bad ? 'true' : null }),
      ' ',
      page.confirm,
    ),
    bad && h('p', { class: 'error' }, page.required),
  );
}

/**
 * The folded section: what is seldom needed, and never by accident.
 * @param {RunView} view
 * @param {Ui} ui
 */
export function otherForms(view, ui) {
  const { page } = texts;
  /** @type {[FormKind, Child][]} */
  const kinds = [
    ['hand-over', page.handOver],
    ['declare', page.declare],
    ['abort', page.abort],
  ];
  return kinds.map(([kind, title]) => {
    const form = ui.forms.get(formKey(kind));
    return h(
      'details',
      { 'data-key': kind },
      h('summary', {}, h('h3', {}, title)),
      form !== undefined && formPanel(view, ui, formKey(kind), form, title),
    );
  });
}
