/** What is new between two views, in words for somebody who listens instead of looking. */
import { h } from './dom.js';
import { texts } from './page-data.js';

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */
/** @import { Child } from './types.ts' */

/**
 * Nothing for the first view: who opens the page reads it.
 * @param {RunView | null} before
 * @param {RunView} after
 * @returns {Child}
 */
export function changes(before, after) {
  if (before === null) return null;
  const was = new Map(before.steps.map(({ id, status }) => [id, status]));
  const changed = after.steps.filter(
    ({ id, status }) => was.has(id) && was.get(id) !== status && status !== 'blocked',
  );
  const said = changed.map(({ title, status }) => h('p', {}, title, ': ', texts.status[status]));
  const over = before.run.status === 'unfinished' && after.run.status !== 'unfinished';
  if (over) said.push(h('p', {}, texts.page.verdict, ': ', texts.verdict[after.run.verdict.outcome]));
  if (before.executing !== false && after.executing === false) said.push(h('p', {}, texts.page.resume));
  return said;
}
