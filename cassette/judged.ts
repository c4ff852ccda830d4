/** A check that was judged but not timed: what the pure part of a level gives. */
import { type CheckOutcome, type CheckTitle, judge } from '../core/check.ts';

export type Judged = CheckTitle & { outcome: CheckOutcome; evidence: string };

/** PASS with `good` when nothing is wrong, else FAIL listing what is. */
export function judged(title: CheckTitle, wrong: readonly string[], good: string): Judged {
  return { ...title, ...judge(wrong, good) };
}

export function notVerifiable(title: CheckTitle, evidence: string): Judged {
  return { ...title, outcome: 'NOT VERIFIABLE', evidence };
}
