/** Milestones in time, and how the time between two of them was spent. */

import { milestoneNames } from '../evidence/evidence.ts';
import { whichCounts } from '../evidence/milestones.ts';
import {
  type Attempt,
  type Interval,
  type Milestone,
  type PartName,
  type Parts,
  type PlannedPoint,
  partNames,
  type Step,
} from './model.ts';
import { statedOffset, type Timed } from './timeline.ts';

/** Writing the two records of a step takes some milliseconds; a simulated step that took no longer did nothing. */
const NAMED_ONLY_MS = 100;

/** With the answer to its step a milestone is taken back. */
function isTakenBack(step: string | undefined, seq: number, timed: readonly Timed[]): boolean {
  return timed.some(
    ({ record }) => record.event.type === 'taken-back' && record.event.step === step && record.seq > seq,
  );
}

/** Where several steps run at once, the instant goes to the first of these. */
const priority: readonly PartName[] = ['rework', 'machine', 'human', 'travel', 'decision'];

/** The milestones on record, in time order; two at the same instant in the plan's order. */
export function foldMilestones(timed: readonly Timed[]): Milestone[] {
  const found = timed.flatMap((at) => {
    const { record } = at;
    if (record.event.type !== 'milestone' || isTakenBack(record.event.step, record.seq, timed)) return [];
    const { name, atUtc, origin } = record.event;
    return [{ name, seq: record.seq, atUtc, origin, offsetMs: statedOffset(at, atUtc) }];
  });
  return milestoneNames
    .flatMap((name): Milestone[] => {
      const written = found.filter((milestone) => milestone.name === name);
      const counts = whichCounts(written);
      if (counts === undefined) return [];
      const others = written.filter((milestone) => milestone !== counts && milestone.atUtc !== counts.atUtc);
      return [{ ...counts, otherAtUtc: others.map(({ atUtc }) => atUtc) }];
    })
    .toSorted((a, b) => a.offsetMs - b.offsetMs);
}

/** How long each milestone took from the first one that was planned, and how long it was to take at most. */
export function againstPlan(
  milestones: readonly Milestone[],
  steps: readonly Step[],
  planned: readonly PlannedPoint[],
): Milestone[] {
  const first = firstPlanned(milestones, planned);
  const zeroMs = plannedFor(planned, first?.name) ?? 0;
  return milestones.map((milestone): Milestone => {
    const plannedMs = plannedFor(planned, milestone.name);
    if (first === undefined || plannedMs === undefined) return milestone;
    const actualMs = timeBetween(steps, first.offsetMs, milestone.offsetMs);
    return { ...milestone, fromFirst: { plannedMs: plannedMs - zeroMs, actualMs } };
  });
}

/** Points that are planned and not reached, with their time from the first one that was; from the first planned one while none was. */
export function pointsAhead(
  milestones: readonly Milestone[],
  planned: readonly PlannedPoint[],
): PlannedPoint[] {
  const { name: firstName } = firstPlanned(milestones, planned) ?? planned[0] ?? {};
  const zeroMs = plannedFor(planned, firstName) ?? 0;
  return planned
    .filter(({ name }) => !milestones.some((milestone) => milestone.name === name))
    .map(({ name, plannedMs }) => ({ name, plannedMs: plannedMs - zeroMs }));
}

/** The milestone from which planned and actual times are counted. */
function firstPlanned(
  milestones: readonly Milestone[],
  planned: readonly PlannedPoint[],
): Milestone | undefined {
  return milestones.find(({ name }) => plannedFor(planned, name) !== undefined);
}

function plannedFor(
  planned: readonly PlannedPoint[],
  name: Milestone['name'] | undefined,
): number | undefined {
  return planned.find((point) => point.name === name)?.plannedMs;
}

/** Lived and simulated time from one place to another; negative backwards. */
export function timeBetween(steps: readonly Step[], fromMs: number, toMs: number): number {
  if (toMs < fromMs) return -timeBetween(steps, toMs, fromMs);
  return toMs - fromMs + sumAssumed(splitTime(steps, fromMs, toMs));
}

/** Each stretch between two milestones that follow each other in time. */
export function foldIntervals(
  milestones: readonly Milestone[],
  steps: readonly Step[],
  planned: readonly PlannedPoint[],
): Interval[] {
  return milestones.slice(1).flatMap((to, index): Interval[] => {
    const from = milestones[index];
    if (from === undefined) return [];
    const parts = splitTime(steps, from.offsetMs, to.offsetMs);
    const [begin, end] = [plannedFor(planned, from.name), plannedFor(planned, to.name)];
    return [
      {
        from: from.name,
        to: to.name,
        livedMs: to.offsetMs - from.offsetMs,
        assumedMs: sumAssumed(parts),
        parts,
        // Reached in another order than planned, there is nothing to compare it with.
        ...(begin !== undefined && end !== undefined && end >= begin && { plannedMs: end - begin }),
      },
    ];
  });
}

/** How the time from `fromMs` to `toMs` was spent. The lived parts, idle included, add up to the whole. */
export function splitTime(steps: readonly Step[], fromMs: number, toMs: number): Parts {
  const spans = steps.flatMap((step) => step.attempts.map((attempt) => spanOf(step, attempt)));
  const cuts = [fromMs, toMs, ...spans.flatMap(({ startMs, endMs }) => [startMs, endMs])]
    .filter((at) => at >= fromMs && at <= toMs)
    .toSorted((a, b) => a - b);
  const parts = emptyParts();
  for (const [index, cut] of cuts.entries()) {
    const next = cuts[index + 1];
    if (next === undefined || next === cut) continue;
    const under = spans.filter(({ startMs, endMs }) => startMs <= cut && endMs >= next);
    const name = priority.find((candidate) => under.some(({ part }) => part === candidate)) ?? 'idle';
    parts[name].livedMs += next - cut;
  }
  for (const { part, endMs, assumedMs } of spans)
    if (endMs > fromMs && endMs <= toMs) parts[part].assumedMs += assumedMs;
  return parts;
}

/** Simulated time in a split, which passed on no clock. */
export function sumAssumed(parts: Parts): number {
  return partNames.reduce((sum, name) => sum + parts[name].assumedMs, 0);
}

/** The time that a simulated attempt stands for beyond what it took. */
export function timeAssumedMs(attempt: Attempt): number {
  if (attempt.origin !== 'simulated' || attempt.durationMs === null) return 0;
  return attempt.durationMs - attempt.livedMs;
}

/** True for a simulated attempt that stands for no time at all: the run names the step, nobody took it. */
export function isOnlyNamed(attempt: Attempt): boolean {
  return attempt.origin === 'simulated' && (attempt.durationMs ?? 0) < NAMED_ONLY_MS;
}

function spanOf(step: Step, attempt: Attempt) {
  const part: PartName = attempt.attempt > 1 ? 'rework' : step.interval;
  const startMs = attempt.offsetMs;
  return { part, startMs, endMs: startMs + attempt.livedMs, assumedMs: timeAssumedMs(attempt) };
}

function emptyParts(): Parts {
  return {
    decision: nothing(),
    travel: nothing(),
    human: nothing(),
    machine: nothing(),
    rework: nothing(),
    idle: nothing(),
  };
}

function nothing(): Parts[PartName] {
  return { livedMs: 0, assumedMs: 0 };
}
