/** The verdict on a run, and the exit status that goes with it. */
import type { ReasonCode, RunState, Verdict } from './model.ts';
import { isDeclared } from './other-way.ts';

type Judged = Pick<
  RunState,
  'status' | 'statusDetail' | 'rto' | 'rpo' | 'services' | 'checks' | 'steps' | 'otherWay'
>;

/** With one of these the run was not carried out (status 2); with any other it failed (status 1). */
const notCarriedOut: readonly ReasonCode[] = ['aborted', 'unfinished', 'no-checks', 'nothing-verifiable'];

/**
 * PASS (0) needs a completed run, every target met (where there are any; a service has its own), every check PASS and no step left failed. A check or target that is NOT
 * VERIFIABLE is no PASS: 1, or 2 when nothing at all could be verified. Where people carried the solution out there is nothing for the
 * program to verify: with their word for it and the RTO met it is DECLARED (0), which is no PASS either.
 */
export function judge(run: Judged): Verdict {
  const reasons = [
    ...statusReasons(run),
    ...checkReasons(run),
    ...clockReasons(run),
    ...serviceReasons(run),
    ...stepReasons(run),
  ];
  if (reasons.length === 0) return { outcome: isDeclared(run) ? 'DECLARED' : 'PASS', exitStatus: 0, reasons };
  if (reasons.some(({ code }) => notCarriedOut.includes(code)))
    return { outcome: 'NOT CARRIED OUT', exitStatus: 2, reasons };
  return { outcome: 'FAIL', exitStatus: 1, reasons };
}

type Reasons = Verdict['reasons'];

function statusReasons(run: Judged): Reasons {
  const { status, statusDetail, checks } = run;
  const reasons: Reasons = [];
  if (status === 'aborted') reasons.push({ code: 'aborted', subjects: [statusDetail] });
  if (status === 'unfinished') reasons.push({ code: 'unfinished', subjects: [] });
  if (checks.length === 0) {
    if (!isDeclared(run)) reasons.push({ code: 'no-checks', subjects: [] });
  } else if (checks.every(({ outcome }) => outcome === 'NOT VERIFIABLE'))
    reasons.push({ code: 'nothing-verifiable', subjects: [] });
  return reasons;
}

function checkReasons({ checks }: Judged): Reasons {
  const idsOf = (outcome: string) =>
    checks.filter((check) => check.outcome === outcome).map((check) => check.id);
  return [
    { code: 'check-failed' as const, subjects: idsOf('FAIL') },
    { code: 'check-not-verifiable' as const, subjects: idsOf('NOT VERIFIABLE') },
  ].filter(({ subjects }) => subjects.length > 0);
}

function clockReasons(run: Judged): Reasons {
  const { rto, rpo } = run;
  const reasons: Reasons = [];
  if (rto?.outcome === 'FAIL') reasons.push({ code: 'rto-missed', subjects: [] });
  if (rto?.outcome === 'NOT VERIFIABLE') reasons.push({ code: 'rto-not-verifiable', subjects: [] });
  if (rpo?.outcome === 'FAIL') reasons.push({ code: 'rpo-missed', subjects: [] });
  // Without a cassette of the program's the data loss is not measured; the report says so.
  if (rpo?.outcome === 'NOT VERIFIABLE' && !isDeclared(run))
    reasons.push({ code: 'rpo-not-verifiable', subjects: [] });
  return reasons;
}

/** Failed checks of a service are named among the checks. */
function serviceReasons(run: Judged): Reasons {
  const { services = [] } = run;
  const missed = services.filter(({ rto, rpo }) => [rto.outcome, rpo.outcome].includes('FAIL'));
  const unknown = services.filter(
    (service) =>
      !isDeclared(run) &&
      !missed.includes(service) &&
      [service.checked, service.rto.outcome, service.rpo.outcome].includes('NOT VERIFIABLE'),
  );
  return [
    { code: 'service-target-missed' as const, subjects: missed.map(({ id }) => id) },
    { code: 'service-not-verifiable' as const, subjects: unknown.map(({ id }) => id) },
  ].filter(({ subjects }) => subjects.length > 0);
}

function stepReasons({ steps }: Judged): Reasons {
  const subjects = steps
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'interrupted' || outcome === 'cut-off')
    .map(({ step }) => step);
  return subjects.length === 0 ? [] : [{ code: 'step-failed', subjects }];
}
