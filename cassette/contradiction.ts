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
