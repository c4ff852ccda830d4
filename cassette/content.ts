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

const speed = {
  id: 'content.speed',
  titleIt: 'Velocità del supporto',
  titleEn: 'Speed of the medium',
};

/**
 * A third of what a disk gives on the oldest socket still met (USB 2.0), a tenth of any other. One that dies is slower than this long before
 * it errs, as it reads what it can't read again and again.
 */
const SLOWEST_BYTES_PER_SECOND = 10 * 1024 ** 2;
/** Starting, and a disk that wakes up, take time that says nothing of its speed. */
const START_MS = 10_000;

export function judgeContent(facts: ContentFacts): Judged[] {
  return [judgeToday(facts), ...judgeSpeed(facts), judgeCoverage(facts)];
}

function bytesOf(read: ContentFacts['read']): number {
  return read.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Nothing where nothing was read. */
function judgeSpeed({ read, durationMs, coverage }: ContentFacts): Judged[] {
  const bytes = bytesOf(read);
  if (bytes === 0 || durationMs === 0) return [];
  const bytesPerSecond = (bytes / durationMs) * 1000;
  const text = `${formatBytes(bytesPerSecond)}/s`;
  if (durationMs <= START_MS + (bytes / SLOWEST_BYTES_PER_SECOND) * 1000) return [judged(speed, [], text)];
  const wholeMs = (coverage.totalBytes / bytesPerSecond) * 1000;
  const what = `Supporto lento: ${text}; un disco sano ne dà almeno ${formatBytes(SLOWEST_BYTES_PER_SECOND)}/s, e così leggere tutta la cassetta richiede ${formatDurationMs(wholeMs)}. Provare un'altra presa e un altro cavo e ripetere "dr verify content"; se resta lento il disco si sta guastando: preparare una cassetta nuova. / A slow medium: a sound one gives more. Try another socket and cable and run it again; if it stays slow the disk is failing: make a new cassette.`;
  return [judged(speed, [what], '')];
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
  const bytes = bytesOf(read);
  const carried =
    carriedBytes > 0 && carriedSinceUtc !== null
      ? `; altri ${formatBytes(carriedBytes)} prima dell'interruzione, dal ${formatRome(carriedSinceUtc)} / more before the interruption`
      : '';
  return judged(
    today,
    [],
    `${formatBytes(bytes)} su / of ${formatBytes(coverage.totalBytes)} in ${formatDurationMs(durationMs)}${carried}`,
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
