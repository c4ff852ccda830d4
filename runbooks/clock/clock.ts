/**
 * The clock: a pure fold of a run's evidence into its state (docs/report.md says how each figure is counted).
 * RTO actual = activation (the plan's 6.2.3) to service verified. RPO actual = event minus the newest snapshot on the cassette.
 * A return has neither; its own figure is the outage, from Viareggio's stop to the acceptance of Lucca.
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
import type { Milestone, OutageClock, Parts, RpoClock, RtoClock, RunCheck, RunState } from './model.ts';
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
    rto: rtoClock(started, { milestones, steps, jumps, timed }),
    rpo: rpoClock(started, milestones, cassettes),
    checks: foldChecks(timed),
    steps,
  };
  return {
    runId: started.runId,
    kind: started.kind,
    scenario: started.scenario ?? null,
    operator: started.operator,
    startedAtUtc: first.record.atUtc,
    lastAtUtc: last.record.atUtc,
    lastOffsetMs: last.offsetMs,
    ...judged,
    ...(started.kind === 'return' && { outage: outageClock({ milestones, steps, jumps, timed }) }),
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

/** What is left of the RTO at a place on the time line, negative once it is missed; undefined before the activation, and in a return. */
export function rtoRemainingMs(state: RunState, offsetMs: number): number | undefined {
  if (state.rto === null) return undefined;
  const { actualMs, targetMs } = state.rto;
  if (actualMs !== null) return targetMs - actualMs;
  const activation = find(state.milestones, 'activation');
  if (activation === undefined) return undefined;
  const assumed = sumAssumed(splitTime(state.steps, activation.offsetMs, offsetMs));
  return targetMs - (offsetMs - activation.offsetMs) - assumed;
}

/** How long nobody could work in a return, so far; undefined before Viareggio stops, and in other runs. */
export function outageMs(state: RunState, offsetMs: number): number | undefined {
  if (state.outage === undefined) return undefined;
  const stopped = find(state.milestones, 'service-stopped');
  return state.outage.actualMs ?? (stopped && offsetMs - stopped.offsetMs);
}

type Folded = {
  milestones: readonly Milestone[];
  steps: RunState['steps'];
  jumps: RunState['clockJumps'];
  timed: readonly Timed[];
};

function rtoClock(started: EventOf<'run-started'>, folded: Folded): RtoClock | null {
  if (started.rtoTargetSeconds === undefined) return null;
  const targetMs = started.rtoTargetSeconds * 1000;
  const { begun, unaccountedMs, spent } = span(folded, 'activation', 'service-verified');
  const base = { targetMs, source: started.rtoSource ?? '', unaccountedMs };
  if (spent === undefined) {
    const soFarMs = begun === undefined ? 0 : (folded.timed.at(-1)?.offsetMs ?? 0) - begun.offsetMs;
    const outcome = soFarMs > targetMs ? 'FAIL' : 'NOT VERIFIABLE';
    return { ...base, actualMs: null, livedMs: null, assumedMs: 0, parts: null, outcome };
  }
  const actualMs = spent.livedMs + spent.assumedMs;
  const outcome =
    actualMs > targetMs ? 'FAIL' : actualMs + unaccountedMs > targetMs ? 'NOT VERIFIABLE' : 'PASS';
  return { ...base, ...spent, actualMs, outcome };
}

function outageClock(folded: Folded): OutageClock {
  const { unaccountedMs, spent } = span(folded, 'service-stopped', 'accepted');
  const end = folded.timed.findLast(({ record }) => record.event.type === 'run-finished');
  return {
    actualMs: spent === undefined ? null : spent.livedMs + spent.assumedMs,
    unaccountedMs,
    parts: spent?.parts ?? null,
    wholeMs: end?.offsetMs ?? null,
  };
}

/** The time from one point to another; `spent` is undefined while one of the two is missing. */
function span(
  { milestones, steps, jumps, timed }: Folded,
  from: MilestoneName,
  to: MilestoneName,
): {
  begun: Milestone | undefined;
  unaccountedMs: number;
  spent: { livedMs: number; assumedMs: number; parts: Parts } | undefined;
} {
  const [begun, ended] = [find(milestones, from), find(milestones, to)];
  const unaccountedMs = jumps
    .filter((jump) => jump.unaccounted && isBetween(timed, jump.seq, begun, ended))
    .reduce((sum, { byMs }) => sum + Math.abs(byMs), 0);
  if (begun === undefined || ended === undefined || ended.offsetMs < begun.offsetMs)
    return { begun, unaccountedMs, spent: undefined };
  const parts = splitTime(steps, begun.offsetMs, ended.offsetMs);
  const livedMs = ended.offsetMs - begun.offsetMs;
  return { begun, unaccountedMs, spent: { livedMs, assumedMs: sumAssumed(parts), parts } };
}

/** Whether a record falls between two points, or after the first while the second is not reached. */
function isBetween(
  timed: readonly Timed[],
  seq: number,
  from: Milestone | undefined,
  to: Milestone | undefined,
): boolean {
  const at = timed.find(({ record }) => record.seq === seq)?.offsetMs ?? 0;
  if (from === undefined || at < from.offsetMs) return false;
  if (at === from.offsetMs && seq <= from.seq) return false;
  return to === undefined || at <= to.offsetMs;
}

function rpoClock(
  started: EventOf<'run-started'>,
  milestones: readonly Milestone[],
  cassettes: readonly Cassette[],
): RpoClock | null {
  if (started.rpoTargetSeconds === undefined) return null;
  const targetMs = started.rpoTargetSeconds * 1000;
  const base = { targetMs, source: started.rpoSource ?? '' };
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
