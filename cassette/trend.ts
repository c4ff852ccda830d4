/** The history of verifications, a column a day: what each level said last on that day, and how old the newest snapshot was. Pure. */
import type { CheckOutcome } from '../core/check.ts';
import { type Level, levels, type Verification } from './verification.ts';

export type TrendDay = {
  /** `2026-11-24`, as the calendar at Rome has it. */
  day: string;
  /** Null where the level was not carried out. */
  outcomes: Readonly<Record<Level, CheckOutcome | null>>;
  /** Age of the newest snapshot against the RPO; null where it is not known. */
  timesRpo: number | null;
  /** Of the cassettes that were verified, in their order. */
  labels: readonly string[];
};

const romeDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Rome', dateStyle: 'short' });

/** The last `days` days up to the one of `nowUtc`, oldest first; verifications after it are left out. */
export function trendOf(verifications: readonly Verification[], days: number, nowUtc: string): TrendDay[] {
  const nowMs = Date.parse(nowUtc);
  const until = verifications.filter(({ startedAtUtc }) => Date.parse(startedAtUtc) <= nowMs);
  return lastDays(days, romeDay.format(nowMs)).map((day) =>
    dayOf(
      day,
      until.filter(({ startedAtUtc }) => romeDay.format(Date.parse(startedAtUtc)) === day),
    ),
  );
}

/** Counted on the calendar: a day of 23 or 25 hours is a day. */
function lastDays(count: number, last: string): string[] {
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(`${last}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() - (count - 1 - index));
    return date.toISOString().slice(0, 10);
  });
}

function dayOf(day: string, verifications: readonly Verification[]): TrendDay {
  const results = verifications.flatMap((one) => one.results);
  const last = (level: Level): CheckOutcome | null =>
    results.findLast((result) => result.level === level)?.outcome ?? null;
  const fresh = results.findLast(({ figures }) => figures['snapshot_age_seconds'] !== undefined);
  const { snapshot_age_seconds: age, rpo_seconds: rpo } = fresh?.figures ?? {};
  return {
    day,
    outcomes: {
      presence: last('presence'),
      freshness: last('freshness'),
      structure: last('structure'),
      content: last('content'),
      recoverability: last('recoverability'),
    } satisfies Record<(typeof levels)[number], CheckOutcome | null>,
    timesRpo: age === undefined || !rpo ? null : age / rpo,
    labels: [...new Set(results.flatMap(({ subject }) => (subject === null ? [] : [subject.label])))],
  };
}
