/** What `dr cassette` prints for people. */
import { styleText } from 'node:util';
import type { CassetteRecord } from '../cassette/custody.ts';
import type { Entry } from '../cassette/entry.ts';
import { problemText } from '../cassette/ledger.ts';
import type { Meeting } from '../cassette/meeting.ts';
import type { Rpo } from '../cassette/rpo.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import type { Cassette } from '../inventory/schema.ts';

const rotations = { daily: 'giornaliera / daily', weekly: 'settimanale / weekly', away: 'di riserva / away' };

export function whereaboutsText(record: CassetteRecord | undefined): string {
  if (record === undefined) return 'non registrata / not on record';
  const { whereabouts, retired } = record;
  const state = retired ? 'ritirata / retired, ' : '';
  return whereabouts.kind === 'at-site'
    ? `${state}a / at ${whereabouts.site} dal / since ${formatRome(whereabouts.sinceUtc)}`
    : `${state}in viaggio / on its way ${whereabouts.from} → ${whereabouts.to} dal / since ${formatRome(whereabouts.sinceUtc)}`;
}

/** One cassette, in four lines at most. */
export function cassetteText(
  { label, serial, rotation, homeSite }: Cassette,
  meeting: Meeting,
  nowUtc: string,
): string {
  const record = meeting.custody.records.get(label);
  const newest = record?.newestSnapshot ?? null;
  const plugged = meeting.media.filter(
    ({ medium, found }) => medium.label === label || found.label === label,
  );
  return [
    `${styleText('bold', label)} (${serial}), ${rotations[rotation]}, sede / home ${homeSite}`,
    `  ${whereaboutsText(record)}`,
    newest === null
      ? '  nessuna copia registrata / no backup on record'
      : `  copia / backup ${newest.id.slice(0, 8)}, ${formatRome(newest.takenAtUtc)} (${ageText(newest.takenAtUtc, nowUtc)})`,
    ...plugged.map(
      ({ medium, found }) =>
        `  ${medium.device}: ${found.text}${found.hint === '' ? '' : `\n    → ${found.hint}`}`,
    ),
  ].join('\n');
}

export function rpoText({ site, nominalSeconds, targetSeconds, effectiveSeconds, cassette }: Rpo): string {
  const effective =
    effectiveSeconds === null || cassette === null
      ? `nessuna copia a ${site} / no backup at ${site}`
      : `${formatDurationMs(effectiveSeconds * 1000)} (${cassette.label}, ${formatRome(cassette.snapshotAtUtc)})`;
  return `RPO ${site}: effettivo / effective ${effective}; nominale / nominal ${formatDurationMs(nominalSeconds * 1000)}; obiettivo / target ${formatDurationMs(targetSeconds * 1000)}`;
}

/** What is wrong with a ledger or at odds in it; empty when nothing is. */
export function troubleText({ problems, custody, media, site }: Meeting, known: readonly string[]): string[] {
  const strange = media.filter(
    ({ medium, found }) => !known.includes(medium.label) && !known.includes(found.label ?? ''),
  );
  return [
    ...problems.map(problemText),
    ...custody.contradictions.map(({ kind, textIt, textEn }) => `${textIt}. / ${textEn}. [${kind}]`),
    ...strange.map(({ medium, found }) => `${site}, ${medium.device}: ${found.text}`),
  ];
}

export function entryText({ event, atUtc, origin, signer }: Entry): string {
  const what = {
    initialised: 'inizializzata / initialised',
    written: 'copia / backup',
    sent: 'spedita / sent',
    received: 'ricevuta / received',
    retired: 'ritirata / retired',
    settled: 'chiarita / settled',
  }[event.kind];
  const details =
    event.kind === 'sent'
      ? `${event.from} → ${event.to}`
      : 'site' in event
        ? event.site
        : 'reason' in event
          ? event.reason
          : '';
  const who =
    'by' in event
      ? `, ${event.by}${'toRole' in event && event.toRole !== null ? ` → ${event.toRole}` : ''}`
      : '';
  const declared = origin === 'declared' ? ' (dichiarato / declared)' : '';
  return `${formatRome(atUtc)}${declared}  ${what}  ${details}${who}  [${signer}]`;
}

function ageText(fromUtc: string, nowUtc: string): string {
  return formatDurationMs(Date.parse(nowUtc) - Date.parse(fromUtc));
}
