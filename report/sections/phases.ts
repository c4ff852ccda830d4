/** Steps by phase of the plan, in the order in which the phases first appear. */
import type { Step } from '../../runbooks/clock/model.ts';
import { phaseTexts, type Text, text } from '../texts.ts';

/** `name` is undefined for the steps of a run that knows no phases. */
export type PhaseGroup = { name: Text | undefined; steps: Step[] };

export function byPhase(steps: readonly Step[]): PhaseGroup[] {
  const groups = new Map<string, PhaseGroup>();
  for (const step of steps) {
    const id = step.phase ?? '';
    const group = groups.get(id) ?? { name: nameOf(id), steps: [] };
    groups.set(id, group);
    group.steps.push(step);
  }
  return [...groups.values()];
}

function nameOf(id: string): Text | undefined {
  if (id === '') return undefined;
  const known: Record<string, Text> = phaseTexts;
  return (Object.hasOwn(known, id) ? known[id] : undefined) ?? text(id, id);
}
