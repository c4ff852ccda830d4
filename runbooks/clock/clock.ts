/**
 * The clock: a pure fold of a run's evidence into its state (docs/report.md says how each figure is counted).
 * RTO actual = activation (the plan's 6.2.3) to service verified. RPO actual = event minus the newest snapshot on the cassette.
 */
import { DrError } from '../../core/errors.ts';
import {
  type Cassette,
  type ClockReading,
  cassetteSchema,
  type EvidenceEvent,
  type EvidenceRecord,
  type MilestoneName,
} from '../evidence/evidence.ts';
import { foldIntervals, foldMilestones, splitTime, sumAssumed } from './intervals.ts';
import type { Milestone, RpoClock, RtoClock, RunCheck, RunState } from './model.ts';
import { foldPeople } from './people.ts';
import { foldSteps } from './steps.ts';
import { clockJumps, elapsedMs, type Timed, timeline } from './timeline.ts';
import { judge } from './verdict.ts';

type EventOf<Type extends EvidenceEvent['type']> = Extract<EvidenceEvent, { type: Type }>;

/** The site whose cassettes count for the RPO (design, "Clocks"). */
const RECOVERY_SITE = 'viareggio';

/** @throws DrError EVIDENCE_NO_RUN when no run begins in these records. */
export function foldRun(records: readonly EvidenceRecord[]): RunState {
  const timed = timeline(records);
  const first = timed.find(({ record }) => record.event.type === 'run-started');
  const last = timed.at(-1);
  const started = first?.record.event;
  if (started?.type !== 'run-started' || first === undefined || last === undefined) throw noRun();
  const steps = foldSteps(timed);
  const milestones = foldMilestones(timed);
  const cassettes = eventsOf(timed, 'cassette').map((event) => cassetteSchema.strip().parse(event));
  const jumps = clockJumps(records);
  const finished = eventsOf(timed, 'run-finished').at(-1);
  const judged = {
    status: finished?.outcome ?? ('unfinished' as const),
    statusDetail: finished?.detail ?? '',
    rto: rtoClock(started, milestones, steps, jumps, timed),
    rpo: rpoClock(started, milestones, cassettes),
    checks: foldChecks(timed),
    steps,
  };
  return {
    runId: started.runId,
    kind: started.kind,
    scenario: started.scenario,
    operator: started.operator,
    startedAtUtc: first.record.atUtc,
    lastAtUtc: last.record.atUtc,
    lastOffsetMs: last.offsetMs,
    ...judged,
    ...foldPeople(records),
    roles: Object.fromEntries(eventsOf(timed, 'plan').flatMap(({ roles }) => Object.entries(roles ?? {}))),
    unattended: started.unattended ?? false,
    verdict: judge(judged),
    cassettes,
    milestones,
    intervals: foldIntervals(milestones, steps),
    notes: timed.flatMap(({ record: { atUtc, event } }) =>
      event.type === 'note'
        ? [{ atUtc, textIt: event.textIt, textEn: event.textEn, origin: event.origin }]
        : [],
    ),
    versions: started.versions,
    clockJumps: jumps,
  };
}

/** The time line's place of an instant after the last record, as the clocks of the asking process show it. */
export function offsetNow(state: RunState, last: ClockReading, now: ClockReading): number {
  return state.lastOffsetMs + elapsedMs(last, now);
}

/** What is left of the RTO at a place on the time line, negative once it is missed; undefined before the activation. */
export function rtoRemainingMs(state: RunState, offsetMs: number): number | undefined {
  const { actualMs, targetMs } = state.rto;
  if (actualMs !== null) return targetMs - actualMs;
  const activation = find(state.milestones, 'activation');
  if (activation === undefined) return undefined;
  const assumed = sumAssumed(splitTime(state.steps, activation.offsetMs, offsetMs));
  return targetMs - (offsetMs - activation.offsetMs) - assumed;
}

