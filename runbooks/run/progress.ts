/** How far a run is: a pure fold of its evidence over its runbook. Whoever executes, looks or answers sees the same. */
import { assertNever } from '../../core/errors.ts';
import {
  type EvidenceEvent,
  type EvidenceRecord,
  type MilestoneName,
  milestoneNames,
} from '../evidence/evidence.ts';
import { whichCounts } from '../evidence/milestones.ts';
import { scenarioOf } from '../evidence/scenario.ts';
import type { Condition, Runbook, RunbookStep } from '../plan/model.ts';
import type { StepStatus } from '../view/run-view.ts';

type Answered = Extract<EvidenceEvent, { type: 'answered' }>;
type Milestone = Extract<EvidenceEvent, { type: 'milestone' }>;

export type StepProgress = {
  status: StepStatus;
  /** 0 before the first. */
  attempt: number;
  /** The attempt that this one goes on with: where a process died, the next began its work again under a new number. */
  since: number;
  /** The record that began the attempt, or sent a letter off. */
  started: EvidenceRecord | undefined;
  /** The record that ended it. */
  ended: EvidenceRecord | undefined;
  answer: Answered | undefined;
};

export type Progress = {
  steps: ReadonlyMap<string, StepProgress>;
  /** What each step that is over came to: its option, `done`, `skipped` or `not-needed`. */
  outcomes: ReadonlyMap<string, string>;
  /** Role to the roles that stand in for it, the newest last. */
  deputies: ReadonlyMap<string, readonly string[]>;
  milestones: ReadonlyMap<MilestoneName, Milestone>;
  /** Steps made of parts, none of which was ever brought to its end. */
  untouched: ReadonlySet<string>;
  /** The snapshot that was chosen last. */
  cassette: Extract<EvidenceEvent, { type: 'cassette' }> | undefined;
  /** Undefined in a return. */
  scenario: ReturnType<typeof scenarioOf>;
  finished: 'completed' | 'aborted' | undefined;
};

const BEFORE: StepProgress = {
  status: 'blocked',
  attempt: 0,
  since: 0,
  started: undefined,
  ended: undefined,
  answer: undefined,
};

export function foldProgress(runbook: Runbook, records: readonly EvidenceRecord[]): Progress {
  const kinds = new Map(runbook.map((step) => [step.id, step]));
  const steps = new Map<string, StepProgress>();
  const deputies = new Map<string, string[]>();
  let written: Milestone[] = [];
  let cassette: Progress['cassette'];
  let finished: Progress['finished'];
  for (const record of records) {
    const { event } = record;
    if (event.type === 'handed-over')
      deputies.set(event.from, [...(deputies.get(event.from) ?? []), event.to]);
    else if (event.type === 'milestone') written.push(event);
    else if (event.type === 'cassette') cassette = event;
    else if (event.type === 'run-finished') finished = event.outcome;
    else if ('step' in event && event.step !== null) {
      const step = kinds.get(event.step);
      if (step) steps.set(step.id, foldStep(step, steps.get(step.id) ?? BEFORE, record));
      if (event.type === 'taken-back') written = written.filter((milestone) => milestone.step !== event.step);
    }
  }
  const milestones = countingMilestones(written);
  const scenario = scenarioOf(records);
  const untouched = untouchedSteps(records);
  return { ...withDerived(runbook, steps), deputies, milestones, untouched, cassette, scenario, finished };
}

function untouchedSteps(records: readonly EvidenceRecord[]): Set<string> {
  const wholes = new Map<string, string>();
  const untouched = new Set<string>();
  for (const { event } of records) {
    if (event.type === 'plan') {
      for (const { step, partOf } of event.steps) if (partOf !== undefined) wholes.set(step, partOf);
      for (const whole of wholes.values()) untouched.add(whole);
    } else if (event.type === 'step-finished' && ['done', 'unchanged'].includes(event.outcome))
      untouched.delete(wholes.get(event.step) ?? '');
  }
  return untouched;
}

function countingMilestones(written: readonly Milestone[]): Map<MilestoneName, Milestone> {
  return new Map(
    milestoneNames.flatMap((name): [MilestoneName, Milestone][] => {
      const counts = whichCounts(written.filter((milestone) => milestone.name === name));
      return counts === undefined ? [] : [[name, counts]];
    }),
  );
}

