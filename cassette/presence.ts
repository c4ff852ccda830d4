/** Judges which cassette is plugged in: this medium, this label, at this site. Pure. */
import type { CheckTitle } from '../core/check.ts';
import { formatBytes } from '../core/sizes.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import type { Contradiction } from './contradiction.ts';
import type { Identification } from './identity.ts';
import { type Judged, judged, notVerifiable } from './judged.ts';
import type { LedgerProblem } from './ledger.ts';

export type PresenceFacts = {
  /** The host that was looked at. */
  host: string;
  media: readonly { medium: PluggedMedium; found: Identification }[];
  /** The one that was asked for; undefined: the only one of ours that is there. */
  label: string | undefined;
  /** Of all cassettes of the inventory. */
  labels: readonly string[];
  contradictions: readonly Contradiction[];
  problems: readonly LedgerProblem[];
};

/** A medium whose `cassette.json` reads. */
export type IdentifiedMedium = PluggedMedium & { identity: NonNullable<PluggedMedium['identity']> };

const cassette: CheckTitle = {
  id: 'presence.cassette',
  titleIt: 'Una cassetta, quella giusta, in questa sede',
  titleEn: 'One cassette, the right one, at this site',
};
const ledger: CheckTitle = {
  id: 'presence.ledger',
  titleIt: 'Registro di custodia senza contraddizioni',
  titleEn: 'Ledger of custody without contradictions',
};

const room: CheckTitle = {
  id: 'presence.room',
  titleIt: 'La prossima copia vi si può scrivere',
  titleEn: 'The next backup can be written to it',
};
/** A backup adds what has changed; with less than this of the medium free, the next may not fit. */
const LEAST_FREE_SHARE = 0.05;

/** With the medium that the other levels are carried out on; undefined where there is none to be trusted. */
export function judgePresence(facts: PresenceFacts): {
  judged: Judged[];
  medium: IdentifiedMedium | undefined;
} {
  const chosen = choose(facts);
  if (typeof chosen === 'string') return { judged: [judged(cassette, [chosen], '')], medium: undefined };
  const { medium, found } = chosen;
  const { identity } = medium;
  return {
    judged: [
      judgeIdentification(facts.host, found),
      judgeLedger(facts, identity?.label),
      ...(identity === null ? [] : [judgeRoom(medium)]),
    ],
    medium: identity === null ? undefined : { ...medium, identity },
  };
}

/** What is there beside cassettes (a stick with photographs) is nobody's business, as long as one of ours is there too. */
function isOurs({ medium, found }: PresenceFacts['media'][number], labels: readonly string[]): boolean {
  return found.kind !== 'stranger' && (found.kind !== 'blank' || labels.includes(medium.label));
}

/** The medium, or why there is none, with what to do. */
function choose({ media, label, labels, host }: PresenceFacts): PresenceFacts['media'][number] | string {
  if (media.length === 0) {
    const which = label === undefined ? '' : ` ${label}`;
    return `In ${host} non è inserita alcuna cassetta: inserire la cassetta${which} e ripetere; se è già inserita, non si legge: usare la precedente della rotazione. / No cassette is plugged in there: plug it in and run again; if it is in, it does not read: use the previous one of the rotation.`;
  }
  const ours = media.filter((one) => isOurs(one, labels));
  const candidates = ours.length > 0 ? ours : media;
  const named = candidates.filter(
    ({ medium, found }) => label === undefined || (found.label ?? medium.label) === label,
  );
  // None has that label: the first tells which one it is instead.
  const [first, second] = named.length > 0 ? named : candidates.slice(0, 1);
  if (first !== undefined && second === undefined) return first;
  const there = named
    .map(({ medium, found }) => `${found.label ?? medium.label} (${medium.device})`)
    .join(', ');
  return `In ${host} sono inserite ${named.length} cassette: ${there}. Lasciare quella da verificare e togliere le altre, o nominarla con --label. / Several cassettes are plugged in: leave the one to be verified and take the others out, or name it with --label.`;
}

function judgeIdentification(host: string, { kind, text, hint }: Identification): Judged {
  if (kind === 'right') return judged(cassette, [], `${host}: ${text}`);
  if (kind === 'no-serial') return notVerifiable(cassette, `${text} ${hint}`);
  return judged(cassette, [`${text} ${hint}`], '');
}

/** A line that nobody of ours wrote puts all of the ledger in doubt; two statements at odds only the cassette that they are about. */
function judgeLedger({ contradictions, problems }: PresenceFacts, label: string | undefined): Judged {
  const wrong = [
    ...problems.map(({ file, line, textIt, textEn }) => `${file}:${line}: ${textIt} / ${textEn}`),
    ...contradictions
      .filter((one) => one.label === label)
      .map(({ textIt, textEn }) => `${textIt} / ${textEn}`),
  ];
  return judged(ledger, wrong, 'coerente / consistent');
}

function judgeRoom({ writable, usedBytes, freeBytes }: PluggedMedium): Judged {
  const free = `${formatBytes(freeBytes)} liberi su / free of ${formatBytes(usedBytes + freeBytes)}`;
  const wrong = [
    ...(writable
      ? []
      : [
          'Il supporto è in sola lettura: la prossima copia non vi si può scrivere. Togliere il blocco di scrittura; se non ne ha uno, il sistema lo ha bloccato dopo errori: sostituirlo ("dr cassette retire"). / The medium is read-only: the next backup cannot be written. Take its write lock off; if it has none, the system gave it up after errors: replace it.',
        ]),
    ...(freeBytes >= LEAST_FREE_SHARE * (usedBytes + freeBytes)
      ? []
      : [
          `La cassetta è quasi piena: ${free}. La prossima copia può non starci: eliminare copie vecchie (restic forget --prune) o usare un supporto più grande. / The cassette is nearly full: the next backup may not fit. Prune old backups or use a larger medium.`,
        ]),
  ];
  return judged(room, wrong, free);
}
