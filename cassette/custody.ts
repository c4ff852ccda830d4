/** What the ledger of custody says about each cassette: a fold over its entries, kept nowhere else. */
import { assertNever } from '../core/errors.ts';
import { contradictionsOfChain } from './chain.ts';
import type { Contradiction } from './contradiction.ts';
import type { CustodyEvent, Entry } from './entry.ts';
import { type Ledger, orderedEntries } from './ledger.ts';

export type Whereabouts =
  | { kind: 'at-site'; site: string; sinceUtc: string }
  | { kind: 'travelling'; from: string; to: string; sinceUtc: string };

/** A cassette as the ledger knows it. */
export type CassetteRecord = {
  label: string;
  /** Of the medium, as its hardware says it. */
  serial: string;
  /** `declared`: the hardware said none when it was initialised, and the inventory's was taken. */
  serialOrigin: 'measured' | 'declared';
  /** Of the restic repository that was made on it when it was initialised last. */
  repositoryId: string;
  initialisedAtUtc: string;
  retired: boolean;
  whereabouts: Whereabouts;
  /** The last snapshot that was written to it; null when none was. */
  newestSnapshot: { id: string; takenAtUtc: string } | null;
};

export type Custody = {
  /** By label. Empty where no ledger was begun. */
  records: ReadonlyMap<string, CassetteRecord>;
  contradictions: readonly Contradiction[];
};

export const noCustody: Custody = { records: new Map(), contradictions: [] };

type Of<K extends CustodyEvent['kind']> = Extract<CustodyEvent, { kind: K }>;
/** What the fold remembers of a cassette beside its record: the entries that brought it where it is. */
type Known = CassetteRecord & { initialisedBy: Entry; placedBy: Entry; last: Entry };
type Fold = { known: Map<string, Known>; contradictions: Contradiction[] };

/** What was said and not settled since. A statement that contradicts an earlier one is shown, and holds: it is the later one. */
export function custodyOf(ledger: Ledger): Custody {
  const ordered = orderedEntries(ledger);
  const fold: Fold = { known: new Map(), contradictions: contradictionsOfChain(ordered) };
  for (const entry of ordered) apply(fold, entry);
  const settled = new Set(ordered.flatMap(({ event }) => (event.kind === 'settled' ? event.entries : [])));
  return {
    records: new Map([...fold.known].map(([label, known]) => [label, recordOf(known)])),
    contradictions: fold.contradictions.filter(
      ({ entries }) => !entries.every((digest) => settled.has(digest)),
    ),
  };
}

function recordOf(known: Known): CassetteRecord {
  const { initialisedBy: _, placedBy: __, last: ___, ...record } = known;
  return record;
}

function apply(fold: Fold, entry: Entry): void {
  const { event } = entry;
  const known = fold.known.get(event.label);
  if (known !== undefined && Date.parse(entry.atUtc) < Date.parse(known.last.atUtc)) {
    contradict(fold, 'time-backwards', [known.last, entry], {
      it: `${describe(entry).it} risulta prima di ciò che lo precede nel registro`,
      en: `${describe(entry).en} is dated before what it follows in the ledger`,
    });
  }
  switch (event.kind) {
    case 'initialised':
      fold.known.set(event.label, initialised(fold, entry, event, known));
      return;
    case 'settled':
      return;
    case 'written':
    case 'sent':
    case 'received':
    case 'retired':
      if (known === undefined) {
        contradict(fold, 'never-initialised', [entry], {
          it: `${describe(entry).it}, ma il registro non sa che sia mai stata inizializzata`,
          en: `${describe(entry).en}, but the ledger does not know of its initialisation`,
        });
        return;
      }
      fold.known.set(event.label, { ...known, ...changed(fold, entry, event, known), last: entry });
      return;
    default:
      assertNever(event);
  }
}

function initialised(fold: Fold, entry: Entry, event: Of<'initialised'>, before: Known | undefined): Known {
  if (before?.retired === true) usedAfterRetirement(fold, before, entry);
  for (const other of fold.known.values()) {
    if (other.label === event.label) continue;
    for (const what of ['repositoryId', 'serial'] as const) {
      if (other[what] !== event[what]) continue;
      contradict(
        fold,
        what === 'serial' ? 'serial-twice' : 'repository-twice',
        [other.initialisedBy, entry],
        {
          it: `${event.label} e ${other.label} dichiarano lo stesso ${what === 'serial' ? 'numero di serie' : 'repository'} (${event[what]})`,
          en: `${event.label} and ${other.label} claim the same ${what === 'serial' ? 'serial' : 'repository'} (${event[what]})`,
        },
      );
    }
  }
  return {
    label: event.label,
    serial: event.serial,
    serialOrigin: event.serialOrigin,
    repositoryId: event.repositoryId,
    initialisedAtUtc: entry.atUtc,
    retired: false,
    whereabouts: { kind: 'at-site', site: event.site, sinceUtc: entry.atUtc },
    newestSnapshot: null,
    initialisedBy: entry,
    placedBy: entry,
    last: entry,
  };
}

function changed(
  fold: Fold,
  entry: Entry,
  event: Of<'written' | 'sent' | 'received' | 'retired'>,
  before: Known,
): Partial<Known> {
  switch (event.kind) {
    case 'written':
      return written(fold, entry, event, before);
    case 'sent':
      return sent(fold, entry, event, before);
    case 'received':
      return received(fold, entry, event, before);
    case 'retired':
      return { retired: true };
    default:
      return assertNever(event);
  }
}