function rtoClock(
  started: EventOf<'run-started'>,
  milestones: readonly Milestone[],
  steps: RunState['steps'],
  jumps: RunState['clockJumps'],
  timed: readonly Timed[],
): RtoClock {
  const targetMs = started.rtoTargetSeconds * 1000;
  const base = { targetMs, source: started.rtoSource };
  const activation = find(milestones, 'activation');
  const verified = find(milestones, 'service-verified');
  const unaccountedMs = jumps
    .filter((jump) => jump.unaccounted && isBetween(timed, jump.seq, activation, verified))
    .reduce((sum, { byMs }) => sum + Math.abs(byMs), 0);
  if (activation === undefined || verified === undefined || verified.offsetMs < activation.offsetMs) {
    const soFarMs = activation === undefined ? 0 : (timed.at(-1)?.offsetMs ?? 0) - activation.offsetMs;
    const outcome = soFarMs > targetMs ? 'FAIL' : 'NOT VERIFIABLE';
    return { ...base, actualMs: null, livedMs: null, assumedMs: 0, unaccountedMs, parts: null, outcome };
  }
  const parts = splitTime(steps, activation.offsetMs, verified.offsetMs);
  const livedMs = verified.offsetMs - activation.offsetMs;
  const assumedMs = sumAssumed(parts);
  const actualMs = livedMs + assumedMs;
  const outcome =
    actualMs > targetMs ? 'FAIL' : actualMs + unaccountedMs > targetMs ? 'NOT VERIFIABLE' : 'PASS';
  return { ...base, actualMs, livedMs, assumedMs, unaccountedMs, parts, outcome };
}

/** Whether a record falls in the RTO count, or after the activation while the count is still open. */
function isBetween(
  timed: readonly Timed[],
  seq: number,
  activation: Milestone | undefined,
  verified: Milestone | undefined,
): boolean {
  const at = timed.find(({ record }) => record.seq === seq)?.offsetMs ?? 0;
  if (activation === undefined || at < activation.offsetMs) return false;
  if (at === activation.offsetMs && seq <= activation.seq) return false;
  return verified === undefined || at <= verified.offsetMs;
}

function rpoClock(
  started: EventOf<'run-started'>,
  milestones: readonly Milestone[],
  cassettes: readonly Cassette[],
): RpoClock {
  const targetMs = started.rpoTargetSeconds * 1000;
  const base = { targetMs, source: started.rpoSource };
  const event = find(milestones, 'event');
  const cassette = cassettes.findLast(({ site }) => site.toLowerCase() === RECOVERY_SITE);
  if (event === undefined || cassette === undefined)
    return { ...base, actualMs: null, outcome: 'NOT VERIFIABLE' };
  const actualMs = Date.parse(event.atUtc) - Date.parse(cassette.snapshotAtUtc);
  // A snapshot from after the event cannot be: one of the two clocks was wrong.
  if (actualMs < 0) return { ...base, actualMs: null, outcome: 'NOT VERIFIABLE' };
  return { ...base, actualMs, outcome: actualMs > targetMs ? 'FAIL' : 'PASS' };
}

function foldChecks(timed: readonly Timed[]): RunCheck[] {
  const checks = new Map<string, RunCheck>();
  for (const { check } of eventsOf(timed, 'check')) {
    const before = checks.get(check.id);
    const earlier = before === undefined ? [] : [...before.earlier, before.outcome];
    checks.set(check.id, { ...check, earlier });
  }
  return [...checks.values()];
}

function eventsOf<Type extends EvidenceEvent['type']>(timed: readonly Timed[], type: Type): EventOf<Type>[] {
  return timed.map(({ record }) => record.event).filter((event) => isOf(event, type));
}

function isOf<Type extends EvidenceEvent['type']>(event: EvidenceEvent, type: Type): event is EventOf<Type> {
  return event.type === type;
}

function find(milestones: readonly Milestone[], name: MilestoneName): Milestone | undefined {
  return milestones.find((milestone) => milestone.name === name);
}

function noRun(): DrError {
  return new DrError(
    'EVIDENCE_NO_RUN',
    'Il registro delle prove non contiene alcuna esecuzione. / The evidence log holds no run.',
    'Indicare la cartella di un\'esecuzione, per esempio "dr report reports/latest". / Name the folder of a run.',
  );
}
