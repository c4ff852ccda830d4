/** Milestones in time, and how the time between two of them was spent. */

import { milestoneNames } from '../evidence/evidence.ts';
import { whichCounts } from '../evidence/milestones.ts';
import {
  type Attempt,
  type Interval,
  type Milestone,
  type PartName,
  type Parts,
  partNames,
  type Step,
} from './model.ts';
import type { Timed } from './timeline.ts';

/** A milestone whose stated time is this near to its record stands where the record stands, so that log order holds. */
const SAME_INSTANT_MS = 50;

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
  const found = timed.flatMap(({ record, offsetMs }) => {
    if (record.event.type !== 'milestone' || isTakenBack(record.event.step, record.seq, timed)) return [];
    const { name, atUtc, origin } = record.event;
    const shiftMs = Date.parse(atUtc) - Date.parse(record.atUtc);
    return [
      {
        name,
        seq: record.seq,
        atUtc,
        origin,
        offsetMs: offsetMs + (Math.abs(shiftMs) < SAME_INSTANT_MS ? 0 : shiftMs),
      },
    ];
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

/** Each stretch between two milestones that follow each other in time. */
export function foldIntervals(milestones: readonly Milestone[], steps: readonly Step[]): Interval[] {
  return milestones.slice(1).flatMap((to, index): Interval[] => {
    const from = milestones[index];
    if (from === undefined) return [];
    const parts = splitTime(steps, from.offsetMs, to.offsetMs);
    return [
      {
        from: from.name,
        to: to.name,
        livedMs: to.offsetMs - from.offsetMs,
        assumedMs: sumAssumed(parts),
        parts,
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
