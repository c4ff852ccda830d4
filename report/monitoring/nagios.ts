/**
 * The output of a Nagios or Icinga plugin (Monitoring Plugins Development Guidelines): a line with the state, performance data after
 * `|` as 'label'=value[UOM];[warn];[crit];[min];[max], then a line for each level.
 */
import type { LevelView, Overview } from '../../cassette/overview.ts';
import { type Level, levels } from '../../cassette/verification.ts';
import { ageSeconds, judge, states, type Thresholds } from './judge.ts';
import { levelLine } from './text.ts';

export type PluginOutput = { text: string; exitStatus: number };

/** Nagios finds the plugin's own name at the start useful where services are many. */
const SERVICE = 'LUCCA_DR';

export function nagiosOutput(
  overview: Overview,
  level: Level,
  thresholds: Thresholds,
  nowUtc: string,
): PluginOutput {
  const { state, text } = judge(overview, level, thresholds, nowUtc);
  const seen = overview.levels.slice(0, levels.indexOf(level) + 1);
  const data = [ageData(overview, level, thresholds, nowUtc), ...seen.flatMap(levelData)].filter(
    (one) => one !== null,
  );
  const first = `${SERVICE} ${state} - ${overview.site}: ${plain(text)}`;
  const lines = seen.map((one) => plain(levelLine(one, nowUtc)));
  return {
    text: `${first}${data.length === 0 ? '' : ` | ${data.join(' ')}`}\n${lines.join('\n')}\n`,
    exitStatus: states[state],
  };
}

/** What kept the plugin from judging: never OK, and never another state's number. */
export function nagiosUnknown(message: string): PluginOutput {
  return { text: `${SERVICE} UNKNOWN - ${plain(message)}\n`, exitStatus: states.UNKNOWN };
}

function ageData(overview: Overview, level: Level, limits: Thresholds, nowUtc: string): string | null {
  const age = ageSeconds(overview, level, nowUtc);
  if (age === null) return null;
  return `${level}_age=${number(age)}s;${number(limits.warningSeconds)};${number(limits.criticalSeconds)};0`;
}

function levelData({ level, last }: LevelView): string[] {
  if (last === null) return [];
  const { durationMs, figures } = last.result;
  return [
    `${level}_duration=${number(durationMs / 1000)}s;;;0`,
    ...Object.entries(figures).map(([name, value]) => figureData(level, name, value)),
  ];
}

/** The unit is in a figure's name: `_seconds`, `bytes_`/`_bytes`, `_percent`. */
function figureData(level: Level, name: string, value: number): string {
  const unit = /(^|_)seconds$/.test(name)
    ? 's'
    : /(^|_)bytes(_|$)/.test(name)
      ? 'B'
      : /(^|_)percent$/.test(name)
        ? '%'
        : '';
  const label = unit === 's' || unit === '%' ? name.replace(/_(seconds|percent)$/, '') : name;
  return `${level}_${label}=${number(value)}${unit}`;
}

/** Digits, sign and point only: no exponent, and no locale's comma. */
function number(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : value.toFixed(3);
}

/** `|` would begin performance data, and a line's end the next part. */
function plain(text: string): string {
  return text.replaceAll('|', '/').replaceAll(/\s*\n\s*/g, '; ');
}
