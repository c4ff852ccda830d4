/**
 * The drill: the plan's runbook, from a Lucca at work in a lab over its loss to a Viareggio that is verified and accepted, with
 * people's answers or with simulated ones. The lab is taken away when the run is over, whatever came of it; a drill that was cut off
 * can be gone on with (`dr resume`).
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { utcNow } from '../core/time.ts';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { locales } from '../report/texts.ts';
import { type WrittenReport, writeReport } from '../report/write.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import type { EvidenceLog, RunKind } from '../runbooks/evidence/evidence.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { evidencePath, executeRun } from '../runbooks/run/run.ts';
import { type LetterSurroundings, letterMailroom } from '../runbooks/works/mailroom.ts';
import { disasters } from './disasters.ts';
import { DRILL_LAB, drillWorks } from './drill-works.ts';
import { injections } from './inject.ts';
import { labDown } from './lab.ts';
import { openingOf, planTargets } from './opening.ts';
import { databaseFolder } from './paths.ts';
import { withProcessLock } from './process-lock.ts';

/** What a drill is asked for; kept with the run, so that it can be gone on with. */
export const drillSettingsSchema = z.strictObject({
  kind: z.literal('drill'),
  scenario: z.enum(disasters),
  dataBytes: z.number().int().positive(),
  /** Overrides the plan's target. */
  rtoSeconds: z.number().positive().optional(),
  inject: z.array(z.enum(injections)),
  /** Leaves the lab running afterwards. */
  keep: z.boolean(),
  /** Simulates what people answer. */
  unattended: z.boolean(),
  locale: z.enum(locales),
  /** Holds the runs' folders. */
  reportsDirectory: z.string(),
});
export type DrillSettings = z.infer<typeof drillSettingsSchema>;

export type DrillHooks = {
  /** Sees every record as it is written (the screen). */
  attach: (log: EvidenceLog) => void;
  /** A line about the step that runs, or about trouble that the run lives with. */
  onDetail: (text: string) => void;
};

export function defaultReportsDirectory(): string {
  return resolve(projectDirectory(), 'reports');
}

export function newRunId(kind: RunKind): string {
  return `${kind}-${utcNow().replaceAll(/[-:]|\.\d+/g, '')}`;
}

/** Carries a drill out and writes its report. What could not be carried out is in the report too (verdict NOT CARRIED OUT). */
export async function drill(
  runId: string,
  settings: DrillSettings,
  hooks: DrillHooks,
): Promise<WrittenReport> {
  return await withProcessLock('drill', async () => {
    // A lab of this name is what an earlier drill left when it was killed: the lock proves that none is running.
    await labDown(DRILL_LAB);
    return await carryOut(runId, settings, hooks);
  });
}

/** Goes on with a drill that was cut off. @throws DrError RUN_FINISHED, RUN_EXECUTED_ELSEWHERE, RUNBOOK_CHANGED */
export async function resumeDrill(
  runId: string,
  settings: DrillSettings,
  hooks: DrillHooks,
): Promise<WrittenReport> {
  return await withProcessLock('drill', async () => await carryOut(runId, settings, hooks));
}

async function carryOut(runId: string, settings: DrillSettings, hooks: DrillHooks): Promise<WrittenReport> {
  const { scenario, unattended, locale } = settings;
  const inventory = await requireInventory();
  const directory = join(settings.reportsDirectory, runId);
  const runbook = runbookOf('drill', inventory);
  const mode = { kind: 'drill', scenario, unattended } as const;
  const written = Promise.withResolvers<WrittenReport>();
  await executeRun({
    runId,
    directory,
    runbook,
    settings,
    databaseUrl: await openDatabase(databaseFolder()),
    openDatabase: async () => await openDatabase(databaseFolder()),
    mode,
    roles: inventory.roles.map(({ id }) => id),
    ...drillWorks({ ...settings, inventory, onDetail: hooks.onDetail }),
    mailroom: letterMailroom(letterSurroundings(runId, inventory, settings), directory),
    opening: async () =>
      await openingOf({ runId, runbook, inventory, rtoSeconds: settings.rtoSeconds, mode }),
    closing: async () => {
      if (!settings.keep) await labDown(DRILL_LAB);
      written.resolve(writeReport(evidencePath(directory), directory, { locale }));
    },
    attach: hooks.attach,
    onDetail: hooks.onDetail,
    onTrouble: hooks.onDetail,
  });
  return await written.promise;
}

/** What the letters of a drill are made from; also for who only reads them. */
export function letterSurroundings(
  runId: string,
  inventory: Inventory,
  { rtoSeconds }: DrillSettings,
): LetterSurroundings {
  return {
    inventory,
    inventoryFolder: inventoryFolder(),
    runId,
    kind: 'drill',
    rtoTargetSeconds: planTargets(inventory, rtoSeconds).rtoTargetSeconds,
  };
}
