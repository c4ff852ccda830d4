/** What hands do on the page: choose, fill in, send, change the language. */
import { readForm, send } from './commands.js';
import { texts } from './page-data.js';
import { formKey, isGone, openForm } from './state.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { OpenForm, Ui } from './state.js' */

/**
 * One listener for each kind of event: what is on the page comes and goes.
 * @param {Ui} ui
 * @param {() => RunView | null} current
 * @param {() => void} render
 */
export function listen(ui, current, render) {
  for (const kind of /** @type {const} */ (['hand-over', 'declare', 'abort']))
    ui.forms.set(formKey(kind), openForm(kind));
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-action]') : null;
    const view = current();
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset['action'] === 'language') switchLanguage();
    else if (view !== null) press(view, ui, button);
    render();
    focusAfter(button);
  });
  document.addEventListener('submit', (event) => {
    event.preventDefault();
    const view = current();
    if (event.target instanceof HTMLFormElement && view !== null) void submit(view, ui, event.target, render);
  });
}

function switchLanguage() {
  const root = document.documentElement;
  root.lang = root.lang === 'it' ? 'en' : 'it';
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {HTMLElement} button
 */
function press({ steps }, ui, { dataset }) {
  const key = dataset['form'] ?? '';
  if (dataset['action'] === 'cancel') return ui.forms.delete(key);
  const step = steps.find(({ id }) => key === formKey('answer', id) || key === formKey('take-back', id));
  if (step === undefined) return false;
  const kind = dataset['action'] === 'take-back' ? 'take-back' : 'answer';
  const choice = step.choices.find(({ id }) => id === dataset['choice']) ?? null;
  return ui.forms.set(key, openForm(kind, { step: step.id, attempt: step.attempt, choice }));
}

/**
 * An opened form has the focus; after a closed one it is back where it was opened.
 * @param {HTMLElement} button
 */
function focusAfter({ dataset }) {
  const form = formElement(dataset['form'] ?? '');
  if (dataset['action'] === 'choose' || dataset['action'] === 'take-back')
    focus(form?.querySelector('select, input'));
  if (dataset['action'] === 'cancel')
    focus(
      document.querySelector(`[data-form="${CSS.escape(dataset['form'] ?? '')}"]`) ??
        document.getElementById('waiting-title'),
    );
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {HTMLFormElement} element
 * @param {() => void} render
 */
async function submit(view, ui, element, render) {
  const key = element.dataset['form'] ?? '';
  const form = ui.forms.get(key);
  if (form === undefined || form.busy || isGone(view, form)) return;
  const { command, errors } = readForm(view, form, element);
  ui.forms.set(key, { ...form, errors, refusal: null, busy: errors.size === 0 });
  render();
  if (errors.size > 0) return focus(element.querySelector('[aria-invalid=true]'));
  const keeps = new FormData(element).has('keep-name');
  const reply = await send(command);
  if (reply?.ok) taken(view, ui, key, form, keeps ? String(command['name']) : null);
  else ui.forms.set(key, { ...form, refusal: reply ?? unreachable(), busy: false });
  render();
  if (reply?.ok) focus(document.getElementById('recorded'));
}

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {string} key
 * @param {OpenForm} form
 * @param {string | null} keptName
 */
function taken({ steps }, ui, key, form, keptName) {
  const step = steps.find(({ id }) => id === form.step);
  const { page } = texts;
  const titles = {
    answer: form.choice ?? page.submit,
    'take-back': page.takeBack,
    'hand-over': page.handOver,
    declare: page.declare,
    abort: page.abort,
  };
  const title = titles[form.kind];
  ui.keptName = keptName;
  ui.recorded =
    step === undefined
      ? title
      : { it: `${title.it} – ${step.title.it}`, en: `${title.en} – ${step.title.en}` };
  ui.forms.delete(key);
  if (form.step === '') renew(ui, key, form);
}

/**
 * The forms of the folded section are always there; a sent one starts anew.
 * @param {Ui} ui
 * @param {string} key
 * @param {OpenForm} form
 */
function renew(ui, key, { kind }) {
  formElement(key)?.reset();
  ui.forms.set(key, openForm(kind));
}

/** @returns {NonNullable<OpenForm['refusal']>} */
function unreachable() {
  const locale = document.documentElement.lang === 'it' ? 'it' : 'en';
  return {
    ok: false,
    code: 'UNREACHABLE',
    message: texts.page.unreachable[locale],
    hint: texts.page.unreachableHint[locale],
  };
}

/**
 * @param {string} key
 * @returns {HTMLFormElement | null}
 */
function formElement(key) {
  return document.querySelector(`form[data-form="${CSS.escape(key)}"]`);
}

/** @param {Element | null | undefined} element */
function focus(element) {
  if (element instanceof HTMLElement) element.focus();
}
