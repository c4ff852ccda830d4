/** The plan's runbook on the day: the same steps as a drill without its preparation, on real hosts (or in a lab, to try it). */
import { join } from 'node:path';
import { z } from 'zod';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';
import { disasters } from '../lab/disasters.ts';
import type { DrillHooks } from '../lab/drill.ts';
import { openingOf, planTargets } from '../lab/opening.ts';
import { databaseFolder } from '../lab/paths.ts';
import { locales } from '../report/texts.ts';
import { type WrittenReport, writeReport } from '../report/write.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import { disasterRunbook } from '../runbooks/plan/runbooks.ts';
import { evidencePath, executeRun } from '../runbooks/run/run.ts';
import { type LetterSurroundings, letterMailroom } from '../runbooks/works/mailroom.ts';
import { siteWorks } from '../runbooks/works/site-works.ts';
import { surroundingsOf } from './surroundings.ts';

/** Kept with the run, so that it can be gone on with, also from another computer. Paths and names, no secret. */
export const restoreSettingsSchema = z.strictObject({
  kind: z.literal('restore'),
  /** The first guess; step 6.1.1-scenario says what it is. */
  scenario: z.enum(disasters),
  rtoSeconds: z.number().positive().optional(),
  locale: z.enum(locales),
  reportsDirectory: z.string(),
  /** Where the hosts are; see surroundings.ts. */
  place: z.strictObject({
    lab: z.string().optional(),
    access: z.string().optional(),
    secrets: z.string().optional(),
    inventory: z.string().optional(),
    backend: z.string().optional(),
  }),
});
export type RestoreSettings = z.infer<typeof restoreSettingsSchema>;

/** Begins the run or goes on with it; returns when it is over. */
export async function restoreRun(
  runId: string,
  settings: RestoreSettings,
  hooks: DrillHooks,
): Promise<WrittenReport> {
  const inventory = await requireInventory(settings.place.inventory);
  const directory = join(settings.reportsDirectory, runId);
  const runbook = disasterRunbook();
  const mode = { kind: 'restore', scenario: settings.scenario, unattended: false } as const;
  const written = Promise.withResolvers<WrittenReport>();
  await executeRun({
    runId,
    directory,
    runbook,
    settings,
    databaseUrl: await openDatabase(databaseFolder()),
    mode,
    roles: inventory.roles.map(({ id }) => id),
    works: siteWorks({
      surroundings: async () => await surroundingsOf(settings.place, hooks.onDetail),
      role: 'active',
      attended: true,
    }),
    mailroom: letterMailroom(restoreLetters(runId, inventory, settings), directory),
    opening: async () =>
      await openingOf({ runId, runbook, inventory, rtoSeconds: settings.rtoSeconds, mode }),
    closing: async () => {
      written.resolve(writeReport(evidencePath(directory), directory, { locale: settings.locale }));
      await Promise.resolve();
    },
    attach: hooks.attach,
    onDetail: hooks.onDetail,
    onTrouble: hooks.onDetail,
  });
  return await written.promise;
}

/** What its letters are made from. */
export function restoreLetters(
  runId: string,
  inventory: Inventory,
  { scenario, rtoSeconds, place }: RestoreSettings,
): LetterSurroundings {
  return {
    inventory,
    inventoryFolder: inventoryFolder(place.inventory),
    runId,
    kind: 'restore',
    scenario,
    rtoTargetSeconds: planTargets(inventory, rtoSeconds).rtoTargetSeconds,
  };
}
