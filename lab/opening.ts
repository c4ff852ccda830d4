/** What every run of the plan writes first, a drill and a disaster alike: its targets, its versions, its steps. */
import { roleNames } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { Runbook } from '../runbooks/plan/model.ts';
import type { RunMode } from '../runbooks/run/next-steps.ts';
import { restoreSteps } from '../runbooks/works/restore-site.ts';
import type { Disaster } from './disasters.ts';
import { drillVersions } from './versions.ts';

type RunStarted = Extract<EvidenceEvent, { type: 'run-started' }>;

export async function openingOf(
  run: { runId: string; runbook: Runbook; inventory: Inventory; rtoSeconds: number | undefined } & {
    mode: RunMode & { scenario: Disaster };
  },
): Promise<EvidenceEvent[]> {
  const { runId, runbook, inventory, rtoSeconds, mode } = run;
  return [
    {
      type: 'run-started',
      runId,
      ...mode,
      ...planTargets(inventory, rtoSeconds),
      versions: await drillVersions(),
      operator: 'ufficio servizi informatici',
    },
    planEvent(
      runbook,
      (step) => ('work' in step && step.work === 'restore' ? restoreSteps(inventory) : []),
      roleNames(inventory),
    ),
  ];
}

/** The plan's targets for file server and domain, and where they stand; `rtoSeconds` overrides the RTO. */
export function planTargets(
  inventory: Inventory,
  rtoSeconds: number | undefined,
): Pick<RunStarted, 'rtoTargetSeconds' | 'rpoTargetSeconds' | 'rtoSource' | 'rpoSource'> {
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
