/** What comes of something that a person says to a run: events, or a refusal with its reason. Pure. */
import { assertNever, DrError } from '../../core/errors.ts';
import { isReason } from '../../scripts/override.ts';
import { type EvidenceEvent, type EvidenceRecord, milestonesOf } from '../evidence/evidence.ts';
import type { Runbook, RunbookStep } from '../plan/model.ts';
import type { Choice } from '../view/run-view.ts';
import { canBeStopped, choicesOf } from './choices.ts';
import { type Command, isLate } from './command.ts';
import { interrupted } from './interrupt.ts';
import { milestoneOf, type RunMode, startStep } from './next-steps.ts';
import { foldProgress, type Progress, type StepProgress } from './progress.ts';
import * as refuse from './refusals.ts';

export type Situation = {
  runbook: Runbook;
  records: readonly EvidenceRecord[];
  mode: RunMode;
  /** Ids of the inventory. */
  roles: readonly string[];
  nowUtc: string;
};

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;
type Found = { step: RunbookStep; progress: StepProgress };
type Answered = Extract<EvidenceEvent, { type: 'answered' }>;

/** @throws DrError, which is the refusal; nothing has changed then */
export function decide(situation: Situation, command: Command): EvidenceEvent[] {
  const progress = foldProgress(situation.runbook, situation.records);
  if (progress.finished !== undefined && !isLate(command)) throw refuse.runFinished(progress.finished);
  requireRole(situation, command.role);
  switch (command.type) {
    case 'answer':
      return answer(situation, progress, command);
    case 'take-back':
      return takeBack(situation, progress, command);
    case 'hand-over':
      return handOver(situation, command);
    case 'declare':
      return declare(situation, progress, command);
    case 'paper':
      return enterPaper(situation, command);
    case 'abort':
      return [{ type: 'run-finished', outcome: 'aborted', detail: `${command.role}: ${command.why}` }];
    default:
      return assertNever(command);
  }
}

function answer(situation: Situation, progress: Progress, command: CommandOf<'answer'>): EvidenceEvent[] {
  const found = find(situation, progress, command.step);
  const choice = offered(found, progress).find(({ id }) => id === command.choice);
  requireAnswerable(found, progress, command.attempt);
  requireEntitled(found.step, progress, command.role);
  if (choice === undefined) throw noSuchChoice(found, offered(found, progress), command.choice);
  requireRightToOverride(found.step, progress, command, choice);
  if (choice.needsNote && command.note.trim().length < 3) throw refuse.noteNeeded(choice);
  if (choice.needsTime && command.atUtc === undefined) throw refuse.timeNeeded(found.step);
  const { role, person, note } = command;
  const { attempt } = found.progress;
  const atUtc = requirePast(situation, command.atUtc);
  const origin = command.atUtc === undefined ? 'measured' : 'declared';
  const answered: Answered = {
    type: 'answered',
    step: found.step.id,
    attempt,
    choice: choice.id,
    role,
    person,
    note,
    atUtc: atUtc ?? situation.nowUtc,
    origin,
  };
  return [
    answered,
    ...(choice.interrupts
      ? afterInterruption(situation, found, answered)
      : afterAnswer(situation, found, choice.id, { atUtc: atUtc ?? situation.nowUtc, origin })),
  ];
}

type Instant = { atUtc: string; origin: 'measured' | 'declared' };

function afterAnswer(situation: Situation, found: Found, choice: string, at: Instant): EvidenceEvent[] {
  const { step, progress } = found;
  switch (choice) {
    case 'send':
      return [];
    case 'retry':
      return startStep(step, progress.attempt + 1, situation.mode, situation.nowUtc);
    case 'failed':
    case 'skipped':
      return endByPerson(found, choice);
    default: {
      // What the program did not see done, nobody measured.
      const seen = progress.status === 'waiting' && !isOnlySaid(situation, step);
      const origin = seen ? at.origin : 'declared';
      return [...endByPerson(found, 'done'), ...milestoneOf(step, choice, at.atUtc, origin)];
    }
  }
}

