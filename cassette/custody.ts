/** What the ledger of custody says about each cassette: a fold over its entries, kept nowhere else. */

export type Whereabouts =
  | { kind: 'at-site'; site: string; sinceUtc: string }
  | { kind: 'travelling'; from: string; to: string; sinceUtc: string };

/** A cassette as the ledger knows it. */
export type CassetteRecord = {
  label: string;
  /** Of the medium, as its hardware says it. */
  serial: string;
  /** Of the restic repository that was made on it when it was initialised last. */
  repositoryId: string;
  initialisedAtUtc: string;
  retired: boolean;
  whereabouts: Whereabouts;
  /** The last snapshot that was written to it; null when none was. */
  newestSnapshot: { id: string; takenAtUtc: string } | null;
};

/** Two things in the ledger that cannot both be true, for people to settle. */
export type Contradiction = {
  /** Stable, for example `sent-while-elsewhere`. */
  kind: string;
  label: string;
  textIt: string;
  textEn: string;
  /** Digests of the entries at odds. */
  entries: readonly string[];
};

export type Custody = {
  /** By label. Empty where no ledger was begun. */
  records: ReadonlyMap<string, CassetteRecord>;
  contradictions: readonly Contradiction[];
};