function foldStep(step: RunbookStep, before: StepProgress, record: EvidenceRecord): StepProgress {
  const { event } = record;
  if (event.type === 'step-started') {
    return {
      status: waitsForPerson(step, event.origin) ? 'waiting' : 'running',
      attempt: event.attempt,
      since: before.status === 'running' ? before.since : event.attempt,
      started: record,
      ended: undefined,
      answer: endedByAnswer(before) ? before.answer : undefined,
    };
  }
  if (event.type === 'step-finished') return { ...before, ...endedWith(event.outcome), ended: record };
  if (event.type === 'taken-back') return { ...before, status: 'blocked', answer: undefined };
  if (event.type !== 'answered') return before;
  if (event.choice === 'send') return { ...before, answer: event, status: 'running', started: record };
  return { ...before, answer: event };
}

/** What a person says of a step that had failed ends an attempt of its own, begun after the answer; only a new try has none. */
function endedByAnswer({ status, answer }: StepProgress): boolean {
  return (status === 'failed' || status === 'unknown') && answer?.choice !== 'retry';
}

/** Machine work is begun as measured; a letter waits for a person only where it is to leave (see next-steps.ts). */
function waitsForPerson(step: RunbookStep, origin: string): boolean {
  return step.kind === 'human' || (step.kind === 'notify' && origin === 'declared');
}

function endedWith(outcome: Extract<EvidenceEvent, { type: 'step-finished' }>['outcome']): {
  status: StepStatus;
  answer?: undefined;
} {
  switch (outcome) {
    case 'done':
    case 'unchanged':
      return { status: 'done' };
    case 'cut-off':
      return { status: 'unknown' };
    case 'withdrawn':
      return { status: 'blocked', answer: undefined };
    case 'failed':
    case 'skipped':
      return { status: outcome };
    default:
      return assertNever(outcome);
  }
}

/** Adds what follows from the decisions: steps come after all those that they depend on (validateRunbook sees to it). */
function withDerived(
  runbook: Runbook,
  known: Map<string, StepProgress>,
): Pick<Progress, 'steps' | 'outcomes'> {
  const steps = new Map<string, StepProgress>();
  const outcomes = new Map<string, string>();
  for (const step of runbook) {
    const progress = known.get(step.id) ?? BEFORE;
    const needed = progress.status !== 'blocked' || applies(step, outcomes) !== 'no';
    const status = needed ? progress.status : 'not-needed';
    steps.set(step.id, { ...progress, status });
    const outcome = outcomeOf(status, progress.answer);
    if (outcome !== undefined) outcomes.set(step.id, outcome);
  }
  return { steps, outcomes };
}

function outcomeOf(status: StepStatus, answer: Answered | undefined): string | undefined {
  switch (status) {
    case 'done':
      return answer?.choice ?? 'done';
    case 'skipped':
    case 'not-needed':
      return status;
    case 'blocked':
    case 'waiting':
    case 'running':
    case 'unknown':
    case 'failed':
      return undefined;
    default:
      return assertNever(status);
  }
}

/** Whether the decisions taken so far lead to a step. */
export function applies(
  step: { when?: readonly Condition[] },
  outcomes: ReadonlyMap<string, string>,
): 'yes' | 'no' | 'undecided' {
  let undecided = false;
  for (const condition of step.when ?? []) {
    const outcome = outcomes.get(condition.step);
    if (outcome === undefined) undecided = true;
    else if (!condition.options.includes(outcome)) return 'no';
  }
  return undecided ? 'undecided' : 'yes';
}

/** Steps that may begin now: all that they need is over, and the decisions lead to them. */
export function readySteps(runbook: Runbook, { steps, outcomes }: Progress): RunbookStep[] {
  return runbook.filter(
    (step) =>
      steps.get(step.id)?.status === 'blocked' &&
      step.needs.every((need) => outcomes.has(need)) &&
      applies(step, outcomes) === 'yes',
  );
}

/** Everything is over. */
export function isComplete(runbook: Runbook, { outcomes }: Progress): boolean {
  return runbook.every(({ id }) => outcomes.has(id));
}