/** Work that is under way ends with it; what is left out gets an attempt of its own, as after a failure. */
function afterInterruption(
  { records, mode, nowUtc }: Situation,
  { step, progress }: Found,
  answered: Answered,
): EvidenceEvent[] {
  if (!canBeStopped(step)) return [];
  const { attempt } = progress;
  // Where nobody can look whether it happened, a person will have to say so.
  const stopped = answered.choice === 'failed' && step.cutOff === 'probe' ? 'failed' : 'cut-off';
  const ended = interrupted(records, step, attempt, stopped, answered);
  if (answered.choice === 'retry') return [...ended, ...startStep(step, attempt + 1, mode, nowUtc)];
  if (answered.choice === 'failed') return ended;
  return [...ended, ...endByPerson({ step, progress }, 'skipped')];
}

function noSuchChoice({ step, progress }: Found, choices: readonly Choice[], choice: string): DrError {
  return progress.status === 'running'
    ? refuse.underWay(step, choices)
    : refuse.unknownChoice(step, choices, choice);
}

/** That service is back, where the program verified none. */
function isOnlySaid({ runbook, records }: Situation, { milestone }: RunbookStep): boolean {
  return milestone === 'accepted' && !foldProgress(runbook, records).milestones.has('service-verified');
}

/** A step that waited ends; one that had failed, or was cut off or stopped, gets an attempt of its own that a person declares. */
function endByPerson({ step, progress }: Found, outcome: 'done' | 'failed' | 'skipped'): EvidenceEvent[] {
  const over = progress.status !== 'waiting';
  const attempt = progress.attempt + (over ? 1 : 0);
  const ended = {
    type: 'step-finished',
    step: step.id,
    attempt,
    outcome,
    durationMs: 0,
    detail: '',
  } as const;
  if (!over) return [ended];
  return [{ type: 'step-started', step: step.id, attempt, origin: 'declared' }, ended];
}

function takeBack(
  situation: Situation,
  progress: Progress,
  command: CommandOf<'take-back'>,
): EvidenceEvent[] {
  const found = find(situation, progress, command.step);
  if (command.attempt !== found.progress.attempt) throw refuse.notCurrent(found.step, found.progress.attempt);
  requireEntitled(found.step, progress, command.role);
  const hindrance = whyNotTakenBack(situation.runbook, progress, found.step);
  if (hindrance !== undefined) throw hindrance;
  const { role, person, why } = command;
  const withdrawn = dependents(situation.runbook, found.step.id).flatMap(({ id }): EvidenceEvent[] => {
    const { status, attempt } = progress.steps.get(id) ?? { status: 'blocked', attempt: 0 };
    return status === 'waiting' || status === 'failed'
      ? [{ type: 'step-finished', step: id, attempt, outcome: 'withdrawn', durationMs: 0, detail: '' }]
      : [];
  });
  return [
    ...withdrawn,
    { type: 'taken-back', step: found.step.id, attempt: found.progress.attempt, role, person, why },
  ];
}

/** Undefined when the answer to a step can still be taken back: nothing was done on the strength of it. */
export function whyNotTakenBack(
  runbook: Runbook,
  progress: Progress,
  step: RunbookStep,
): DrError | undefined {
  const own = progress.steps.get(step.id);
  if (own?.answer === undefined || own.answer.choice === 'send' || !['done', 'skipped'].includes(own.status))
    return refuse.nothingToTakeBack(step);
  const built = dependents(runbook, step.id).filter((other) => restsOnIt(other, step.id, progress));
  return built.length === 0 ? undefined : refuse.built(step, built);
}

/**
 * Whether a step has done something on the strength of an answer before it. One that failed has not, unless it is the program's work
 * and may have been half done: else a wrong answer could be neither acted on nor mended.
 */
function restsOnIt(step: RunbookStep, answered: string, { steps, untouched }: Progress): boolean {
  const { status } = steps.get(step.id) ?? { status: 'blocked' };
  if (onlyTells(step, answered) && (status === 'done' || status === 'skipped')) return false;
  switch (status) {
    case 'blocked':
    case 'not-needed':
    case 'waiting':
      return false;
    case 'failed':
      return step.kind === 'notify' || (step.kind === 'machine' && !untouched.has(step.id));
    case 'running':
    case 'unknown':
    case 'done':
    case 'skipped':
      return true;
    default:
      return assertNever(status);
  }
}

/** A letter that names the answer, and no more: what it said can be corrected when it is over. */
export function onlyTells(step: RunbookStep, answered: string): boolean {
  return step.kind === 'notify' && step.tells?.includes(answered) === true;
}

