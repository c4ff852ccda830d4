/**
 * The clock: a pure fold of a run's evidence into its state (docs/report.md says how each figure is counted).
 * RTO actual = activation (the plan's 6.2.3) to service verified; on a way that people walk, decision to acceptance. RPO actual = event minus the newest snapshot on the cassette.
 * A return has neither; its own figure is the outage, from Viareggio's stop to the acceptance of Lucca.
 */
import { DrError } from '../../core/errors.ts';
import {
  type ClockReading,
  cassetteSchema,
  type EvidenceEvent,
  type EvidenceRecord,
} from '../evidence/evidence.ts';
import { scenarioOf } from '../evidence/scenario.ts';
import { foldCoverage } from './coverage.ts';
import {
  againstPlan,
  foldIntervals,
  foldMilestones,
  pointsAhead,
  splitTime,
  sumAssumed,
} from './intervals.ts';
import type { OutageClock, RpoClock, RtoClock, RunCheck, RunState } from './model.ts';
import { foldOtherWay } from './other-way.ts';
import { foldPeople } from './people.ts';
import { plannedPoints } from './planned.ts';
import { foldSeen } from './seen.ts';
import { serviceClock } from './services.ts';
import { countBegins, countEnds, dataLossClock, type Folded, find, recoveryClock, span } from './span.ts';
import { foldSteps } from './steps.ts';
import { clockJumps, elapsedMs, type Timed, timeline } from './timeline.ts';
import { judge } from './verdict.ts';

type EventOf<Type extends EvidenceEvent['type']> = Extract<EvidenceEvent, { type: Type }>;

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
  const people = foldPeople(records);
  const otherWay = foldOtherWay(timed, steps, people.answers);
  const planned = plannedPoints(steps);
  const folded: Folded = { milestones, steps, jumps, timed, cassettes, otherWay };
  const checks = foldChecks(timed);
  const services = (started.services ?? []).map((service) => serviceClock(service, folded, checks));
  const seen = foldSeen(timed);
  const judged = {
    status: finished?.outcome ?? ('unfinished' as const),
    statusDetail: finished?.detail ?? '',
    rto: rtoClock(started, folded),
    rpo: rpoClock(started, folded),
    ...(services.length > 0 && { services }),
    checks,
    steps,
    ...(otherWay && { otherWay }),
  };
  return {
    runId: started.runId,
    kind: started.kind,
    scenario: scenarioOf(records) ?? null,
    operator: started.operator,
    startedAtUtc: first.record.atUtc,
    lastAtUtc: last.record.atUtc,
    lastOffsetMs: last.offsetMs,
    ...judged,
    ...(started.kind === 'return' && { outage: outageClock(folded) }),
    ...seen,
    ...(started.coverage && { coverage: foldCoverage(started.coverage, { services, checks, ...seen }) }),
    ...people,
    roles: Object.fromEntries(eventsOf(timed, 'plan').flatMap(({ roles }) => Object.entries(roles ?? {}))),
    unattended: started.unattended ?? false,
    verdict: judge(judged),
    cassettes,
    milestones: againstPlan(milestones, steps, planned),
    intervals: foldIntervals(milestones, steps, planned),
    ...(finished === undefined && planned.length > 0 && { pointsAhead: pointsAhead(milestones, planned) }),
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

/** What is left of the RTO at a place on the time line, negative once it is missed; undefined before the count begins, and in a return. */
export function rtoRemainingMs(state: RunState, offsetMs: number): number | undefined {
  if (state.rto === null) return undefined;
  const { actualMs, targetMs } = state.rto;
  if (actualMs !== null) return targetMs - actualMs;
  const begun = countBegins(state);
  if (begun === undefined) return undefined;
  const assumed = sumAssumed(splitTime(state.steps, begun.offsetMs, offsetMs));
  return targetMs - (offsetMs - begun.offsetMs) - assumed;
}

/** How long nobody could work in a return, so far; undefined before Viareggio stops, and in other runs. */
export function outageMs(state: RunState, offsetMs: number): number | undefined {
  if (state.outage === undefined) return undefined;
  const stopped = find(state.milestones, 'service-stopped');
  return state.outage.actualMs ?? (stopped && offsetMs - stopped.offsetMs);
}

function rtoClock(started: EventOf<'run-started'>, folded: Folded): RtoClock | null {
  if (started.rtoTargetSeconds === undefined) return null;
  return recoveryClock(folded, countEnds(folded), started.rtoTargetSeconds * 1000, started.rtoSource ?? '');
}

function outageClock(folded: Folded): OutageClock {
  const [stopped, accepted] = [
    find(folded.milestones, 'service-stopped'),
    find(folded.milestones, 'accepted'),
  ];
  const { unaccountedMs, spent } = span(folded, stopped, accepted);
  const end = folded.timed.findLast(({ record }) => record.event.type === 'run-finished');
  return {
    actualMs: spent === undefined ? null : spent.livedMs + spent.assumedMs,
    unaccountedMs,
    parts: spent?.parts ?? null,
    wholeMs: end?.offsetMs ?? null,
  };
}

function rpoClock(started: EventOf<'run-started'>, folded: Folded): RpoClock | null {
  if (started.rpoTargetSeconds === undefined) return null;
  return dataLossClock(folded, started.rpoTargetSeconds * 1000, started.rpoSource ?? '');
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

function noRun(): DrError {
  return new DrError(
    'EVIDENCE_NO_RUN',
    'Il registro delle prove non contiene alcuna esecuzione. / The evidence log holds no run.',
    'Indicare la cartella di un\'esecuzione, per esempio "dr report reports/latest". / Name the folder of a run.',
  );
}
