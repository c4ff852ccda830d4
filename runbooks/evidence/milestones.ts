/** The points of the clocks: their names, and which one counts where one is written more than once. */
import type { Check } from '../../core/check.ts';
import type { EvidenceRecord, MilestoneName, Origin } from './evidence.ts';

export const milestoneTexts = {
  event: { it: 'Evento', en: 'Event' },
  detection: { it: 'Rilevazione', en: 'Detection' },
  declaration: { it: 'Dichiarazione di crisi (6.1.1)', en: 'Declaration of crisis (6.1.1)' },
  activation: { it: 'Attivazione del piano (6.2.3)', en: 'Activation of the plan (6.2.3)' },
  'team-on-site': { it: 'Squadra sul posto', en: 'Team on site' },
  'service-stopped': { it: 'Viareggio si ferma', en: 'Viareggio stops' },
  'cassette-in-hand': { it: 'Cassetta in mano', en: 'Cassette in hand' },
  'restore-started': { it: 'Inizio del ripristino', en: 'Restore started' },
  'service-verified': { it: 'Servizio verificato', en: 'Service verified' },
  accepted: { it: 'Accettazione', en: 'Accepted' },
} satisfies Record<MilestoneName, { it: string; en: string }>;

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

/**
 * The checks that stand between the restore and a verified service, each as it was carried out last: the RTO's count ends only when
 * there are checks and none of them is here.
 */
export function checksNotPassed(records: readonly EvidenceRecord[]): Check[] {
  return ownChecks(records).filter(({ outcome }) => outcome !== 'PASS');
}

/** Without a single check nothing is verified. */
export function isVerified(records: readonly EvidenceRecord[]): boolean {
  return ownChecks(records).length > 0 && checksNotPassed(records).length === 0;
}

/** What a supplier runs nobody here can restore: it counts in the verdict and keeps a desk shut, but the RTO of what was restored is not its. */
function ownChecks(records: readonly EvidenceRecord[]): Check[] {
  return lastChecks(records).filter(({ id }) => !/^(service|readiness)\./.test(id));
}

function lastChecks(records: readonly EvidenceRecord[]): Check[] {
  return [
    ...new Map(
      records.flatMap(({ event }) => (event.type === 'check' ? [[event.check.id, event.check]] : [])),
    ),
  ].map(([, check]) => check);
}