/** Every step that depends on one, directly or through others. */
function dependents(runbook: Runbook, id: string): RunbookStep[] {
  const reached = new Set([id]);
  // Steps stand after what they depend on, so one pass is enough.
  return runbook.filter((step) => {
    const on = [...step.needs, ...(step.when ?? []).map((condition) => condition.step)];
    if (!on.some((need) => reached.has(need))) return false;
    reached.add(step.id);
    return true;
  });
}

function handOver(situation: Situation, command: CommandOf<'hand-over'>): EvidenceEvent[] {
  const { from, to, role, person, why } = command;
  requireRole(situation, from);
  requireRole(situation, to);
  if (from === to) throw refuse.sameRole(from);
  return [{ type: 'handed-over', from, to, role, person, why }];
}

function declare(situation: Situation, progress: Progress, command: CommandOf<'declare'>): EvidenceEvent[] {
  const points = milestonesOf(situation.mode.kind);
  if (!points.includes(command.milestone)) throw refuse.unknownPoint(command.milestone, points);
  const known = progress.milestones.get(command.milestone);
  if (known?.origin === 'measured') throw refuse.measuredAlready(command.milestone, known.atUtc);
  const atUtc = requirePast(situation, command.atUtc) ?? situation.nowUtc;
  return [
    { type: 'milestone', name: command.milestone, atUtc, origin: 'declared' },
    {
      type: 'note',
      textIt: `${command.role} dichiara l'ora di un punto: ${command.milestone}`,
      textEn: `${command.role} declares the time of a point: ${command.milestone}`,
      origin: 'declared',
    },
  ];
}

/** The same file changes nothing. */
function enterPaper({ records }: Situation, { role, entered }: CommandOf<'paper'>): EvidenceEvent[] {
  const last = records.findLast(
    ({ event }) =>
      event.type === 'paper' && event.entered.sheets.some((sheet) => entered.sheets.includes(sheet)),
  )?.event;
  if (last?.type === 'paper' && last.entered.sha256 === entered.sha256) return [];
  return [{ type: 'paper', role, entered }];
}

function find({ runbook }: Situation, progress: Progress, id: string): Found {
  const step = runbook.find((candidate) => candidate.id === id);
  const own = progress.steps.get(id);
  if (step === undefined || own === undefined) throw refuse.unknownStep(runbook, id);
  return { step, progress: own };
}

function offered({ step, progress: { status } }: Found, { outcomes }: Progress): Choice[] {
  return choicesOf(step, status, outcomes);
}

function requireAnswerable(found: Found, progress: Progress, attempt: number): void {
  const { attempt: current, since } = found.progress;
  if (offered(found, progress).length === 0) throw refuse.notWaiting(found.step, found.progress);
  // Said of work that a process died over, before the next began it again: it is the same try.
  if (attempt < since || attempt > current) throw refuse.notCurrent(found.step, current);
}

function requireRole({ roles }: Situation, role: string): void {
  if (!roles.includes(role)) throw refuse.unknownRole(role, roles);
}

/** The responsible role, a supporting one, or who stands in for one of them. */
export function entitledRoles(step: RunbookStep, progress: Progress): string[] {
  return withDeputies([step.responsible, ...step.supporting], progress);
}

function withDeputies(roles: readonly string[], { deputies }: Progress): string[] {
  return [...new Set([...roles, ...roles.flatMap((role) => deputies.get(role) ?? [])])];
}

function requireEntitled(step: RunbookStep, progress: Progress, role: string): void {
  const entitled = entitledRoles(step, progress);
  if (!entitled.includes(role)) throw refuse.notEntitled(step, role, entitled);
}

/** Nobody but the role that the step names overrides it, and not with a word typed by reflex. */
function requireRightToOverride(
  step: RunbookStep,
  progress: Progress,
  { role, note }: CommandOf<'answer'>,
  choice: Choice,
): void {
  if (choice.overriddenBy === undefined) return;
  const entitled = withDeputies([choice.overriddenBy], progress);
  if (!entitled.includes(role)) throw refuse.notEntitled(step, role, entitled);
  if (!isReason(note)) throw refuse.reasonTooShort(choice);
}

function requirePast({ nowUtc }: Situation, atUtc: string | undefined): string | undefined {
  // A minute of grace: the clocks of two machines never agree to the second.
  if (atUtc !== undefined && Date.parse(atUtc) > Date.parse(nowUtc) + 60_000) throw refuse.inFuture(atUtc);
  return atUtc;
}
