/** From what was typed to a command, and from a command to its reply. */
import { needsConfirmation } from './forms.js';
import { romeToUtc } from './rome.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { LiveReply } from '../command.ts' */
/** @import { OpenForm } from './state.js' */

/** Fields that a form may have and that must not be empty. */
const required = ['role', 'to', 'by', 'name', 'why', 'milestone'];

/**
 * The command that a form asks for, and which of its fields are not right yet.
 * @param {RunView} view
 * @param {OpenForm} form
 * @param {HTMLFormElement} element
 * @returns {{ command: Record<string, unknown>, errors: Set<string> }}
 */
export function readForm(view, form, element) {
  /** @type {Map<string, string>} */
  const values = new Map(
    [...new FormData(element)].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']),
  );
  const errors = new Set(required.filter((name) => values.get(name) === ''));
  if (form.choice?.needsNote && !values.get('note')) errors.add('note');
  if (needsConfirmation(view, form) && !values.has('confirm')) errors.add('confirm');
  const asksTime = form.kind === 'declare' || form.choice?.needsTime === true;
  const declared = asksTime || values.get('when') === 'declared';
  const atUtc = declared ? romeToUtc(values.get('at') ?? '') : null;
  if (declared && atUtc === null) errors.add('at');
  return { command: commandOf(form, values, atUtc), errors };
}

/**
 * @param {OpenForm} form
 * @param {Map<string, string>} values
 * @param {string | null} atUtc
 */
function commandOf({ kind: type, step, attempt, choice }, values, atUtc) {
  const pick = (/** @type {string[]} */ ...names) =>
    Object.fromEntries(names.map((name) => [name, values.get(name) ?? '']));
  const commands = {
    answer: {
      step,
      attempt,
      choice: choice?.id,
      ...pick('role', 'name', 'note'),
      ...(atUtc === null ? {} : { atUtc }),
    },
    'take-back': { step, attempt, ...pick('role', 'name', 'why') },
    'hand-over': pick('role', 'to', 'by', 'name', 'why'),
    declare: { ...pick('milestone', 'role', 'name'), atUtc },
    abort: pick('role', 'name', 'why'),
  };
  return { type, ...commands[type] };
}

/**
 * Null when nobody knows whether the command arrived.
 * @param {Record<string, unknown>} command
 * @returns {Promise<LiveReply | null>}
 */
export async function send(command) {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch('act', {
      method: 'POST',
      headers,
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(30_000),
    });
    return await response.json();
  } catch {
    return null;
  }
}
