/** What a site's history of verifications says today: a fold over it. Nothing old is taken for new: each level's last result keeps its instant. */
import type { CheckOutcome } from '../core/check.ts';
import { outcomeOf } from './standing.ts';
import { type Level, type LevelResult, levels, type Verification } from './verification.ts';

export type LevelView = {
  level: Level;
  /** Null where it was never carried out. */
  last: { result: LevelResult; endedAtUtc: string } | null;
  lastPassAtUtc: string | null;
};

export type Overview = {
  site: string;
  /** The verification that ended last; null where none did. */
  last: { verification: Verification; endedAtUtc: string; verdict: Verdict } | null;
  /** All five, from the cheapest. */
  levels: readonly LevelView[];
};

/** `at` is the first level that did not pass; null with PASS. */
export type Verdict = { outcome: CheckOutcome; at: Level | null };

/** `history` in the order in which it was written; other sites' entries are passed over. */
export function overviewOf(site: string, history: readonly Verification[]): Overview {
  const ours = history.filter((one) => one.site === site);
  const verification = ours.at(-1);
  return {
    site,
    last:
      verification === undefined
        ? null
        : { verification, endedAtUtc: endOf(verification), verdict: verdictOf(verification) },
    levels: levels.map((level) => levelView(level, ours)),
  };
}

export function verdictOf(verification: Verification): Verdict {
  const outcome = outcomeOf(verification);
  if (outcome === 'PASS') return { outcome, at: null };
  const { requested, results } = verification;
  const missing = levels
    .slice(0, levels.indexOf(requested) + 1)
    .find((level) => results.every((result) => result.level !== level));
  return { outcome, at: results.find((result) => result.outcome === outcome)?.level ?? missing ?? requested };
}

function levelView(level: Level, history: readonly Verification[]): LevelView {
  const results = history.flatMap((one) => one.results).filter((one) => one.level === level);
  const last = results.at(-1);
  const passed = results.findLast(({ outcome }) => outcome === 'PASS');
  return {
    level,
    last: last === undefined ? null : { result: last, endedAtUtc: endOf(last) },
    lastPassAtUtc: passed === undefined ? null : endOf(passed),
  };
}

function endOf({ startedAtUtc, durationMs }: { startedAtUtc: string; durationMs: number }): string {
  return new Date(Date.parse(startedAtUtc) + durationMs).toISOString();
}
