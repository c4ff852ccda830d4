/** What can be answered to a step, by its kind and how far it is. */
import { assertNever } from '../../core/errors.ts';
import { type MachineStep, optionsOf, type RunbookStep } from '../plan/model.ts';
import type { Choice, StepStatus } from '../view/run-view.ts';
import { applies } from './progress.ts';

const done: Choice = { id: 'done', it: 'Fatto', en: 'Done', needsNote: false };
const failed: Choice = { id: 'failed', it: 'Non riuscito', en: 'Failed', needsNote: true };
const skipped: Choice = { id: 'skipped', it: 'Saltare', en: 'Skip', needsNote: true };
const retry: Choice = { id: 'retry', it: 'Riprovare', en: 'Try again', needsNote: false };
const send: Choice = { id: 'send', it: 'Inviare', en: 'Send', needsNote: false };
const byHand: Choice = { id: 'done', it: 'Fatto a mano', en: 'Done by hand', needsNote: true };
const happened: Choice = { id: 'done', it: 'È avvenuto', en: 'It happened', needsNote: true };
const stops = { needsNote: true, interrupts: true } as const;
/** Of work that is under way: each stops it, and asks why. */
const interruptions: readonly Choice[] = [
  { ...retry, ...stops, it: 'Interrompere e riprovare', en: 'Stop it and try again' },
  { ...failed, ...stops, it: 'Interrompere', en: 'Stop it' },
  { ...skipped, ...stops, it: 'Interrompere e saltare', en: 'Stop it and skip' },
];

/** Empty where nothing is to be answered now. */
export function choicesOf(
  step: RunbookStep,
  status: StepStatus,
  outcomes: ReadonlyMap<string, string>,
): Choice[] {
  switch (status) {
    case 'waiting':
      return waiting(step, outcomes);
    case 'failed':
      return cannotBeLeftOut(step) ? [retry] : [retry, ...insteadOfWork(step), skipped];
    case 'unknown':
      return [happened, retry, skipped];
    case 'running':
      return canBeStopped(step) ? [...interruptions] : [];
    case 'blocked':
    case 'not-needed':
    case 'done':
    case 'skipped':
      return [];
    default:
      return assertNever(status);
  }
}

function waiting(step: RunbookStep, outcomes: ReadonlyMap<string, string>): Choice[] {
  if (step.kind === 'notify') return [send, skipped];
  if (step.kind !== 'human') return [];
  if (step.asksTime) return [{ ...done, needsTime: true }, failed];
  if (step.options === undefined) return [done, failed, skipped];
  const offered = step.options.filter((option) => applies(option, outcomes) === 'yes');
  return [...offered.map(({ id, it, en }) => ({ id, it, en, needsNote: false })), failed];
}

/** A letter on its way ends by itself (its server is given a time), and nobody can call it back. */
export function canBeStopped(step: RunbookStep): step is MachineStep {
  return step.kind === 'machine' || step.kind === 'check';
}

/** What a person may do in place of work that failed. */
function insteadOfWork(step: RunbookStep): Choice[] {
  if (!('override' in step) || step.override === undefined) return [byHand];
  const { by, options } = step.override;
  return options.map((option) => ({ ...option, needsNote: true, overriddenBy: by }));
}

function cannotBeLeftOut(step: RunbookStep): boolean {
  return step.kind === 'human' && (step.options !== undefined || step.asksTime === true);
}

/** The words for a choice that was made. */
export function choiceTitle(step: RunbookStep, choice: string): { it: string; en: string } {
  const options: readonly { id: string; it: string; en: string }[] = [
    ...optionsOf(step),
    done,
    failed,
    skipped,
    retry,
    send,
  ];
  const found = options.find(({ id }) => id === choice);
  return { it: found?.it ?? choice, en: found?.en ?? choice };
}
