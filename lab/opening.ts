/** What every run writes first, a drill, a disaster and a return alike: its targets (where it has any) and what the documents promise, its versions, its steps. */
import { roleNames } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Source } from '../inventory/schema-common.ts';
import { coverageEntries } from '../runbooks/evidence/coverage-entries.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { PlannedStep } from '../runbooks/evidence/recorder.ts';
import type { RunService } from '../runbooks/evidence/services.ts';
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
        services: runServices(inventory),
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

/** The applications that come back at Viareggio. Their targets are the study's; the plan's is shown beside, where it differs. */
export function runServices(inventory: Inventory): RunService[] {
  return inventory.applications.map(({ id, nameIt, nameEn, serviceClass, rtoHours, rpoHours, source }) => {
    const planned = inventory.serviceClasses.find((known) => known.id === serviceClass)?.plan?.rtoHours;
    return {
      id,
      nameIt,
      nameEn,
      serviceClass,
      rtoTargetSeconds: rtoHours * 3600,
      rpoTargetSeconds: rpoHours * 3600,
      source: clauseOf(inventory, source),
      ...(planned !== undefined && planned !== rtoHours && { planRtoSeconds: planned * 3600 }),
    };
  });
}

/** The plan's targets for file server and domain, and where they stand; `rtoSeconds` overrides the RTO. */
export function planTargets(
  inventory: Inventory,
  rtoSeconds: number | undefined,
): { rtoTargetSeconds: number; rpoTargetSeconds: number; rtoSource: string; rpoSource: string } {
  const { rtoHours, rpoHours, source } = inventory.targets.fileServerAndDomain;
  const planned = clauseOf(inventory, source);
  return {
    rtoTargetSeconds: rtoSeconds ?? rtoHours * 3600,
    rpoTargetSeconds: rpoHours * 3600,
    rtoSource: rtoSeconds === undefined ? planned : '--rto',
    rpoSource: planned,
  };
}

function clauseOf({ documents }: Inventory, { document, clause }: Source): string {
  return `${documents.find(({ id }) => id === document)?.nameIt ?? document}, ${clause}`;
}
