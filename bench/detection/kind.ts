/** A kind of damage or error that the verification of a cassette must find. */
import type { DetectionSite } from './site.ts';

export const groups = ['medium', 'custody', 'repository', 'contents'] as const;
export type Group = (typeof groups)[number];

export type Kind = {
  /** For `--only` and the document. */
  id: string;
  group: Group;
  it: string;
  en: string;
  /** Does the damage to a cassette that is whole and plugged in. What it does to the site beside the cassette, the site undoes. */
  damage: (site: DetectionSite) => Promise<void>;
};
