/** Folds a run's evidence into what a person sees of it (run-view.ts). Pure: who only looks executes nothing. */
import { assertNever } from '../../core/errors.ts';
import { foldRun, offsetNow, outageMs, rtoRemainingMs } from '../clock/clock.ts';
import { forecast, type PastRun } from '../clock/forecast.ts';
import type { RunState, Step } from '../clock/model.ts';
import { type ClockReading, type EvidenceRecord, readClock } from '../evidence/evidence.ts';
import type { Bilingual, NotifyStep, Runbook, RunbookStep } from '../plan/model.ts';
import { canBeStopped, choicesOf, choiceTitle } from '../run/choices.ts';
import { whyNotTakenBack } from '../run/decide.ts';
import { takesTooLong } from '../run/interrupt.ts';
import { applies, foldProgress, type Progress, type StepProgress } from '../run/progress.ts';
import { eachLanguage, recordText } from './record-texts.ts';
import type { AlarmView, RunView, StepStatus, StepView } from './run-view.ts';

const LOG_LINES = 60;

export type ViewSources = {
  records: readonly EvidenceRecord[];
  runbook: Runbook;
  roles: Record<string, Bilingual>;
  /** Whether a process executes the run now; null where that can't be told. */
  executing: boolean | null;
  /** The letter of a notify step, for whoever is to send it. */
  letterOf: (step: NotifyStep, progress: Progress) => StepView['letter'];
  pastRuns: readonly PastRun[];
  now?: ClockReading;
};

/** @throws DrError EVIDENCE_NO_RUN when nothing was begun */
export function viewOf(sources: ViewSources): RunView {
  const { records, runbook } = sources;
  const now = sources.now ?? readClock();
  const run = foldRun(records);
  const progress = foldProgress(runbook, records);
  const started = records.find(({ event }) => event.type === 'run-started')?.event;
  const last = records.at(-1);
  const offsetMs = last === undefined ? 0 : offsetNow(run, last, now);
  const leftMs = rtoRemainingMs(run, offsetMs) ?? null;
  return {
    seq: last?.seq ?? 0,
    madeAtUtc: now.atUtc,
    rtoRemainingMs: leftMs,
    outageMs: outageMs(run, offsetMs) ?? null,
    rtoRunning: run.status === 'unfinished' && run.rto?.actualMs === null && leftMs !== null,
    executing: sources.executing,
    unattended: started?.type === 'run-started' && started.unattended === true,
    run,
    steps: runbook.map((step) => stepView(step, sources, { run, progress, offsetMs, now })),
    roles: sources.roles,
    deputies: Object.fromEntries([...progress.deputies].map(([role, to]) => [role, to.at(-1) ?? role])),
    forecast: forecast(run, sources.pastRuns),
    alarms: alarms(records),
    log: records.slice(-LOG_LINES).map((record) => ({
      seq: record.seq,
      atUtc: record.atUtc,
      text: recordText(record.event, runbook, sources.roles),
    })),
  };
}

type Folded = { run: RunState; progress: Progress; offsetMs: number; now: ClockReading };

function stepView(step: RunbookStep, sources: ViewSources, folded: Folded): StepView {
  const { runbook } = sources;
  const { run, progress } = folded;
  const own = progress.steps.get(step.id);
  const timed = run.steps.find((candidate) => candidate.step === step.id);
  const attempt = timed?.attempts.at(-1);
  const status = own?.status ?? 'blocked';
  const live = status === 'waiting' || status === 'running';
  const durationMs = live && attempt ? folded.offsetMs - attempt.offsetMs : (attempt?.durationMs ?? null);
  const begun = !['blocked', 'not-needed'].includes(status);
  const overdue = live && durationMs !== null && durationMs > step.timeoutMinutes * 60_000;
  return {
    id: step.id,
    clause: step.clause,
    phase: step.phase,
    kind: step.kind,
    title: step.title,
    responsible: step.responsible,
    supporting: [...step.supporting],
    instructions: step.instructions,
    proof: step.proof,
    undo: step.undo,
    status,
    attempt: own?.attempt ?? 0,
    startedAtUtc: begun ? (attempt?.startedAtUtc ?? null) : null,
    finishedAtUtc: begun && !live ? (attempt?.finishedAtUtc ?? null) : null,
    durationMs: begun ? durationMs : null,
    timeoutMinutes: step.timeoutMinutes,
    overdue,
    choices: run.status === 'unfinished' ? choicesOf(step, status, progress.outcomes) : [],
    answer: answerView(step, own),
    canTakeBack: run.status === 'unfinished' && whyNotTakenBack(runbook, progress, step) === undefined,
    reason:
      overdue && canBeStopped(step) && status === 'running'
        ? takesTooLong
        : reason(step, progress, own, runbook),
    letter: step.kind === 'notify' ? letterShown(step, own, folded.progress, sources) : null,
    parts: parts(step.id, run),
  };
}

