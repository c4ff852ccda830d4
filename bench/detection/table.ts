/** docs/detection.md, as the suite writes it. */
import { type Level, levels } from '../../cassette/verification.ts';
import type { Kind } from './kind.ts';

export type Row = {
  kind: Pick<Kind, 'id' | 'group' | 'it' | 'en'>;
  /** The cheapest level that did not PASS; null: a miss. */
  level: Level | null;
  outcome: 'FAIL' | 'NOT VERIFIABLE' | null;
  /** What the operator reads. */
  text: string;
};

/** How many went up to which level, and what was said of them. */
export type CleanRuns = { runs: Record<'content' | 'recoverability', number>; falseAlarms: string[] };

export function detectionDocument(
  rows: readonly Row[],
  clean: CleanRuns,
  seed: number,
  versions: string,
): string {
  const found = levels.map((level) => `${level} ${rows.filter((row) => row.level === level).length}`);
  const { content, recoverability } = clean.runs;
  const missed = rows.filter(({ level }) => level === null);
  return `# What the verification of a cassette finds

Written by \`npm run detection\` (seed ${seed}; ${versions}). Each row is a whole cassette to which one thing was done, then verified level by
level until one did not PASS; nothing is simulated. "Cheapest level" is that level.

- kinds: ${rows.length}; found: ${rows.length - missed.length}; missed: ${missed.length === 0 ? 'none' : missed.map(({ kind }) => kind.id).join(', ')}
- by level: ${found.join(', ')}
- clean cassettes verified: ${content + recoverability}, each after other days of work: ${content} up to \`content\`, ${recoverability} up to \`recoverability\`;
  false alarms: ${clean.falseAlarms.length === 0 ? 'none' : clean.falseAlarms.join('; ')}

| kind | cheapest level | outcome | what the operator reads |
| --- | --- | --- | --- |
${rows.map(rowText).join('\n')}
`;
}

function rowText({ kind, level, outcome, text }: Row): string {
  return `| ${cell(`${kind.it} / ${kind.en}`)} | ${level ?? 'MISSED'} | ${outcome ?? '-'} | ${cell(text)} |`;
}

const LONGEST = 280;

function cell(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}
