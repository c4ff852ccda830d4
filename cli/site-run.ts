/** A run on real hosts, or in a lab to try it: the plan's runbook on the day, and the return to Lucca. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';
import { disasters } from '../lab/disasters.ts';
import type { DrillHooks } from '../lab/drill.ts';
import { openingOf, planTargets, type RunMode } from '../lab/opening.ts';
import { databaseFolder } from '../lab/paths.ts';
import { locales } from '../report/texts.ts';
import { type WrittenReport, writeReport } from '../report/write.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { evidencePath, executeRun } from '../runbooks/run/run.ts';
import { type LetterSurroundings, letterMailroom } from '../runbooks/works/mailroom.ts';
import { returnWorks } from '../runbooks/works/return-works.ts';
import type { RunWatch } from '../runbooks/works/site-watch.ts';
import { type SiteSurroundings, siteWorks } from '../runbooks/works/site-works.ts';
import type { Works } from '../runbooks/works/work.ts';
import { type PlaceFlags, surroundingsOf } from './surroundings.ts';

/** Kept with the run, so that it can be gone on with, also from another computer. Paths and names, no secret. */
const common = {
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
};
export const restoreSettingsSchema = z.strictObject({
  kind: z.literal('restore'),
  /** The first guess; what people answer at 6.1.1-scenario counts instead. */
  scenario: z.enum(disasters),
  rtoSeconds: z.number().positive().optional(),
  ...common,
});
export const returnSettingsSchema = z.strictObject({ kind: z.literal('return'), ...common });
export type SiteRunSettings = z.infer<typeof restoreSettingsSchema> | z.infer<typeof returnSettingsSchema>;

/** Begins the run or goes on with it; returns when it is over. */
export async function siteRun(
  runId: string,
  settings: SiteRunSettings,
  hooks: DrillHooks,
): Promise<WrittenReport> {
  const inventory = await requireInventory(settings.place.inventory);
  const directory = join(settings.reportsDirectory, runId);
  const runbook = runbookOf(settings.kind, inventory);
  const mode = modeOf(settings);
  const rtoSeconds = settings.kind === 'restore' ? settings.rtoSeconds : undefined;
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
    ...worksOf(settings, async () => await surroundingsOf(settings.place, hooks.onDetail)),
    mailroom: letterMailroom(siteLetters(runId, inventory, settings), directory),
    opening: async () => await openingOf({ runId, runbook, inventory, rtoSeconds, mode }),
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

function modeOf(settings: SiteRunSettings): RunMode {
  if (settings.kind === 'return') return { kind: 'return', unattended: false };
  return { kind: 'restore', scenario: settings.scenario, unattended: false };
}

function worksOf(
  { kind }: SiteRunSettings,
  surroundings: () => Promise<SiteSurroundings>,
): { works: Works; watch?: RunWatch } {
  return kind === 'return'
    ? { works: returnWorks(surroundings) }
    : siteWorks({ surroundings, role: 'active', attended: true });
}

/** What its letters are made from. */
export function siteLetters(
  runId: string,
  inventory: Inventory,
  settings: SiteRunSettings,
): LetterSurroundings {
  const base = { inventory, inventoryFolder: inventoryFolder(settings.place.inventory), runId };
  if (settings.kind === 'return') return { ...base, kind: 'return' };
  const { kind, rtoSeconds } = settings;
  return { ...base, kind, rtoTargetSeconds: planTargets(inventory, rtoSeconds).rtoTargetSeconds };
}

/** Whoever goes on with the run may stand in another folder. */
export function lastingPlace({ lab, backend, ...paths }: PlaceFlags): SiteRunSettings['place'] {
  const [access, secrets, inventory] = [paths.access, paths.secrets, paths.inventory].map((path) =>
    path === undefined ? undefined : resolve(path),
  );
  return Object.fromEntries(
    Object.entries({ lab, access, secrets, inventory, backend }).filter(([, value]) => value !== undefined),
  );
}
