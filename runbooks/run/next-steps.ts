/** What a run does by itself when something has ended: begins what may begin. Pure; execute.ts carries it out. */
import type { EvidenceEvent, EvidenceRecord, RunKind } from '../evidence/evidence.ts';
import type { HumanStep, Runbook, RunbookStep } from '../plan/model.ts';
import { foldProgress, isComplete, type Progress, readySteps } from './progress.ts';

export type RunMode = {
  kind: RunKind;
  /** Absent in a return. */
  scenario?: string;
  /** Nobody is asked: people's answers are simulated. Only in a drill. */
  unattended: boolean;
};

/** The records of an event that is not written yet, as far as a fold needs them. */
export function asRecord(event: EvidenceEvent, nowUtc: string): EvidenceRecord {
  return { seq: 0, atUtc: nowUtc, monotonicMs: 0, process: '', previous: '', event, hash: '' };
}

/** The events that begin all that may begin after `records`, and what becomes possible by it; the end of the run, where it is reached. */
export function advance(
  runbook: Runbook,
  records: readonly EvidenceRecord[],
  mode: RunMode,
  nowUtc: string,
): EvidenceEvent[] {
  const seen = [...records];
  const events: EvidenceEvent[] = [];
  for (;;) {
    const progress = foldProgress(runbook, seen);
    if (progress.finished !== undefined) return events;
    const stuck = mode.unattended ? hopeless(progress) : undefined;
    const ready = readySteps(runbook, progress);
    if (stuck !== undefined || isComplete(runbook, progress)) {
      const outcome = stuck === undefined ? 'completed' : 'aborted';
      events.push({ type: 'run-finished', outcome, detail: stuck ?? '' });
      return events;
    }
    if (ready.length === 0) return events;
    for (const step of ready) {
      const attempt = (progress.steps.get(step.id)?.attempt ?? 0) + 1;
      const started = startStep(step, attempt, mode, nowUtc);
      events.push(...started);
      seen.push(...started.map((event) => asRecord(event, nowUtc)));
    }
  }
}

/** Why an unattended run can't go on: nobody is there to say what to do about a step that failed. */
function hopeless({ steps }: Progress): string | undefined {
  for (const [id, { status, ended }] of steps) {
    if (status !== 'failed' && status !== 'unknown') continue;
    const said = ended?.event.type === 'step-finished' ? ended.event.detail : '';
    return `${id}: ${said}`;
  }
  return undefined;
}

/** The events that begin an attempt; for simulated people also those that end it. */
export function startStep(
  step: RunbookStep,
  attempt: number,
  mode: RunMode,
  nowUtc: string,
): EvidenceEvent[] {
  const base = { type: 'step-started', step: step.id, attempt } as const;
  if (step.kind === 'human' && mode.unattended) return simulated(step, attempt, mode, nowUtc);
  // `declared`: its end is what a person says of it, and a letter that is to leave waits for that.
  if (step.kind === 'notify' && mode.kind !== 'drill') return [{ ...base, origin: 'declared' }];
  return [{ ...base, origin: 'measured' }];
}

/**
 * The events of work that has found that what it rests on holds no more: the step that had shown it has failed anew, for a person to
 * answer, and the work is begun again by itself once that step is over.
 */
export function sendBack(
  { step, attempt, durationMs }: { step: string; attempt: number; durationMs: number },
  to: { step: string; attempt: number; detail: string },
): EvidenceEvent[] {
  const again = { step: to.step, attempt: to.attempt + 1 };
  return [
    { type: 'step-finished', step, attempt, outcome: 'withdrawn', durationMs, detail: '' },
    { type: 'step-started', ...again, origin: 'measured' },
    { type: 'step-finished', ...again, outcome: 'failed', durationMs: 0, detail: to.detail },
  ];
}

function simulated(step: HumanStep, attempt: number, mode: RunMode, nowUtc: string): EvidenceEvent[] {
  const base = { step: step.id, attempt, origin: 'simulated' } as const;
  const options = step.options?.map(({ id }) => id) ?? [];
  const choice = options.find((id) => id === mode.scenario) ?? options[0] ?? 'done';
  return [
    { type: 'step-started', ...base },
    { type: 'answered', ...base, choice, role: step.responsible, person: '', note: '', atUtc: nowUtc },
    { type: 'step-finished', step: step.id, attempt, outcome: 'done', durationMs: 0, detail: '' },
    ...milestoneOf(step, choice, nowUtc, 'simulated'),
  ];
}

/** The point of the clocks that the end of a step reaches; a decision against going on reaches none. */
export function milestoneOf(
  step: RunbookStep,
  choice: string,
  atUtc: string,
  origin: 'measured' | 'declared' | 'simulated',
): EvidenceEvent[] {
  const options = step.kind === 'human' ? step.options : undefined;
  if (step.milestone === undefined || (options && options[0]?.id !== choice)) return [];
  return [{ type: 'milestone', name: step.milestone, atUtc, origin, step: step.id }];
}
