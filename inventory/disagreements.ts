/** Every point on which the two documents differ, or one of them contradicts itself: computed from the facts, never listed by hand. */
import { applicationComparisons } from './disagreements/applications.ts';
import { placeComparisons } from './disagreements/places.ts';
import { planComparisons } from './disagreements/plan.ts';
import { serviceClassComparisons } from './disagreements/service-classes.ts';
import { studyComparisons } from './disagreements/study.ts';
import type { Finding, Locate } from './findings.ts';
import type { Inventory } from './schema.ts';

const comparisons = [
  ...serviceClassComparisons,
  ...studyComparisons,
  ...planComparisons,
  ...placeComparisons,
  ...applicationComparisons,
];

/** The disagreements in a sound inventory. */
export function disagreementFindings(inventory: Inventory, locate: Locate): Finding[] {
  return comparisons.flatMap((compare) => compare(inventory, locate));
}
