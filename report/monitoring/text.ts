/** The last result of each level, for people. */
import type { LevelView, Overview } from '../../cassette/overview.ts';
import { levelNames, outcomeWords } from '../../cassette/words.ts';
import { formatDurationMs, formatRome } from '../../core/time.ts';

export function overviewText(overview: Overview, nowUtc: string): string {
  const { last, site, levels } = overview;
  const head =
    last === null
      ? `${site}: nessuna verifica è finita. / No verification has ended.`
      : `${site}: ultima verifica / last verification ${formatRome(last.endedAtUtc)}, ${outcomeWords[last.verdict.outcome].it} / ${outcomeWords[last.verdict.outcome].en}`;
  return `${head}\n${levels.map((one) => `  ${levelLine(one, nowUtc)}`).join('\n')}\n`;
}

/** One level: outcome, age, on what, and what was wrong. */
export function levelLine({ level, last }: LevelView, nowUtc: string): string {
  const { it, en } = levelNames[level];
  const name = `${it === en ? it : `${it} / ${en}`}: `;
  if (last === null) return `${name}mai eseguita / never carried out`;
  const { outcome, subject, checks } = last.result;
  const age = formatDurationMs(Date.parse(nowUtc) - Date.parse(last.endedAtUtc));
  const on = subject === null ? '' : `, ${subject.label} ${subject.snapshotId?.slice(0, 8) ?? '-'}`;
  const wrong = checks
    .filter((check) => check.outcome !== 'PASS')
    .map((check) => `\n    ${check.outcome} ${check.id}: ${check.evidence}`);
  return `${name}${outcome}, ${formatRome(last.endedAtUtc)} (${age})${on}${wrong.join('')}`;
}
