/** The letters of a run: what each says now, and where it goes. A drill only writes them into the run's folder. */
import { basename } from 'node:path';
import { assertNever, DrError } from '../../core/errors.ts';
import { mailListNames } from '../../inventory/mail-lists.ts';
import { loadNotifications } from '../../inventory/notifications.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { deliverLetter, type LetterOutcome } from '../../scripts/deliver-letter.ts';
import type { Letter } from '../../scripts/letters/letter.ts';
import { letterFor } from '../../scripts/letters/letter-for.ts';
import type { RunKind } from '../evidence/evidence.ts';
import { scenarioOf } from '../evidence/scenario.ts';
import type { NotifyStep } from '../plan/model.ts';
import type { Progress } from '../run/progress.ts';
import type { StepView } from '../view/run-view.ts';
import type { Mailroom, WorkResult } from './work.ts';

export type LetterSurroundings = {
  inventory: Inventory;
  inventoryFolder: string;
  runId: string;
  kind: RunKind;
  /** A return has neither. The scenario is a guess until people say what it is. */
  scenario?: 'D1' | 'D2' | 'D3';
  rtoTargetSeconds?: number;
};

/** Carries a notify step out: writes the letter, and sends it where it is no drill. */
export function letterMailroom(surroundings: LetterSurroundings, directory: string): Mailroom {
  return async ({ step, attempt, progress }) => {
    const outcome = await deliverLetter({
      letter: letterOf(step, surroundings, progress()),
      runDirectory: directory,
      step: step.id,
      attempt,
      runId: surroundings.runId,
      mode: surroundings.kind === 'drill' ? 'write' : 'send',
      notifications: await loadNotifications(surroundings.inventoryFolder),
      secrets: process.env['DR_SECRETS'],
    });
    return asResult(outcome);
  };
}

/** The letter for whoever is to send it; recipients by the names of their lists. */
export function letterView(
  step: NotifyStep,
  surroundings: LetterSurroundings,
  progress: Progress,
): NonNullable<StepView['letter']> {
  const { lists, subject, text } = letterOf(step, surroundings, progress);
  return { to: lists.map((list) => mailListNames[list].it), subject, text };
}

function letterOf(step: NotifyStep, surroundings: LetterSurroundings, progress: Progress): Letter {
  const { inventory, runId, kind, rtoTargetSeconds } = surroundings;
  const scenario = scenarioOf(surroundings, (id) => progress.steps.get(id)?.answer?.choice);
  const decision = progress.steps.get('6.1.10')?.answer;
  const { milestones } = progress;
  const [activation, stopped, accepted] = [
    milestones.get('activation'),
    milestones.get('service-stopped'),
    milestones.get('accepted'),
  ];
  return letterFor(step.message, {
    inventory,
    runId,
    kind,
    ...(scenario !== undefined && { scenario }),
    ...(stopped && accepted && { outage: { fromUtc: stopped.atUtc, toUtc: accepted.atUtc } }),
    secondarySite: decision === undefined || decision.choice === 'secondary-site',
    ...(decision && { decidedAtUtc: decision.atUtc }),
    // What the plan lets one promise when the count begins; nobody types a date under stress.
    ...(activation &&
      rtoTargetSeconds !== undefined && {
        promisedReleaseUtc: new Date(Date.parse(activation.atUtc) + rtoTargetSeconds * 1000).toISOString(),
      }),
  });
}

function asResult(outcome: LetterOutcome): WorkResult {
  switch (outcome.outcome) {
    case 'written':
      return {
        outcome: 'done',
        detail: `scritta, non inviata / written, not sent: letters/${basename(outcome.draft)}`,
      };
    case 'sent':
      return { outcome: 'done', detail: `inviata / sent: ${outcome.messageId}` };
    case 'unchanged':
      return { outcome: 'unchanged', detail: `era già partita / had left already: ${outcome.messageId}` };
    case 'failed':
      throw new DrError(outcome.code, outcome.message, outcome.hint);
    default:
      return assertNever(outcome);
  }
}
