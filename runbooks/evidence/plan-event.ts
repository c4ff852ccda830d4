/** The steps of a runbook as evidence holds them, with the parts that machine work is made of behind their step. */

import type { Bilingual, Runbook, RunbookStep } from '../plan/model.ts';
import type { EvidenceEvent } from './evidence.ts';
import type { PlannedStep } from './recorder.ts';

/** `partsOf` gives the parts of a machine step, in the order in which they begin; `roles` are the names of the inventory's roles. */
export function planEvent(
  runbook: Runbook,
  partsOf: (step: RunbookStep) => readonly PlannedStep[],
  roles: Record<string, Bilingual>,
): EvidenceEvent {
  return {
    type: 'plan',
    steps: runbook.flatMap((step) => [
      plannedStep(step),
      ...partsOf(step).map((part) => ({ ...part, phase: step.phase, partOf: step.id })),
    ]),
    roles,
  };
}

function plannedStep(step: RunbookStep): PlannedStep {
  return {
    step: step.id,
    titleIt: step.title.it,
    titleEn: step.title.en,
    clause: step.clause,
    kind: step.kind,
    interval: step.interval,
    phase: step.phase,
    responsible: step.responsible,
    supporting: [...step.supporting],
    timeoutMinutes: step.timeoutMinutes,
    needs: [...step.needs],
    ...(step.milestone && { milestone: step.milestone }),
    ...(step.kind === 'human' &&
      step.options && { options: step.options.map(({ id, it, en }) => ({ id, it, en })) }),
    ...(step.when && {
      when: step.when.map(({ step: decision, options }) => ({ step: decision, options: [...options] })),
    }),
  };
}
