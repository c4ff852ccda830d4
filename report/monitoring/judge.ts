/** What a monitoring system is told of a level: the states of a Nagios plugin (Monitoring Plugins Development Guidelines, "Plugin Return Codes"). */
import type { Overview } from '../../cassette/overview.ts';
import { type Level, levels } from '../../cassette/verification.ts';
import { levelNames, outcomeWords } from '../../cassette/words.ts';
import { formatDurationMs, formatRome } from '../../core/time.ts';

/** The number is the plugin's exit status. */
export const states = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type State = keyof typeof states;

export type Thresholds = { warningSeconds: number; criticalSeconds: number };
export type Judgement = { state: State; text: string };

/** A clock that was set right by a little is no reason for an alarm. */
const CLOCK_TOLERANCE_SECONDS = 300;
const severity: readonly State[] = ['CRITICAL', 'UNKNOWN', 'WARNING', 'OK'];

/**
 * Each level up to `level` by its last result, and the age of the last result of `level` itself. FAIL is CRITICAL, NOT VERIFIABLE and
 * "never carried out" are UNKNOWN, too old is WARNING or CRITICAL. The worst counts, and its reason comes first.
 */
export function judge(overview: Overview, level: Level, thresholds: Thresholds, nowUtc: string): Judgement {
  if (overview.levels.every(({ last }) => last === null))
    return {
      state: 'UNKNOWN',
      text: 'nessuna verifica conservata: "dr schedule status" / no verification stored',
    };
  const found = [
    ...overview.levels.slice(0, levels.indexOf(level) + 1).map(outcomeJudgement),
    ageJudgement(overview, level, thresholds, nowUtc),
  ];
  const bad = severity
    .flatMap((state) => found.filter((one) => one.state === state))
    .filter(({ state }) => state !== 'OK');
  const [worst] = bad;
  if (worst === undefined) return { state: 'OK', text: goodText(overview, level, nowUtc) };
  return { state: worst.state, text: bad.map(({ text }) => text).join('; ') };
}

/** Seconds since the last result of that level; null where there is none. Negative when it lies in the future. */
export function ageSeconds(overview: Overview, level: Level, nowUtc: string): number | null {
  const last = overview.levels.find((one) => one.level === level)?.last ?? null;
  return last === null ? null : (Date.parse(nowUtc) - Date.parse(last.endedAtUtc)) / 1000;
}

function outcomeJudgement({ level, last }: Overview['levels'][number]): Judgement {
  const name = both(levelNames[level]);
  if (last === null) return { state: 'UNKNOWN', text: `${name}: mai eseguita / never carried out` };
  const { outcome, checks } = last.result;
  if (outcome === 'PASS') return { state: 'OK', text: '' };
  const why = checks.find((check) => check.outcome === outcome);
  return {
    state: outcome === 'FAIL' ? 'CRITICAL' : 'UNKNOWN',
    text: `${name}: ${both(outcomeWords[outcome])}${why === undefined ? '' : `: ${why.evidence}`}`,
  };
}

function ageJudgement(overview: Overview, level: Level, limits: Thresholds, nowUtc: string): Judgement {
  const age = ageSeconds(overview, level, nowUtc);
  if (age === null) return { state: 'OK', text: '' };
  if (age < -CLOCK_TOLERANCE_SECONDS)
    return {
      state: 'UNKNOWN',
      text: "l'ultimo risultato è nel futuro: controllare l'orologio / the last result lies in the future: look at the clock",
    };
  const state = age > limits.criticalSeconds ? 'CRITICAL' : age > limits.warningSeconds ? 'WARNING' : 'OK';
  return { state, text: `${both(levelNames[level])}: ${agoText(age)}` };
}

function agoText(age: number): string {
  const text = (locale: 'it' | 'en'): string => formatDurationMs(age * 1000, locale);
  return `ultimo risultato di ${text('it')} fa / last result ${text('en')} ago`;
}

function goodText(overview: Overview, level: Level, nowUtc: string): string {
  const last = overview.levels.find((one) => one.level === level)?.last;
  const age = ageSeconds(overview, level, nowUtc) ?? 0;
  const subject = last?.result.subject;
  const takenAtUtc = subject?.snapshotAtUtc ?? null;
  const snapshot = takenAtUtc === null ? '' : `, snapshot ${formatRome(takenAtUtc)}`;
  return `${subject?.label ?? '-'} ${both(levelNames[level])}: ${both(outcomeWords.PASS)}, ${agoText(age)}${snapshot}`;
}

function both({ it, en }: { it: string; en: string }): string {
  return it === en ? it : `${it} / ${en}`;
}
