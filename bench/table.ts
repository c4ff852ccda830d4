/** Comparisons as people read them on a terminal. */
import type { Comparison, Ratio, Row } from './compare.ts';

export function comparisonText({ title, notes, rows, ratios }: Comparison): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 10);
  const head = `${''.padEnd(width)}   median      min - max      runs   load`;
  return [
    `\n${title}`,
    ...notes.map((note) => `  ${note}`),
    `  ${head}`,
    ...rows.map((row) => `  ${rowText(row, width)}`),
    ...ratios.map((one) => `  ${ratioText(one)}`),
    '',
  ].join('\n');
}

function rowText({ name, medianMs, minMs, maxMs, durationsMs, loads }: Row, width: number): string {
  const range = `${seconds(minMs)} - ${seconds(maxMs)}`;
  return `${name.padEnd(width)}  ${seconds(medianMs).padStart(7)}  ${range.padStart(16)}  ${String(durationsMs.length).padStart(6)}   ${Math.max(...loads).toFixed(1)}`;
}

function ratioText({ text, value, target, met }: Ratio): string {
  const line = `${text}: ${value.toFixed(2)}`;
  if (target === undefined) return line;
  return `${line}  (${target.bound === 'at-most' ? '<=' : '>='} ${target.value.toFixed(2)}: ${met === true ? 'met' : 'MISSED'})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
