/** Judges the age of a cassette's newest snapshot. Pure: clocks are given. */

import { formatDurationMs, formatRome } from '../core/time.ts';
import type { Judged } from './judged.ts';

/** More than this, and one of two clocks is wrong. Kerberos refuses log-ons from here on (RFC 4120, 8.2). */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

export type FreshnessFacts = {
  /** Ours, oldest first. */
  snapshots: readonly { id: string; time: string }[];
  /** Ids of snapshots that are there and do not read. */
  unreadable: readonly string[];
  /** Snapshots that somebody else wrote. */
  foreign: number;
  nowUtc: string;
  /** How far the clock of the host with the cassette is ahead of this computer's, and how exactly that is known. */
  hostAheadMs: number;
  uncertainMs: number;
  rpoMs: number;
};

export function judgeFreshness(facts: FreshnessFacts): Judged[] {
  return [judgeAge(facts), judgeReadable(facts), judgeFuture(facts), judgeClock(facts)];
}

/** Milliseconds since the newest snapshot of ours; undefined where there is none. */
export function ageMsOf({
  snapshots,
  nowUtc,
}: Pick<FreshnessFacts, 'snapshots' | 'nowUtc'>): number | undefined {
  const newest = snapshots.at(-1);
  return newest === undefined ? undefined : Date.parse(nowUtc) - Date.parse(newest.time);
}

function judgeAge(facts: FreshnessFacts): Judged {
  const title = {
    id: 'freshness.age',
    titleIt: "Età dell'ultimo snapshot",
    titleEn: 'Age of the newest snapshot',
  };
  const ageMs = ageMsOf(facts);
  const newest = facts.snapshots.at(-1);
  if (ageMs === undefined || newest === undefined) {
    const others =
      facts.foreign > 0
        ? ` Ce ne sono ${facts.foreign} di altri. / There are ${facts.foreign} of others.`
        : '';
    return {
      ...title,
      outcome: 'FAIL',
      evidence: `Sulla cassetta non c'è alcuno snapshot nostro: fare "dr backup". / There is no snapshot of ours on it.${others}`,
    };
  }
  const what = `${newest.id.slice(0, 8)} del / of ${formatRome(newest.time)}: ${formatDurationMs(ageMs)}, ${timesOf(ageMs, facts.rpoMs)}`;
  if (ageMs <= facts.rpoMs) return { ...title, outcome: 'PASS', evidence: what };
  return {
    ...title,
    outcome: 'FAIL',
    evidence: `${what}. Inserire la cassetta più recente; se è questa, la copia di ieri non è stata fatta o non è partita da Lucca. / Plug the newest cassette in; if this is it, yesterday's backup was not made or never left Lucca.`,
  };
}

/** `0,4 volte l'RPO (24 h) / 0.4 times the RPO`. */
export function timesOf(ageMs: number, rpoMs: number): string {
  const times = (ageMs / rpoMs).toFixed(1);
  // What is over the limit must not be rounded down to it.
  const shown = ageMs > rpoMs && times === '1.0' ? (ageMs / rpoMs).toPrecision(3) : times;
  const text = ageMs > rpoMs && Number(shown) <= 1 ? '>1' : shown;
  return `${text.replace('.', ',')} volte l'RPO (${Math.round(rpoMs / 3_600_000)} h) / ${text} times the RPO`;
}

function judgeReadable({ unreadable }: FreshnessFacts): Judged {
  return {
    id: 'freshness.readable',
    titleIt: 'Snapshot leggibili',
    titleEn: 'Snapshots that read',
    ...(unreadable.length === 0
      ? { outcome: 'PASS', evidence: 'tutti / all' }
      : {
          outcome: 'FAIL',
          evidence: `Non si leggono / these do not read: ${unreadable.map((id) => id.slice(0, 8)).join(', ')}. Usare la cassetta precedente della rotazione; conservare questa per l'analisi. / Use the previous cassette of the rotation; keep this one for analysis.`,
        }),
  };
}

function judgeFuture({ snapshots, nowUtc }: FreshnessFacts): Judged {
  const future = snapshots.filter(({ time }) => Date.parse(time) - Date.parse(nowUtc) > CLOCK_TOLERANCE_MS);
  return {
    id: 'freshness.dates',
    titleIt: 'Date possibili',
    titleEn: 'Dates that can be',
    ...(future.length === 0
      ? { outcome: 'PASS', evidence: 'nessuna nel futuro / none in the future' }
      : {
          outcome: 'FAIL',
          evidence: `Snapshot datati nel futuro / dated in the future: ${future.map(({ id, time }) => `${id.slice(0, 8)} (${formatRome(time)})`).join(', ')}. L'orologio del file server di Lucca, o di questo computer, è sbagliato: l'età non si può dire. / A clock is wrong: the age cannot be told.`,
        }),
  };
}

function judgeClock({ hostAheadMs, uncertainMs }: FreshnessFacts): Judged {
  const apartMs = Math.max(0, Math.abs(hostAheadMs) - uncertainMs);
  const way = hostAheadMs > 0 ? 'avanti / ahead' : 'indietro / behind';
  return {
    id: 'freshness.clock',
    titleIt: "Orologio dell'host e di questo computer",
    titleEn: "The host's clock and this computer's",
    ...(apartMs <= CLOCK_TOLERANCE_MS
      ? { outcome: 'PASS', evidence: `differenza / difference ${formatDurationMs(Math.abs(hostAheadMs))}` }
      : {
          outcome: 'FAIL',
          evidence: `L'host è ${formatDurationMs(apartMs)} ${way}: uno dei due orologi è sbagliato, e con lui l'età qui sopra. Regolarli (timedatectl). / One of the two clocks is wrong, and with it the age above. Set them.`,
        }),
  };
}
