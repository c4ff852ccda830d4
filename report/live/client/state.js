/** What this page knows beside the view: which forms are open, what was answered to them, which name it may fill in. */

/** @import { Choice, RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { LiveReply } from '../command.ts' */
/** @import { Text } from '../../texts.ts' */

/** @typedef {'answer' | 'take-back' | 'hand-over' | 'declare' | 'abort'} FormKind */

/**
 * @typedef {object} OpenForm
 * @property {FormKind} kind
 * @property {string} step Id of the step that it is about; empty where it is about the run.
 * @property {number} attempt The attempt that the person saw when opening it.
 * @property {Choice | null} choice
 * @property {ReadonlySet<string>} errors Names of the fields that are not right yet.
 * @property {Exclude<LiveReply, { ok: true }> | null} refusal
 * @property {boolean} busy
 */

/**
 * @typedef {object} Ui
 * @property {Map<string, OpenForm>} forms By key: kind and step.
 * @property {Text | null} recorded The last command that was taken.
 * @property {string | null} keptName To fill into the next form, only where the person asked for it; in memory only.
 */

/** @returns {Ui} */
export function createUi() {
  return { forms: new Map(), recorded: null, keptName: null };
}

/**
 * @param {FormKind} kind
 * @param {string} [step]
 */
export function formKey(kind, step = '') {
  return `${kind}:${step}`;
}

/**
 * @param {FormKind} kind
 * @param {{ step?: string, attempt?: number, choice?: Choice | null }} [about]
 * @returns {OpenForm}
 */
export function openForm(kind, { step = '', attempt = 0, choice = null } = {}) {
  return { kind, step, attempt, choice, errors: new Set(), refusal: null, busy: false };
}

/**
 * True when the step does not wait for what the form would answer any more (somebody else was faster, or it was retried).
 * @param {RunView} view
 * @param {OpenForm} form
 */
export function isGone({ steps }, { kind, step, attempt, choice }) {
  if (step === '') return false;
  const found = steps.find(({ id }) => id === step);
  if (found === undefined || found.attempt !== attempt) return true;
  return kind === 'take-back' ? !found.canTakeBack : !found.choices.some(({ id }) => id === choice?.id);
}
