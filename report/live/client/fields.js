/** The fields of each form, with what is wrong said beside the field that it is about. */
import { h } from './dom.js';
import { texts } from './page-data.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { Text } from '../../texts.ts' */
/** @import { Child } from './types.ts' */
/** @import { OpenForm, Ui } from './state.js' */

/** @typedef {(name: string) => Record<string, string | boolean | null>} Common */
/** @typedef {{ view: RunView, ui: Ui, key: string, form: OpenForm }} Context */

/**
 * @param {RunView} view
 * @param {Ui} ui
 * @param {string} key
 * @param {OpenForm} form
 * @returns {HTMLElement[]}
 */
export function fieldsFor(view, ui, key, form) {
  const context = { view, ui, key, form };
  const { page } = texts;
  const all = allRoles(view);
  // The plan names who answers a step; for anything else it has to be said.
  const who = () => [
    roleField(context, 'role', page.role, answerRoles(context), form.step === ''),
    nameField(context),
  ];
  const why = () => noteField(context, 'why', page.why, true);
  const needsNote = form.choice?.needsNote === true;
  const noteLabel = form.choice?.overriddenBy ? page.noteOverride : needsNote ? page.noteRequired : page.note;
  const byKind = {
    answer: () => [
      ...who(),
      form.choice?.needsTime ? timeField(context) : whenField(context),
      noteField(context, 'note', noteLabel, needsNote),
    ],
    'take-back': () => [...who(), why()],
    'hand-over': () => [
      roleField(context, 'role', page.roleHanded, all, true),
      roleField(context, 'to', page.roleTo, all, true),
      roleField(context, 'by', page.roleBy, all, true),
      nameField(context),
      why(),
    ],
    declare: () => [milestoneField(context), timeField(context), ...who()],
    abort: () => [...who(), why()],
  };
  return byKind[form.kind]();
}

/**
 * For a step, who the plan names for it and their deputies; for the run, everybody.
 * @param {Context} context
 */
function answerRoles({ view, form }) {
  const step = view.steps.find(({ id }) => id === form.step);
  if (step === undefined) return allRoles(view);
  const named = form.choice?.overriddenBy
    ? [form.choice.overriddenBy]
    : [step.responsible, ...step.supporting];
  return [...new Set([...named, ...named.flatMap((id) => view.deputies[id] ?? [])])];
}

/** @param {RunView} view */
function allRoles({ roles }) {
  return Object.keys(roles);
}

/**
 * @param {Context} context
 * @param {string} name
 * @param {Text} label
 * @param {readonly string[]} ids
 * @param {boolean} [mustPick] Nobody is filled in beforehand.
 */
function roleField(context, name, label, ids, mustPick = false) {
  const options = [
    mustPick && pick(),
    ...ids.map((id) =>
      h('option', { value: id, 'data-key': id }, said(context.view.roles[id] ?? { it: id, en: id })),
    ),
  ];
  return field(context, name, label, (common) => h('select', { ...common, required: true }, options));
}

/** What a list shows before somebody has chosen. */
function pick() {
  return h('option', { value: '', 'data-key': '' }, said(texts.page.pick));
}

/** @param {Context} context */
function milestoneField(context) {
  const options = [
    pick(),
    ...texts.milestones[context.view.run.kind].map((name) =>
      h('option', { value: name, 'data-key': name }, said(texts.milestone[name])),
    ),
  ];
  return field(context, 'milestone', texts.page.milestone, (common) =>
    h('select', { ...common, required: true }, options),
  );
}

/** @param {Context} context */
function nameField(context) {
  const { key, ui } = context;
  const keep = h(
    'label',
    { class: 'keep' },
    h('input', {
      type: 'checkbox',
      name: 'keep-name',
      id: `${slug(key)}-keep`,
      checked: ui.keptName !== null,
    }),
    ' ',
    texts.page.keepName,
  );
  return field(
    context,
    'name',
    texts.page.name,
    (common) =>
      h('input', {
        ...common,
        type: 'text',
        required: true,
        maxlength: '200',
        autocomplete: 'off',
        value: ui.keptName,
      }),
    [texts.page.nameHint],
    keep,
  );
}

/**
 * @param {Context} context
 * @param {string} name
 * @param {Text} label
 * @param {boolean} required
 */
function noteField(context, name, label, required) {
  return field(context, name, label, (common) =>
    h('textarea', { ...common, required, rows: '2', maxlength: '4000' }),
  );
}

/** @param {Context} context */
function timeField(context) {
  return field(
    context,
    'at',
    texts.page.whenField,
    (common) => h('input', { ...common, type: 'datetime-local', required: true, step: '1' }),
    [],
    null,
    texts.page.badTime,
  );
}

/**
 * Now, unless somebody says otherwise; the field for the other time shows with its radio button (page.css).
 * @param {Context} context
 */
function whenField(context) {
  const { page } = texts;
  return h(
    'fieldset',
    { 'data-key': 'when' },
    h('legend', {}, page.when),
    h(
      'label',
      {},
      h('input', { type: 'radio', name: 'when', value: 'now', checked: true }),
      ' ',
      page.whenNow,
    ),
    h('label', {}, h('input', { type: 'radio', name: 'when', value: 'declared' }), ' ', page.whenDeclared),
    timeField(context),
  );
}

/**
 * @param {Context} context
 * @param {string} name
 * @param {Text} label
 * @param {(common: Record<string, string | null>) => HTMLElement} control
 * @param {readonly Child[]} [hint]
 * @param {Child} [after]
 * @param {Text} [problem]
 */
function field({ key, form }, name, label, control, hint = [], after = null, problem = texts.page.required) {
  const id = `${slug(key)}-${name}`;
  const bad = form.errors.has(name);
  const described = [bad && `${id}-error`, hint.length > 0 && `${id}-hint`].filter(Boolean).join(' ');
  return h(
    'div',
    { class: `field ${name}`, 'data-key': name },
    h('label', { for: id, 'data-key': 'label' }, label),
    control({
      id,
      name,
      'data-key': 'control',
      'aria-invalid': bad ? 'true' : null,
      'aria-describedby': described || null,
    }),
    bad && h('p', { class: 'error', id: `${id}-error`, 'data-key': 'error' }, problem),
    hint.length > 0 && h('p', { class: 'small', id: `${id}-hint`, 'data-key': 'hint' }, hint),
    after,
  );
}

/**
 * An option holds text only, so it is written in the language that shows, and again when that changes.
 * @param {Text} text
 */
function said({ it, en }) {
  return document.documentElement.lang === 'it' ? it : en;
}

/**
 * An id out of any text.
 * @param {string} text
 */
function slug(text) {
  return `f-${text.replaceAll(/[^\w-]/g, (character) => `_${(character.codePointAt(0) ?? 0).toString(16)}`)}`;
}
