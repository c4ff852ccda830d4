/** A verification, its history and its trend as lines for a terminal. */
import { outcomeOf, type Standing } from '../cassette/standing.ts';
import type { TrendDay } from '../cassette/trend.ts';
import { type Level, type LevelResult, levels, type Verification } from '../cassette/verification.ts';
import { levelNames } from '../cassette/words.ts';
import type { Check, CheckOutcome } from '../core/check.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import { type Line, oneLine, type Tone } from './terminal.ts';
import { checkOutcomeTexts } from './texts.ts';
import { aboutTexts } from './verification-texts.ts';

const tones = { PASS: 'good', FAIL: 'bad', 'NOT VERIFIABLE': 'doubtful' } satisfies Record<
  CheckOutcome,
  Tone
>;
const signs = { PASS: '✓', FAIL: '✗', 'NOT VERIFIABLE': '?' } satisfies Record<CheckOutcome, string>;
const NAME_WIDTH = 30;

/** `standings` are of the history before this verification: what each level said last, for those that today did not reach. */
export function verificationLines(verification: Verification, standings: readonly Standing[]): Line[] {
  return [
    headLine(verification),
    ...levels.flatMap((level) => {
      const result = verification.results.find((one) => one.level === level);
      const before = standings.find((one) => one.level === level);
      return result === undefined ? [notToday(level, before)] : levelLines(result);
    }),
    verdictLine(verification),
  ];
}

function headLine({ site, results }: Verification): Line {
  const subject = results.findLast((one) => one.subject !== null)?.subject ?? null;
  if (subject === null) return { text: `Cassetta a / cassette at ${site}: ?`, tone: 'strong' };
  const snapshot =
    subject.snapshotId === null || subject.snapshotAtUtc === null
      ? ''
      : ` · snapshot ${subject.snapshotId.slice(0, 8)}, ${formatRome(subject.snapshotAtUtc)}`;
  return { text: `Cassetta / cassette ${subject.label} · ${site}${snapshot}`, tone: 'strong' };
}

function levelLines({ level, outcome, checks, durationMs }: LevelResult): Line[] {
  const shown = outcome === 'PASS' ? checks : checks.filter((check) => check.outcome !== 'PASS');
  return [
    {
      text: `${signs[outcome]} ${nameOf(level)} ${checkOutcomeTexts[outcome].it} · ${formatDurationMs(durationMs)}`,
      tone: tones[outcome],
    },
    ...shown.flatMap(checkLines),
  ];
}

function checkLines({ titleIt, titleEn, outcome, evidence }: Check): Line[] {
  const [first = '', ...rest] = evidence.split('\n');
  const tone = outcome === 'PASS' ? 'quiet' : 'plain';
  return [
    { text: `    ${oneLine(`${titleIt} / ${titleEn}: ${first}`)}`, tone },
    ...rest.slice(0, 8).map((line): Line => ({ text: `      ${oneLine(line)}`, tone })),
  ];
}

function notToday(level: Level, standing: Standing | undefined): Line {
  const last = standing?.last ?? null;
  const text =
    last === null
      ? 'mai eseguita / never carried out'
      : `non questa volta / not this time · l'ultima / the last: ${formatDurationMs(last.ageMs)} fa / ago, ${checkOutcomeTexts[last.result.outcome].it}, ${subjectText(last.result)} (${aboutTexts[last.about].it} / ${aboutTexts[last.about].en})`;
  return { text: `– ${nameOf(level)} ${text}`, tone: 'quiet' };
}

function subjectText({ subject }: LevelResult): string {
  if (subject === null) return 'cassetta sconosciuta / unknown cassette';
  return subject.snapshotId === null
    ? subject.label
    : `${subject.label} snapshot ${subject.snapshotId.slice(0, 8)}`;
}

function nameOf(level: Level): string {
  const { it, en } = levelNames[level];
  return `${it} / ${en}`.padEnd(NAME_WIDTH);
}

function verdictLine(verification: Verification): Line {
  const outcome = outcomeOf(verification);
  const last = verification.results.at(-1)?.level;
  const stopped =
    last === undefined || last === verification.requested
      ? ''
      : ` I livelli dopo "${levelNames[last].it}" non sono stati eseguiti. / The levels after it were not carried out.`;
  return { text: `${checkOutcomeTexts[outcome].it}.${stopped}`, tone: tones[outcome] };
}

/** A row a level, a column a day, and how old the newest snapshot was against the RPO. */
export function trendLines(site: string, trend: readonly TrendDay[], unreadableLines: number): Line[] {
  const last = trend.at(-1)?.day ?? '';
  const rows = levels.map((level): Line => {
    const cells = trend.map(({ outcomes }) => cellOf(outcomes[level])).join('');
    return { text: `${nameOf(level)} ${cells}`, tone: 'plain' };
  });
  const lost =
    unreadableLines === 0
      ? []
      : [
          {
            text: `${unreadableLines} righe non leggibili / lines that do not read`,
            tone: 'doubtful' as const,
          },
        ];
  return [
    { text: `Verifiche a / verifications at ${site}: ${trend[0]?.day ?? ''} … ${last}`, tone: 'strong' },
    ...rows,
    {
      text: `${'età : RPO / age : RPO'.padEnd(NAME_WIDTH)} ${trend.map(({ timesRpo }) => barOf(timesRpo)).join('')}`,
      tone: 'plain',
    },
    {
      text: '■ PASS  ✗ FAIL  ? NON VERIFICABILE / NOT VERIFIABLE  · non eseguita / not carried out  ▁…█ fino a 1 RPO / up to 1 RPO  ! oltre / over',
      tone: 'quiet',
    },
    ...lost,
  ];
}

function cellOf(outcome: CheckOutcome | null): string {
  if (outcome === null) return '·';
  return outcome === 'PASS' ? '■' : signs[outcome];
}

const BARS = '▁▂▃▄▅▆▇█';

function barOf(timesRpo: number | null): string {
  if (timesRpo === null) return '·';
  if (timesRpo > 1) return '!';
  return BARS[Math.min(BARS.length - 1, Math.max(0, Math.floor(timesRpo * BARS.length)))] ?? '·';
}