/** Before it leaves, as it would be now; once it is written or sent, as it was then. */
function letterShown(
  step: NotifyStep,
  own: StepProgress | undefined,
  progress: Progress,
  { records, runbook, letterOf }: ViewSources,
): StepView['letter'] {
  if (own?.status === 'waiting') return letterOf(step, progress);
  if (own?.status !== 'done') return null;
  const { started } = own;
  return letterOf(
    step,
    foldProgress(runbook, started ? records.slice(0, records.indexOf(started)) : records),
  );
}

function answerView(step: RunbookStep, own: StepProgress | undefined): StepView['answer'] {
  if (own?.answer === undefined) return null;
  const { choice, role, person, note, atUtc, origin } = own.answer;
  return { choice, title: choiceTitle(step, choice), role, person, note, atUtc, origin };
}

function reason(
  step: RunbookStep,
  progress: Progress,
  own: StepProgress | undefined,
  runbook: Runbook,
): Bilingual | null {
  if (own === undefined) return null;
  switch (own.status) {
    case 'blocked':
      return blockedBy(step, progress, runbook);
    case 'not-needed':
      return notNeededBecause(step, progress, runbook);
    case 'failed':
    case 'unknown': {
      const said = own.ended?.event.type === 'step-finished' ? own.ended.event.detail : '';
      const text = said || (own.answer?.note ?? '');
      return text === '' ? null : eachLanguage(text);
    }
    case 'waiting':
    case 'running':
    case 'done':
    case 'skipped':
      return null;
    default:
      return assertNever(own.status);
  }
}

function blockedBy(step: RunbookStep, { outcomes }: Progress, runbook: Runbook): Bilingual | null {
  const on = runbook.filter(({ id }) => step.needs.includes(id) && !outcomes.has(id));
  if (on.length === 0) return null;
  const quoted = (language: 'it' | 'en'): string => on.map(({ title }) => `«${title[language]}»`).join(', ');
  return { it: `attende: ${quoted('it')}`, en: `waits for: ${quoted('en')}` };
}

/** By the decisions that led elsewhere, in their own words. */
function notNeededBecause(step: RunbookStep, { outcomes }: Progress, runbook: Runbook): Bilingual {
  const against = (step.when ?? []).filter((condition) => applies({ when: [condition] }, outcomes) === 'no');
  const said = (language: 'it' | 'en'): string =>
    runbook
      .filter(({ id }) => against.some((condition) => condition.step === id))
      .flatMap((decision) => {
        const choice = outcomes.get(decision.id);
        // One that was itself not needed says nothing: another one led elsewhere.
        if (choice === undefined || choice === 'not-needed') return [];
        return [`${decision.title[language]}: «${choiceTitle(decision, choice)[language]}»`];
      })
      .join('; ');
  return { it: said('it'), en: said('en') };
}

/** Parts are the steps of the evidence that name this one as what they are part of. */
function parts(id: string, run: RunState): StepView['parts'] {
  return run.steps
    .filter(({ partOf }) => partOf === id)
    .map((part) => ({
      id: part.step,
      title: { it: part.titleIt, en: part.titleEn },
      status: partStatus(part.outcome),
      durationMs: part.attempts.at(-1)?.durationMs ?? null,
    }));
}

function partStatus(outcome: Step['outcome']): StepStatus {
  switch (outcome) {
    case 'done':
    case 'unchanged':
      return 'done';
    case 'failed':
    case 'interrupted':
      return 'failed';
    case 'running':
      return 'running';
    case 'skipped':
      return 'skipped';
    case 'cut-off':
      return 'unknown';
    case 'not-needed':
      return 'not-needed';
    case 'withdrawn':
    case 'planned':
      return 'blocked';
    default:
      return assertNever(outcome);
  }
}

function alarms(records: readonly EvidenceRecord[]): AlarmView[] {
  return records.flatMap(({ atUtc, event }) =>
    event.type === 'alarm' ? [{ atUtc, step: event.step, text: { it: event.textIt, en: event.textEn } }] : [],
  );
}
