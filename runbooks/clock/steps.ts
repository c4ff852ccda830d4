/** Steps and their attempts, out of the records that began and ended them. */

import { assertNever } from '../../core/errors.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import type { Attempt, Step } from './model.ts';
import { foldPeople, standingAnswers } from './people.ts';
import type { Timed } from './timeline.ts';

type Start = Timed & { event: Extract<EvidenceEvent, { type: 'step-started' }> };
type Finish = Timed & { event: Extract<EvidenceEvent, { type: 'step-finished' }> };
type Heading = Omit<Step, 'outcome' | 'attempts'>;
type Ending = Omit<Attempt, 'attempt' | 'origin' | 'startedAtUtc' | 'offsetMs'>;

/** All steps: the planned ones in the plan's order, then those that ran without being in it. */
export function foldSteps(timed: readonly Timed[]): Step[] {
  const starts = timed.flatMap((at): Start[] =>
    at.record.event.type === 'step-started' ? [{ ...at, event: at.record.event }] : [],
  );
  const finishes = timed.flatMap((at): Finish[] =>
    at.record.event.type === 'step-finished' ? [{ ...at, event: at.record.event }] : [],
  );
  const steps = headings(timed, starts).map((heading): Step => {
    const own = starts.filter(({ event }) => event.step === heading.step);
    const attempts = own.map((start, index): Attempt => {
      const next = own[index + 1];
      const finish = finishes.find((candidate) => ends(candidate, start, next));
      return {
        attempt: start.event.attempt,
        origin: start.event.origin,
        startedAtUtc: start.record.atUtc,
        offsetMs: start.offsetMs,
        ...(finish ? closedEnd(start, finish) : openEnd(heading.kind, start, next, timed)),
      };
    });
    const last = finishes.findLast(({ event }) => event.step === heading.step)?.event;
    // Withdrawn after it had failed: the attempt stays what it was, and the step waits again.
    const withdrawn = last?.outcome === 'withdrawn' && last.attempt === attempts.at(-1)?.attempt;
    const outcome = withdrawn ? 'withdrawn' : (attempts.at(-1)?.outcome ?? 'planned');
    return { ...heading, outcome, attempts };
  });
  return withNotNeeded(steps, timed);
}

/**
 * A step that was not begun, or only waited, because decisions led elsewhere. One that was not needed takes along its parts and what
 * hangs on it. A decision that failed or is tried again has decided nothing yet.
 */
function withNotNeeded(steps: readonly Step[], timed: readonly Timed[]): Step[] {
  const records = timed.map(({ record }) => record);
  const answers = standingAnswers(foldPeople(records).answers);
  const decided = new Set(steps.filter(({ outcome }) => outcome === 'done').map(({ step }) => step));
  const notNeeded = new Set<string>();
  return steps.map((step) => {
    const elsewhere = (step.when ?? []).some((condition) => {
      const choice = decided.has(condition.step) ? answers.get(condition.step)?.choice : undefined;
      return notNeeded.has(condition.step) || (choice !== undefined && !condition.options.includes(choice));
    });
    const isPart = step.partOf !== undefined && notNeeded.has(step.partOf);
    if (!(elsewhere || isPart) || !['planned', 'withdrawn'].includes(step.outcome)) return step;
    notNeeded.add(step.step);
    return { ...step, outcome: 'not-needed' };
  });
}

function headings(timed: readonly Timed[], starts: readonly Start[]): Heading[] {
  const found = new Map<string, Heading>();
  for (const { record } of timed)
    if (record.event.type === 'plan') for (const step of record.event.steps) found.set(step.step, step);
  for (const { step } of starts.map(({ event }) => event))
    if (!found.has(step))
      found.set(step, {
        step,
        titleIt: step,
        titleEn: step,
        clause: '',
        kind: 'machine',
        interval: 'machine',
      });
  return [...found.values()];
}

function ends(finish: Finish, start: Start, next: Start | undefined): boolean {
  return (
    finish.event.step === start.event.step &&
    finish.event.attempt === start.event.attempt &&
    finish.record.seq > start.record.seq &&
    (next === undefined || finish.record.seq < next.record.seq)
  );
}

function closedEnd(start: Start, finish: Finish): Ending {
  const livedMs = finish.offsetMs - start.offsetMs;
  const sameProcess = finish.record.process === start.record.process;
  const base = { finishedAtUtc: finish.record.atUtc, livedMs, outcome: finish.event.outcome };
  const { detail, durationMs: statedMs } = finish.event;
  const { origin } = start.event;
  switch (origin) {
    case 'measured':
      return { ...base, detail, durationMs: livedMs, durationFrom: sameProcess ? 'monotonic' : 'utc' };
    case 'declared':
      return { ...base, detail, durationMs: statedMs, durationFrom: 'stated' };
    case 'simulated': // if it took longer than what it stands for, that time has passed all the same
      return { ...base, detail, durationMs: Math.max(statedMs, livedMs), durationFrom: 'stated' };
    default:
      return assertNever(origin);
  }
}

/** An attempt without an end: cut off if its process died, began it again or closed the run; else still under way. */
function openEnd(kind: Step['kind'], start: Start, next: Start | undefined, timed: readonly Timed[]): Ending {
  const sign = timed.findLast(
    ({ record }) =>
      record.process === start.record.process &&
      record.seq >= start.record.seq &&
      (next === undefined || record.seq <= next.record.seq),
  );
  const last = timed.at(-1)?.record;
  // A person goes on, whichever process waits for the answer.
  const alive = kind === 'human' || kind === 'notify' || last?.process === start.record.process;
  const running = next === undefined && alive && last?.event.type !== 'run-finished';
  return {
    finishedAtUtc: null,
    livedMs: (sign ?? start).offsetMs - start.offsetMs,
    durationMs: null,
    durationFrom: 'monotonic',
    outcome: running ? 'running' : 'interrupted',
    detail: '',
  };
}
