/** What every run writes first, a drill, a disaster and a return alike: its targets (where it has any) and what the documents promise, its versions, its steps. */
import { roleNames } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { coverageEntries } from '../runbooks/evidence/coverage-entries.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { PlannedStep } from '../runbooks/evidence/recorder.ts';
import type { Runbook, RunbookStep } from '../runbooks/plan/model.ts';
import type { RunMode as AnyMode } from '../runbooks/run/next-steps.ts';
import { restoreSteps } from '../runbooks/works/restore-site.ts';
import type { Disaster } from './disasters.ts';
import { drillVersions } from './versions.ts';

export type RunMode = AnyMode & { scenario?: Disaster };

export async function openingOf(
  run: { runId: string; runbook: Runbook; inventory: Inventory; rtoSeconds: number | undefined } & {
    mode: RunMode;
  },
): Promise<EvidenceEvent[]> {
  const { runId, runbook, inventory, rtoSeconds, mode } = run;
  return [
    {
      type: 'run-started',
      runId,
      ...mode,
      ...(mode.kind !== 'return' && {
        ...planTargets(inventory, rtoSeconds),
        coverage: coverageEntries(inventory),
      }),
      versions: await drillVersions(),
      operator: 'ufficio servizi informatici',
    },
    planEvent(runbook, (step) => partsOf(step, inventory), roleNames(inventory)),
  ];
}

function partsOf(step: RunbookStep, inventory: Inventory): PlannedStep[] {
  const work = 'work' in step ? step.work : undefined;
  if (work === 'restore') return restoreSteps(inventory, 'viareggio');
  return work === 'return-restore' ? restoreSteps(inventory, 'lucca') : [];
}

/** The plan's targets for file server and domain, and where they stand; `rtoSeconds` overrides the RTO. */
export function planTargets(
  inventory: Inventory,
  rtoSeconds: number | undefined,
): { rtoTargetSeconds: number; rpoTargetSeconds: number; rtoSource: string; rpoSource: string } {
  const { rtoHours, rpoHours, source } = inventory.targets.fileServerAndDomain;
  const document = inventory.documents.find(({ id }) => id === source.document);
  const planned = `${document?.nameIt ?? source.document}, ${source.clause}`;
  return {
    rtoTargetSeconds: rtoSeconds ?? rtoHours * 3600,
    rpoTargetSeconds: rpoHours * 3600,
    rtoSource: rtoSeconds === undefined ? planned : '--rto',
    rpoSource: planned,
  };
}
