/**
 * What is known of each service class, each service out of scope and each solution: measured in this run where it was, else seen from
 * the desks, else what the documents say.
 */
import type { CheckOutcome } from '../../core/check.ts';
import type { CoverageEntry, ProbeResult } from '../evidence/services.ts';
import type { CoverageRow, RunCheck, RunState, ServiceClock } from './model.ts';
import { worst } from './services.ts';

type Known = Pick<RunState, 'probes'> & {
  services: readonly ServiceClock[];
  checks: readonly RunCheck[];
};

export function foldCoverage(entries: readonly CoverageEntry[], known: Known): CoverageRow[] {
  return entries.map((entry): CoverageRow => ({ ...entry, ...measured(entry, known) }));
}

type Measured = Pick<CoverageRow, 'status' | 'outcome' | 'services' | 'probed'>;

function measured(entry: CoverageEntry, { services, checks, probes = [] }: Known): Measured {
  const own = services.filter(({ serviceClass }) => entry.serviceClasses.includes(serviceClass));
  const seen = entry.serviceClasses.flatMap((id) => probed(id, probes, checks) ?? []);
  const found = { services: own.map(({ id }) => id), probed: seen };
  if (isRestored(entry, own))
    return { ...found, status: 'restored', outcome: worst(own.map(({ outcome }) => outcome)) };
  // A class answers to its desks from where it always stands: that says nothing of the place where its supplier would recover it.
  const [one] = seen;
  if (entry.kind === 'service-class' && one !== undefined)
    return { ...found, status: 'probed', outcome: one.outcome };
  return { ...found, status: entry.standing, outcome: null };
}

/** Every class of it has a service in this run, and each was checked. */
function isRestored({ serviceClasses }: CoverageEntry, own: readonly ServiceClock[]): boolean {
  const checked = new Set(
    own.filter(({ checks }) => checks.length > 0).map((service) => service.serviceClass),
  );
  return (
    serviceClasses.length > 0 &&
    serviceClasses.every((id) => checked.has(id)) &&
    own.every(({ checks }) => checks.length > 0)
  );
}

/** How a class looked from the desks; undefined where it could not be tried at all. */
function probed(
  serviceClass: string,
  probes: readonly ProbeResult[],
  checks: readonly RunCheck[],
): CoverageRow['probed'][number] | undefined {
  const own = probes.filter((result) => result.serviceClass === serviceClass);
  const tried = own.filter(({ outcome }) => outcome !== 'NOT VERIFIABLE');
  if (tried.length === 0) return undefined;
  const check = checks.find(({ id }) => id === `service.${serviceClass}`);
  return {
    serviceClass,
    outcome: check?.outcome ?? worst(Object.values(Object.groupBy(own, wayIn)).map(best)),
    passed: own.filter(({ outcome }) => outcome === 'PASS').length,
    results: own.length,
  };
}

const wayIn = ({ desk, endpoint }: ProbeResult): string => JSON.stringify([desk, endpoint]);

/** One line is enough to work. */
function best(lines: readonly ProbeResult[] | undefined): CheckOutcome {
  const outcomes = (lines ?? []).map(({ outcome }) => outcome);
  return outcomes.includes('PASS') ? 'PASS' : worst(outcomes);
}
