/**
 * One time line out of the clocks of several processes. Within a process the monotonic clock counts, because nobody can set
 * it; between two processes only UTC is left.
 */

import type { ClockReading, EvidenceRecord } from '../evidence/evidence.ts';
import type { ClockJump } from './model.ts';

export type Timed = { record: EvidenceRecord; offsetMs: number };

/** A wall clock drifts a little against the monotonic one; more than this between two records is a jump. */
const JUMP_MS = 2_000;

/** A stated time that is this near to its record stands where the record stands, so that log order holds. */
const SAME_INSTANT_MS = 50;

/** The place on the time line of an instant that a record states. */
export function statedOffset({ record, offsetMs }: Timed, atUtc: string): number {
  const shiftMs = Date.parse(atUtc) - Date.parse(record.atUtc);
  return offsetMs + (Math.abs(shiftMs) < SAME_INSTANT_MS ? 0 : shiftMs);
}

/** Milliseconds that passed between two readings, never negative. */
export function elapsedMs(from: ClockReading, to: ClockReading): number {
  const passed = from.process === to.process ? to.monotonicMs - from.monotonicMs : wallMs(from, to);
  return Math.max(0, passed);
}

/** Places each record on the time line; the first one stands at 0. */
export function timeline(records: readonly EvidenceRecord[]): Timed[] {
  const timed: Timed[] = [];
  let offsetMs = 0;
  for (const record of records) {
    const before = timed.at(-1);
    if (before) offsetMs += elapsedMs(before.record, record);
    timed.push({ record, offsetMs });
  }
  return timed;
}

/**
 * Where the wall clock and the time line part. A clock put back in one process does no harm; one that went forward may mean
 * that the machine slept, when the monotonic clock stands still; one that went back between two processes hides their distance.
 */
export function clockJumps(records: readonly EvidenceRecord[]): ClockJump[] {
  const jumps: ClockJump[] = [];
  for (const [index, record] of records.entries()) {
    const before = records[index - 1];
    if (before === undefined) continue;
    const byMs = Math.round(wallMs(before, record) - elapsedMs(before, record));
    if (Math.abs(byMs) <= JUMP_MS) continue;
    const unaccounted = byMs > 0 || before.process !== record.process;
    jumps.push({ seq: record.seq, atUtc: record.atUtc, byMs, unaccounted });
  }
  return jumps;
}

function wallMs(from: ClockReading, to: ClockReading): number {
  return Date.parse(to.atUtc) - Date.parse(from.atUtc);
}
