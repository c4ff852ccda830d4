/** The clock of a restored service: its own targets, and as its end the moment at which the last of its checks passed. */
import type { CheckOutcome } from '../../core/check.ts';
import { isCheckOf, type RunService } from '../evidence/services.ts';
import type { RunCheck, ServiceClock } from './model.ts';
import { countEnds, dataLossClock, type Folded, type Point, recoveryClock } from './span.ts';

/** The worst of the outcomes; nothing at all is not verifiable. */
export function worst(outcomes: readonly CheckOutcome[]): CheckOutcome {
  if (outcomes.includes('FAIL')) return 'FAIL';
  return outcomes.length === 0 || outcomes.includes('NOT VERIFIABLE') ? 'NOT VERIFIABLE' : 'PASS';
}

export function serviceClock(service: RunService, folded: Folded, checks: readonly RunCheck[]): ServiceClock {
  const { id, nameIt, nameEn, serviceClass, source, planRtoSeconds } = service;
  const own = checks.filter((check) => isCheckOf(service, check.id));
  const checked = worst(own.map(({ outcome }) => outcome));
  const verified = checked === 'PASS' ? lastCheck(service, folded) : undefined;
  // On another way people declare all of it back at once, and nothing is checked.
  const back = folded.otherWay === undefined ? verified : countEnds(folded);
  const rto = recoveryClock(folded, back, service.rtoTargetSeconds * 1000, source);
  const rpo = dataLossClock(folded, service.rpoTargetSeconds * 1000, source);
  return {
    id,
    nameIt,
    nameEn,
    serviceClass,
    rto,
    rpo,
    ...(planRtoSeconds !== undefined && { planRtoMs: planRtoSeconds * 1000 }),
    checks: own.map((check) => check.id),
    checked,
    outcome: worst([checked, rto.outcome, rpo.outcome]),
  };
}

/** Where its checks were over. Done again, the last time counts: re-doing work never makes the RTO shorter. */
function lastCheck(service: RunService, { timed }: Folded): Point | undefined {
  const last = timed.findLast(
    ({ record: { event } }) => event.type === 'check' && isCheckOf(service, event.check.id),
  );
  return last && { offsetMs: last.offsetMs, seq: last.record.seq };
}
