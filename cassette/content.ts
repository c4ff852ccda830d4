/** Judges what was read of a cassette today, and how much of it was read at all. Pure. */
import { formatBytes } from '../core/sizes.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import { type Judged, judged, notVerifiable } from './judged.ts';
import type { Coverage } from './reading.ts';

export type ContentFacts = {
  planned: number;
  read: readonly { file: string; bytes: number; right: boolean; said: string }[];
  carriedBytes: number;
  carriedSinceUtc: string | null;
  coverage: Coverage;
  days: number;
  durationMs: number;
};

const today = { id: 'content.read', titleIt: 'Letto oggi e giusto', titleEn: 'Read today and right' };
const whole = {
  id: 'content.coverage',
  titleIt: 'Tutta la cassetta entro il termine',
  titleEn: 'The whole cassette within its days',
};

export function judgeContent(facts: ContentFacts): Judged[] {
  return [judgeToday(facts), judgeCoverage(facts)];
}

function judgeToday({
  planned,
  read,
  carriedBytes,
  carriedSinceUtc,
  durationMs,
  coverage,
}: ContentFacts): Judged {
  const wrong = read.filter(({ right }) => !right);
  if (wrong.length > 0) {
    const names = wrong.map(({ file, said }) => `${file}: ${said}`);
    const what = `Dati danneggiati in ${wrong.length} file della cassetta: usare la precedente della rotazione; conservare questa per l'analisi. / Damaged data in ${wrong.length} of its files: use the previous cassette of the rotation; keep this one for analysis.`;
    return judged(today, [what, ...names], '');
  }
  if (read.length < planned)
    return notVerifiable(today, `Letti ${read.length} file su ${planned}. / Not all files were read.`);
  const bytes = read.reduce((sum, file) => sum + file.bytes, 0);
  const speed = durationMs > 0 ? `, ${formatBytes((bytes / durationMs) * 1000)}/s` : '';
  const carried =
    carriedBytes > 0 && carriedSinceUtc !== null
      ? `; altri ${formatBytes(carriedBytes)} prima dell'interruzione, dal ${formatRome(carriedSinceUtc)} / more before the interruption`
      : '';
  return judged(
    today,
    [],
    `${formatBytes(bytes)} su / of ${formatBytes(coverage.totalBytes)} in ${formatDurationMs(durationMs)}${speed}${carried}`,
  );
}

function judgeCoverage({ coverage, days }: ContentFacts): Judged {
  const { totalBytes, coveredBytes, sinceUtc, overdueBytes } = coverage;
  const percent = totalBytes === 0 ? 100 : Math.floor((coveredBytes / totalBytes) * 100);
  const since = sinceUtc === null ? '' : `, dal / since ${formatRome(sinceUtc)}`;
  const text = `${percent} % (${formatBytes(coveredBytes)} su / of ${formatBytes(totalBytes)})${since}; termine / within: ${days} g / d`;
  if (overdueBytes === 0) return judged(whole, [], text);
  return notVerifiable(
    whole,
    `${text}. ${formatBytes(overdueBytes)} non letti da oltre ${days} giorni: ripetere "dr verify content", o con --days 1 per leggere tutto adesso. / Not read for more than ${days} days: run it again, or with --days 1 to read all now.`,
  );
}