function written(fold: Fold, entry: Entry, event: Of<'written'>, before: Known): Partial<Known> {
  const { whereabouts, newestSnapshot, placedBy, initialisedBy } = before;
  if (before.retired) usedAfterRetirement(fold, before, entry);
  if (event.repositoryId !== before.repositoryId) {
    contradict(fold, 'other-repository', [initialisedBy, entry], {
      it: `${describe(entry).it} su un repository che non è quello registrato`,
      en: `${describe(entry).en} to a repository that is not the one on record`,
    });
  }
  if (!isAt(whereabouts, event.site)) {
    contradict(fold, 'written-while-elsewhere', [placedBy, entry], {
      it: `${describe(entry).it}, mentre per il registro ${where(whereabouts).it}`,
      en: `${describe(entry).en}, while by the ledger it ${where(whereabouts).en}`,
    });
  }
  if (newestSnapshot?.id === event.snapshotId) return {};
  const newer =
    newestSnapshot === null || Date.parse(event.takenAtUtc) > Date.parse(newestSnapshot.takenAtUtc);
  if (newer) return { newestSnapshot: { id: event.snapshotId, takenAtUtc: event.takenAtUtc } };
  contradict(fold, 'time-backwards', [before.last, entry], {
    it: `${describe(entry).it} risulta più vecchia di quella che c'era già`,
    en: `${describe(entry).en} is older than the one that was there`,
  });
  return {};
}

function sent(fold: Fold, entry: Entry, event: Of<'sent'>, before: Known): Partial<Known> {
  const { whereabouts, placedBy } = before;
  if (!isAt(whereabouts, event.from)) {
    contradict(fold, 'sent-while-elsewhere', [placedBy, entry], {
      it: `${describe(entry).it}, mentre per il registro ${where(whereabouts).it}`,
      en: `${describe(entry).en}, while by the ledger it ${where(whereabouts).en}`,
    });
  }
  return {
    whereabouts: { kind: 'travelling', from: event.from, to: event.to, sinceUtc: entry.atUtc },
    placedBy: entry,
  };
}

function received(fold: Fold, entry: Entry, event: Of<'received'>, before: Known): Partial<Known> {
  const { whereabouts, placedBy } = before;
  if (whereabouts.kind === 'at-site') {
    const twice = placedBy.event.kind === 'received' && whereabouts.site !== event.site;
    contradict(fold, twice ? 'received-at-two-sites' : 'received-never-sent', [placedBy, entry], {
      it: `${describe(entry).it}, ma per il registro ${where(whereabouts).it} e nessuno l'ha spedita`,
      en: `${describe(entry).en}, but by the ledger it ${where(whereabouts).en}, and nobody sent it`,
    });
  } else if (whereabouts.to !== event.site) {
    contradict(fold, 'received-elsewhere', [placedBy, entry], {
      it: `${describe(entry).it}, ma era spedita a ${whereabouts.to}`,
      en: `${describe(entry).en}, but it was sent to ${whereabouts.to}`,
    });
  }
  return { whereabouts: { kind: 'at-site', site: event.site, sinceUtc: entry.atUtc }, placedBy: entry };
}

function usedAfterRetirement(fold: Fold, before: Known, entry: Entry): void {
  contradict(fold, 'used-after-retirement', [before.last, entry], {
    it: `${describe(entry).it}, ma era stata ritirata`,
    en: `${describe(entry).en}, but it had been retired`,
  });
}

function contradict(
  fold: Fold,
  kind: string,
  entries: readonly Entry[],
  text: { it: string; en: string },
): void {
  fold.contradictions.push({
    kind,
    label: entries.at(-1)?.event.label ?? '-',
    textIt: text.it,
    textEn: text.en,
    entries: entries.map(({ digest }) => digest),
  });
}

function isAt(whereabouts: Whereabouts, site: string): boolean {
  return whereabouts.kind === 'at-site' && whereabouts.site === site;
}

function where(whereabouts: Whereabouts): { it: string; en: string } {
  return whereabouts.kind === 'at-site'
    ? { it: `è a ${whereabouts.site}`, en: `is at ${whereabouts.site}` }
    : { it: `è in viaggio verso ${whereabouts.to}`, en: `is on its way to ${whereabouts.to}` };
}

/** The statement of an entry, to begin a sentence with. */
function describe({ event, signer, atUtc }: Entry): { it: string; en: string } {
  const verbs = {
    initialised: { it: 'inizializzata', en: 'initialised' },
    written: { it: 'copia scritta', en: 'backup written' },
    sent: { it: 'spedita', en: 'sent' },
    received: { it: 'ricevuta', en: 'received' },
    retired: { it: 'ritirata', en: 'retired' },
    settled: { it: 'chiarita', en: 'settled' },
  } as const;
  const { it, en } = verbs[event.kind];
  const place = placeOf(event);
  return {
    it: `${event.label} ${it}${place.it} il ${atUtc} (firma: ${signer})`,
    en: `${event.label} ${en}${place.en} on ${atUtc} (signed: ${signer})`,
  };
}

function placeOf(event: CustodyEvent): { it: string; en: string } {
  if (event.kind === 'sent')
    return { it: ` da ${event.from} a ${event.to}`, en: ` from ${event.from} to ${event.to}` };
  return 'site' in event ? { it: ` a ${event.site}`, en: ` at ${event.site}` } : { it: '', en: '' };
}
