/** The runbooks that are run, made of the phases, and what must be true of any runbook. */
import { assertNever } from '../../core/errors.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { RunKind } from '../evidence/evidence.ts';
import { closing } from './closing.ts';
import { withFallbacks } from './fallbacks.ts';
import { management } from './management.ts';
import { type Bilingual, type Condition, optionsOf, type Runbook, type RunbookStep } from './model.ts';
import { preparation } from './preparation.ts';
import { reaction } from './reaction.ts';
import { returnToLucca } from './return.ts';

/** The plan's chapter 6, for the day. */
export function disasterRunbook(): Runbook {
  return [...reaction, ...management, ...closing];
}

/**
 * The same after a disaster of our own making: the program sees it happen, so nobody is asked when it was. An exercise can wait, so
 * nobody overrides what stops it.
 */
export function drillRunbook(): Runbook {
  const asked = disasterRunbook().filter(({ milestone }) => milestone !== 'event');
  return [
    ...preparation,
    ...asked.map((step): RunbookStep => {
      if (step.id === '6.1-detection') return { ...step, needs: [...step.needs, 'disaster'] };
      if ('override' in step && step.override)
        return { ...step, override: { ...step.override, options: [] } };
      return step;
    }),
  ];
}

export function returnRunbook(): Runbook {
  return returnToLucca;
}

/** The runbook of a run, with what the inventory adds to its words. */
export function runbookOf(kind: RunKind, inventory: Inventory): Runbook {
  return withFallbacks(planOf(kind), inventory);
}

function planOf(kind: RunKind): Runbook {
  switch (kind) {
    case 'drill':
      return drillRunbook();
    case 'restore':
      return disasterRunbook();
    case 'return':
      return returnRunbook();
    default:
      return assertNever(kind);
  }
}

/** Every mistake of a runbook, in words; empty when it can be run. */
export function validateRunbook(runbook: Runbook, roleIds: readonly string[]): string[] {
  return [
    ...twice(runbook.map(({ id }) => id)).map((id) => `${id}: two steps have this id`),
    ...reachedTwice(runbook).map((name) => `${name}: two steps reach this milestone`),
    ...runbook.flatMap((step) =>
      [
        ...unknownNeeds(step, runbook),
        ...unknownRoles(step, roleIds),
        ...(allNeeds(runbook, step).has(step.id) ? ['it waits for itself'] : []),
        ...(step.when ?? []).flatMap((condition) => badCondition(condition, step, runbook)),
        ...toldTooEarly(step),
        ...(step.timeoutMinutes > 0 ? [] : [`its time-out is ${step.timeoutMinutes} minutes`]),
        ...emptyTexts(step),
        ...badOverride(step),
      ].map((mistake) => `${step.id}: ${mistake}`),
    ),
  ];
}

function twice(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** Milestones that two steps of one run could reach. */
function reachedTwice(runbook: Runbook): string[] {
  const names = runbook.flatMap((step, index) => {
    const others = runbook.slice(index + 1).filter(({ milestone }) => milestone === step.milestone);
    return step.milestone !== undefined && others.some((other) => !excludes(step, other))
      ? [step.milestone]
      : [];
  });
  return [...new Set(names)];
}

/** A decision that leads to the one leads away from the other. */
function excludes({ when = [] }: RunbookStep, { when: others = [] }: RunbookStep): boolean {
  return when.some((one) =>
    others.some(
      (other) => one.step === other.step && !one.options.some((option) => other.options.includes(option)),
    ),
  );
}

function unknownNeeds(step: RunbookStep, runbook: Runbook): string[] {
  return step.needs
    .filter((need) => !runbook.some(({ id }) => id === need))
    .map((need) => `it needs "${need}", which is no step`);
}

function toldTooEarly(step: RunbookStep): string[] {
  const told = step.kind === 'notify' ? (step.tells ?? []) : [];
  return told
    .filter((id) => !step.needs.includes(id))
    .map((id) => `it tells "${id}", but does not wait for it`);
}

function unknownRoles(step: RunbookStep, roleIds: readonly string[]): string[] {
  return [step.responsible, ...step.supporting, step.escalateTo]
    .filter((role) => !roleIds.includes(role))
    .map((role) => `"${role}" is no role`);
}

function badCondition({ step: decision, options }: Condition, step: RunbookStep, runbook: Runbook): string[] {
  const decider = runbook.find(({ id }) => id === decision);
  if (decider === undefined) return [`it hangs on "${decision}", which is no step`];
  const offered = decider.kind === 'human' ? (decider.options ?? []).map(({ id }) => id) : [];
  return [
    ...options
      .filter((option) => !offered.includes(option))
      .map((option) => `it hangs on "${option}", which ${decision} does not offer`),
    // Else the step could begin before it is known whether it is needed.
    ...(allNeeds(runbook, step).has(decision) ? [] : [`it hangs on "${decision}", but does not wait for it`]),
  ];
}

/** Everything that must be over before this step, however far back. */
function allNeeds(runbook: Runbook, step: RunbookStep): Set<string> {
  const found = new Set<string>();
  const open = [...step.needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(runbook.find((other) => other.id === id)?.needs ?? []));
  }
  return found;
}

/** Whoever may override is asked for it. */
function badOverride(step: RunbookStep): string[] {
  const by = 'override' in step ? step.override?.by : undefined;
  if (by === undefined || [step.responsible, ...step.supporting].includes(by)) return [];
  return [`"${by}" may override it, but does not answer for it`];
}

function emptyTexts(step: RunbookStep): string[] {
  const options = optionsOf(step);
  const texts: [string, Bilingual][] = [
    ['title', step.title],
    ['instructions', step.instructions],
    ['proof', step.proof],
    ...(step.undo === null ? [] : [['undo', step.undo] satisfies [string, Bilingual]]),
    ...options.map((option): [string, Bilingual] => [`option "${option.id}"`, option]),
  ];
  return texts.flatMap(([name, { it, en }]) => [
    ...(it.trim() === '' ? [`its ${name} is empty in Italian`] : []),
    ...(en.trim() === '' ? [`its ${name} is empty in English`] : []),
  ]);
}
