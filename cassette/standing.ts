/** What is known of each level now: its last result, how old it is, and whether it speaks of what is there today. */
import type { CheckOutcome } from '../core/check.ts';
import { type Level, type LevelResult, levels, type Subject, type Verification } from './verification.ts';

/** `same`: this cassette and its newest snapshot. The other three must not be taken for today's. */
export type About = 'same' | 'older-snapshot' | 'other-cassette' | 'unknown';

export type Standing = {
  level: Level;
  /** Null where the level was never carried out. */
  last: null | { result: LevelResult; verificationId: string; ageMs: number; about: About };
};

/** Every level with its last result in these verifications (oldest first); `subject` is what was found today, null where nothing was. */
export function standingsOf(
  verifications: readonly Verification[],
  subject: Subject | null,
  nowUtc: string,
): Standing[] {
  return levels.map((level) => {
    const found = verifications
      .flatMap(({ id, results }) => results.map((result) => ({ verificationId: id, result })))
      .findLast(({ result }) => result.level === level);
    if (found === undefined) return { level, last: null };
    const ageMs = Date.parse(nowUtc) - Date.parse(found.result.startedAtUtc);
    return { level, last: { ...found, ageMs, about: aboutOf(found.result.subject, subject) } };
  });
}

function aboutOf(then: Subject | null, now: Subject | null): About {
  if (then === null || now === null) return 'unknown';
  if (then.label !== now.label || then.repositoryId !== now.repositoryId) return 'other-cassette';
  return then.snapshotId === now.snapshotId ? 'same' : 'older-snapshot';
}

/** The worst of some outcomes; a FAIL is worse than what could not be verified. PASS only where there is one at all. */
export function worst(outcomes: readonly CheckOutcome[]): CheckOutcome {
  if (outcomes.includes('FAIL')) return 'FAIL';
  return outcomes.length === 0 || outcomes.includes('NOT VERIFIABLE') ? 'NOT VERIFIABLE' : 'PASS';
}

/** What a verification says as a whole: PASS only when every level up to the one that was asked for passed. */
export function outcomeOf({ requested, results }: Verification): CheckOutcome {
  const found = worst(results.map(({ outcome }) => outcome));
  const reached = results.some(({ level }) => level === requested);
  return found === 'PASS' && !reached ? 'NOT VERIFIABLE' : found;
}
