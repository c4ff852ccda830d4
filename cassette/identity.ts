/** Which cassette a plugged medium really is: what it says, what its hardware says, what the inventory and the ledger know. */
import { formatRome } from '../core/time.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import type { CassetteRecord, Custody } from './custody.ts';

export const identificationKinds = [
  'right',
  'wrong',
  'outdated',
  'elsewhere',
  'stranger',
  'blank',
  'unidentified',
  'copy',
  'no-serial',
  'initialised-again',
  'rolled-back',
  'retired',
] as const;
/**
 * - right: this medium, this label, at this site, as the ledger left it
 * - wrong: a cassette of ours, but another one was asked for
 * - outdated: one of ours, but the ledger says that a newer one is at this site
 * - elsewhere: one of ours, but by the ledger it is not at this site
 * - stranger: not in the inventory
 * - blank: nothing was ever written to it
 * - unidentified: it holds backups, and does not say which cassette it is
 * - copy: the same files on another medium
 * - no-serial: the medium says no serial, so nobody can tell it from a copy
 * - initialised-again: the same label and medium, another repository than the ledger's
 * - rolled-back: the newest snapshot of the ledger is not on it
 * - retired
 */
export type IdentificationKind = (typeof identificationKinds)[number];

export type Identification = {
  kind: IdentificationKind;
  /** As the medium says it; null where it says none. */
  label: string | null;
  /** "Italiano. / English." */
  text: string;
  /** What to do; empty for the right one. */
  hint: string;
};

/** `label`: which one was asked for; without it, the newest one that the ledger knows at `site`. */
export type Expected = { site: string; label?: string | undefined };

/** Tells the worst first: what is no cassette of ours, then whose files are not to be trusted, then what is only not the one needed. */
export function identify(
  medium: PluggedMedium,
  inventory: Pick<Inventory, 'cassettes'>,
  custody: Custody,
  expected: Expected,
): Identification {
  const { identity } = medium;
  if (identity === null) return withoutIdentity(medium);
  const { label } = identity;
  const declared = inventory.cassettes.find((cassette) => cassette.label === label);
  if (declared === undefined) return stranger(label);
  if (medium.label !== label) return contradictory(medium.label, label);
  if (identity.serial !== declared.serial) return ofAnotherSerial(label, identity.serial, declared.serial);
  const record = custody.records.get(label);
  return (
    untrusted(medium, declared.serial, record, label) ??
    notTheOne(record, custody, expected, label) ??
    withoutSerial(medium, label) ?? { kind: 'right', label, text: rightText(label, record), hint: '' }
  );
}

function untrusted(
  { mediumSerial, identity, snapshotIds }: PluggedMedium,
  serial: string,
  record: CassetteRecord | undefined,
  label: string,
): Identification | undefined {
  if (record?.retired === true) {
    return {
      kind: 'retired',
      label,
      text: `La cassetta ${label} è stata ritirata. / Cassette ${label} was retired.`,
      hint: 'Toglierla e usare un\'altra della rotazione ("dr cassette list"). / Take it out and use another one of the rotation.',
    };
  }
  if (mediumSerial === null ? record?.serialOrigin === 'measured' : mediumSerial !== serial) {
    return {
      kind: 'copy',
      label,
      text: `Dice di essere ${label}, ma il supporto è un altro: numero di serie ${mediumSerial ?? 'assente'}, quello di ${label} è ${serial}. È una copia. / It says it is ${label}, but the medium is another one (serial ${mediumSerial ?? 'none'}, not ${serial}): a copy.`,
      hint: `Cercare il supporto ${serial} e scoprire chi ha fatto la copia; se il supporto è stato sostituito, correggere il numero di serie nell'inventario. / Look for the medium ${serial} and find out who made the copy; if the medium was replaced, correct the serial in the inventory.`,
    };
  }
  if (record !== undefined && identity !== null && record.repositoryId !== identity.repositoryId) {
    return {
      kind: 'initialised-again',
      label,
      text: `La cassetta ${label} è stata inizializzata di nuovo senza che il registro lo sappia: il repository è ${short(identity.repositoryId)}, doveva essere ${short(record.repositoryId)}. / Cassette ${label} was initialised again behind the ledger's back: its repository is ${short(identity.repositoryId)}, not ${short(record.repositoryId)}.`,
      hint: 'Le copie che conteneva non ci sono più: usare la precedente della rotazione; per ripartire da questa, "dr cassette init" con --again. / The backups that it held are gone: use the previous one; to start afresh with this one, "dr cassette init" with --again.',
    };
  }
  const newest = record?.newestSnapshot ?? null;
  if (newest !== null && !snapshotIds.includes(newest.id)) {
    return {
      kind: 'rolled-back',
      label,
      text: `La cassetta ${label} è più vecchia di quanto dice il registro: manca la copia ${short(newest.id)} del ${formatRome(newest.takenAtUtc)}. / Cassette ${label} is older than the ledger says: the backup ${short(newest.id)} is not on it.`,
      hint: "Qualcuno ha rimesso un contenuto vecchio, o ha cancellato la copia più recente: conservarla per l'analisi e usare un'altra della rotazione. / Somebody put old content back, or deleted the newest backup: keep it for analysis and use another one.",
    };
  }
  return undefined;
}

