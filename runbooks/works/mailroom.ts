/** The letters of a run: what each says now, and where it goes. A drill only writes them into the run's folder. */
import { basename } from 'node:path';
import { assertNever, DrError } from '../../core/errors.ts';
import { mailListNames } from '../../inventory/mail-lists.ts';
import { loadNotifications } from '../../inventory/notifications.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { deliverLetter, type LetterOutcome } from '../../scripts/deliver-letter.ts';
import type { Letter, LetterFacts } from '../../scripts/letters/letter.ts';
import { letterFor } from '../../scripts/letters/letter-for.ts';
import type { RunKind } from '../evidence/evidence.ts';
import type { NotifyStep } from '../plan/model.ts';
import type { Progress } from '../run/progress.ts';
import type { StepView } from '../view/run-view.ts';
import type { Mailroom, WorkResult } from './work.ts';

export type LetterSurroundings = {
  inventory: Inventory;
  inventoryFolder: string;
  runId: string;
  kind: RunKind;
  /** A return has none. */
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
  const { milestones, scenario } = progress;
  const decision = progress.steps.get('6.1.10')?.answer;
  const [declaration, activation, stopped, accepted] = [
    milestones.get('declaration'),
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
    ...(declaration && { declaredAtUtc: declaration.atUtc }),
    secondarySite: decision === undefined || decision.choice === 'secondary-site',
    ...(decision && { decidedAtUtc: decision.atUtc }),
    // What the plan lets one promise when the count begins; nobody types a date under stress.
    ...(activation &&
      rtoTargetSeconds !== undefined && {
        promisedReleaseUtc: new Date(Date.parse(activation.atUtc) + rtoTargetSeconds * 1000).toISOString(),
      }),
    ...toldByPeople(progress),
    ...(kind !== 'return' && restored(progress)),
  });
}

/** Steps in which users try what is back; what they miss stands in the note. */
const TRIED_BY_USERS = [
  '6.2.4-accepted',
  '6.1.10-other-room',
  '6.1.10-repair',
  '6.1.10-clean',
  'return-check',
] as const;

function toldByPeople(progress: Progress): Pick<LetterFacts, 'controlCentre' | 'limits'> {
  return {
    controlCentre: noteOf(progress, '6.1.2'),
    limits: TRIED_BY_USERS.flatMap((id) => noteOf(progress, id).split('\n')),
  };
}

/** Of a step that was done; the note of one that was skipped says why. */
function noteOf({ steps }: Progress, id: string): string {
  const { status, answer } = steps.get(id) ?? {};
  return status === 'done' && answer !== undefined ? answer.note : '';
}

/** What is back at Viareggio is as old as the snapshot. In a return nothing is missing: what was written at Viareggio comes along. */
function restored({ cassette, outcomes }: Progress): Pick<LetterFacts, 'serverIsBack' | 'dataUntilUtc'> {
  const outcome = outcomes.get('6.2.4-restore');
  if (outcome !== 'done') return {};
  return { serverIsBack: true, ...(cassette && { dataUntilUtc: cassette.snapshotAtUtc }) };
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
