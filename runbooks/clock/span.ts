/** The time between two points of a run, and the two clocks that are made of it: recovery and data loss. */
import type { Cassette, MilestoneName } from '../evidence/evidence.ts';
import { splitTime, sumAssumed } from './intervals.ts';
import type { ClockJump, Milestone, OtherWay, Parts, RpoClock, RtoClock, Step } from './model.ts';
import type { Timed } from './timeline.ts';

/** The site whose cassettes count for the RPO (design, "Clocks"). */
const RECOVERY_SITE = 'viareggio';

export type Folded = {
  milestones: readonly Milestone[];
  steps: readonly Step[];
  jumps: readonly ClockJump[];
  timed: readonly Timed[];
  cassettes: readonly Cassette[];
  otherWay: OtherWay | undefined;
};

/** A place on the time line, and the record that stands there. */
export type Point = { offsetMs: number; seq: number };

export type Span = {
  /** Time that the clocks disagree about. */
  unaccountedMs: number;
  /** Undefined while one of the two points is missing. */
  spent: { livedMs: number; assumedMs: number; parts: Parts } | undefined;
};

export function find(milestones: readonly Milestone[], name: MilestoneName): Milestone | undefined {
  return milestones.find((milestone) => milestone.name === name);
}

/** The time from one point to another. */
export function span(
  { steps, jumps, timed }: Folded,
  begun: Point | undefined,
  ended: Point | undefined,
): Span {
  const unaccountedMs = jumps
    .filter((jump) => jump.unaccounted && isBetween(timed, jump.seq, begun, ended))
    .reduce((sum, { byMs }) => sum + Math.abs(byMs), 0);
  if (begun === undefined || ended === undefined || ended.offsetMs < begun.offsetMs)
    return { unaccountedMs, spent: undefined };
  const parts = splitTime(steps, begun.offsetMs, ended.offsetMs);
  const livedMs = ended.offsetMs - begun.offsetMs;
  return { unaccountedMs, spent: { livedMs, assumedMs: sumAssumed(parts), parts } };
}

/** Whether a record falls between two points, or after the first while the second is not reached. */
function isBetween(
  timed: readonly Timed[],
  seq: number,
  from: Point | undefined,
  to: Point | undefined,
): boolean {
  const at = timed.find(({ record }) => record.seq === seq)?.offsetMs ?? 0;
  if (from === undefined || at < from.offsetMs) return false;
  if (at === from.offsetMs && seq <= from.seq) return false;
  return to === undefined || at <= to.offsetMs;
}

type Counted = { milestones: readonly Milestone[]; otherWay?: OtherWay | undefined };

/** Where the RTO's count begins: the activation (6.2.3); on another way the decision for it, for 6.2.3 is of the secondary site only. */
export function countBegins({ milestones, otherWay }: Counted): Point | undefined {
  return find(milestones, 'activation') ?? otherWay;
}

/** Where it ends: the service verified; on another way accepted, as people declare it. */
export function countEnds({ milestones, otherWay }: Counted): Point | undefined {
  return find(milestones, otherWay === undefined ? 'service-verified' : 'accepted');
}

/** RTO: from where the count begins to `verified`; without it the target can still be missed, by the time gone by. */
export function recoveryClock(
  folded: Folded,
  verified: Point | undefined,
  targetMs: number,
  source: string,
): RtoClock {
  const begun = countBegins(folded);
  const { unaccountedMs, spent } = span(folded, begun, verified);
  const base = { targetMs, source, unaccountedMs };
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

/** RPO: the event minus the newest snapshot of the last cassette that was really at Viareggio. */
export function dataLossClock({ milestones, cassettes }: Folded, targetMs: number, source: string): RpoClock {
  const base = { targetMs, source };
  const event = find(milestones, 'event');
  const cassette = cassettes.findLast(({ site }) => site.toLowerCase() === RECOVERY_SITE);
  if (event === undefined || cassette === undefined)
    return { ...base, actualMs: null, outcome: 'NOT VERIFIABLE' };
  const actualMs = Date.parse(event.atUtc) - Date.parse(cassette.snapshotAtUtc);
  // A snapshot from after the event cannot be: one of the two clocks was wrong.
  if (actualMs < 0) return { ...base, actualMs: null, outcome: 'NOT VERIFIABLE' };
  return { ...base, actualMs, outcome: actualMs > targetMs ? 'FAIL' : 'PASS' };
}