function notTheOne(
  record: CassetteRecord | undefined,
  custody: Custody,
  expected: Expected,
  label: string,
): Identification | undefined {
  if (expected.label !== undefined && expected.label !== label) {
    return {
      kind: 'wrong',
      label,
      text: `Serve la cassetta ${expected.label}, ma è inserita ${label}. / Cassette ${expected.label} is needed, but ${label} is there.`,
      hint: `Togliere ${label} e inserire ${expected.label}. / Take ${label} out and plug ${expected.label} in.`,
    };
  }
  const { site } = expected;
  const better = expected.label === undefined ? newestAt(custody, site) : undefined;
  if (better !== undefined && better.label !== label && takenMs(better) > takenMs(record)) {
    return {
      kind: 'outdated',
      label,
      text: `È inserita ${label}, ma per il registro a ${site} c'è ${better.label}, che è più recente. / ${label} is in, but by the ledger ${better.label}, which is newer, is at ${site}.`,
      hint: `Togliere ${label} e inserire ${better.label}. / Take ${label} out and plug ${better.label} in.`,
    };
  }
  if (record === undefined || isAtSite(record, site)) return undefined;
  const { whereabouts } = record;
  const [it, en] =
    whereabouts.kind === 'at-site'
      ? [`è a ${whereabouts.site}`, `is at ${whereabouts.site}`]
      : [`è in viaggio verso ${whereabouts.to}`, `is on its way to ${whereabouts.to}`];
  return {
    kind: 'elsewhere',
    label,
    text: `La cassetta ${label} è inserita a ${site}, ma per il registro ${it}. / Cassette ${label} is plugged in at ${site}, but by the ledger it ${en}.`,
    hint: `Se è arrivata, registrarlo: "dr cassette receive ${label} --at-site ${site} --by RUOLO". / If it has arrived, put it on record with "dr cassette receive".`,
  };
}

function withoutIdentity({ label, holdsBackups }: PluggedMedium): Identification {
  if (!holdsBackups) {
    return {
      kind: 'blank',
      label: null,
      text: `Il supporto ${label} è vuoto: non contiene copie. / Medium ${label} is blank: it holds no backup.`,
      hint: `Inserire la cassetta giusta, o prepararla con "dr cassette init ${label}". / Plug in the right cassette, or prepare this one with "dr cassette init".`,
    };
  }
  return {
    kind: 'unidentified',
    label: null,
    text: `Il supporto ${label} contiene copie, ma il suo file di identità (cassette.json) manca o non si legge. / Medium ${label} holds backups, but its identity file is missing or does not read.`,
    hint: "Non usarlo per nuove copie; conservarlo per l'analisi e usare un'altra cassetta. / Write nothing to it; keep it for analysis and use another cassette.",
  };
}

function stranger(label: string): Identification {
  return {
    kind: 'stranger',
    label,
    text: `La cassetta ${label} non è fra le nostre. / Cassette ${label} is not one of ours.`,
    hint: 'Toglierla; se è nuova, dichiararla in inventory/cassettes.yaml. / Take it out; if it is new, declare it in the inventory.',
  };
}

function ofAnotherSerial(label: string, said: string, declared: string): Identification {
  return {
    kind: 'unidentified',
    label,
    text: `Il file di identità di ${label} dice numero di serie ${said}, l'inventario ${declared}: il file è stato cambiato, o viene da un'altra cassetta. / The identity file of ${label} says serial ${said}, the inventory ${declared}: the file was changed, or is another cassette's.`,
    hint: "Usare la cassetta precedente della rotazione e conservare questa per l'analisi; se il supporto è stato sostituito, correggere il numero di serie nell'inventario. / Use the previous cassette of the rotation and keep this one for analysis; if the medium was replaced, correct the serial in the inventory.",
  };
}

function contradictory(volume: string, label: string): Identification {
  return {
    kind: 'unidentified',
    label: null,
    text: `L'etichetta del supporto è ${volume}, ma il suo file di identità dice ${label}. / The medium's label is ${volume}, but its identity file says ${label}.`,
    hint: "Qualcuno ne ha cambiato una: non usarla; conservarla per l'analisi. / Somebody changed one of the two: do not use it; keep it for analysis.",
  };
}

function withoutSerial({ mediumSerial }: PluggedMedium, label: string): Identification | undefined {
  if (mediumSerial !== null) return undefined;
  return {
    kind: 'no-serial',
    label,
    text: `Il supporto che dice di essere ${label} non ha un numero di serie che si possa leggere: potrebbe essere una copia. / The medium that says it is ${label} tells no serial: it might be a copy.`,
    hint: 'Inserirla senza adattatori, o in un\'altra porta ("lsblk -o NAME,SERIAL" lo mostra). / Plug it in without adapters, or in another port.',
  };
}

function rightText(label: string, record: CassetteRecord | undefined): string {
  if (record === undefined)
    return `${label}: etichetta e supporto sono i suoi; il registro di custodia non ne sa nulla. / Label and medium are its own; the ledger of custody knows nothing of it.`;
  const newest = record.newestSnapshot;
  if (newest === null)
    return `${label}: è lei, e non contiene ancora copie. / It is the one, without a backup so far.`;
  return `${label}: è lei, con la copia del ${formatRome(newest.takenAtUtc)}. / It is the one, with that backup.`;
}

/** Of the cassettes that the ledger knows at a site, the one with the newest snapshot. */
export function newestAt(custody: Custody, site: string): CassetteRecord | undefined {
  return [...custody.records.values()]
    .filter((record) => !record.retired && record.newestSnapshot !== null && isAtSite(record, site))
    .toSorted((one, other) => takenMs(other) - takenMs(one) || (one.label < other.label ? -1 : 1))[0];
}

function isAtSite({ whereabouts }: CassetteRecord, site: string): boolean {
  return whereabouts.kind === 'at-site' && whereabouts.site === site;
}

function takenMs(record: CassetteRecord | undefined): number {
  return record?.newestSnapshot ? Date.parse(record.newestSnapshot.takenAtUtc) : 0;
}

function short(id: string): string {
  return id.slice(0, 8);
}
