/** A point of the clocks may be written more than once. Which one counts, for the clock and for whoever executes alike. */
import type { MilestoneName, Origin } from './evidence.ts';

/** For these the last counts: re-doing work never makes the RTO shorter. For the others the first. */
const lastCounts: readonly MilestoneName[] = ['service-verified', 'accepted'];

/** Of what was written for one point, oldest first and without what was taken back. */
export function whichCounts<Written extends { name: MilestoneName; origin: Origin }>(
  written: readonly Written[],
): Written | undefined {
  const [first] = written;
  if (first === undefined) return undefined;
  if (lastCounts.includes(first.name)) return written.at(-1);
  // A time that people declare can be corrected; what the program measured stands.
  return first.origin === 'declared' ? written.findLast(({ origin }) => origin === 'declared') : first;
}
