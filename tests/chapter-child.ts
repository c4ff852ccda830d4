/**
 * Executes the drill's whole runbook, its live page included, as `dr drill` does: `chapter-child.ts SETTINGS`. Only the machine works
 * are short ones, which change no host: what they do there, tests/lab proves.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChildSettings } from '../bench/small-run/runbook.ts';
import { actOn } from '../cli/live.ts';
import { viewingOf } from '../cli/runs.ts';
import { utcNow } from '../core/time.ts';
import { requireInventory } from '../inventory/load.ts';
import { type DrillSettings, letterSurroundings } from '../lab/drill.ts';
import { openingOf } from '../lab/opening.ts';
import { serveLive } from '../report/live/server.ts';
import { writeReport } from '../report/write.ts';
import type { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { workNames } from '../runbooks/plan/model.ts';
import { drillRunbook } from '../runbooks/plan/runbooks.ts';
import { evidencePath, executeRun } from '../runbooks/run/run.ts';
import { sourceOfLog } from '../runbooks/view/run-source.ts';
import { letterMailroom } from '../runbooks/works/mailroom.ts';
import { restoreSteps } from '../runbooks/works/restore-site.ts';
import type { Work, Works } from '../runbooks/works/work.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by who started this
const given = JSON.parse(process.argv[2] ?? '') as ChildSettings;
const { runId, directory, databaseUrl, workMs, page, failing } = given;
process.env['DR_INVENTORY'] = page?.personFolder;
const inventory = await requireInventory();
const runbook = drillRunbook();
const settings: DrillSettings = {
  kind: 'drill',
  scenario: 'D1',
  dataBytes: 1,
  inject: [],
  keep: false,
  unattended: false,
  locale: 'it',
  reportsDirectory: dirname(directory),
};

const short: Work = async () => {
  await wait(workMs);
  return { outcome: 'done', detail: '' };
};

const works: Works = {
  ...Object.fromEntries(workNames.map((name) => [name, short])),
  disaster: async ({ recorder }) => {
    recorder.milestone('event', 'measured');
    return await Promise.resolve({ outcome: 'done', detail: 'D1' });
  },
  cassette: async (context) => {
    if (failing !== undefined && existsSync(failing)) throw new Error('nessuna cassetta nel lettore');
    return await short(context);
  },
  'choose-snapshot': async ({ append }) => {
    append({
      type: 'cassette',
      label: inventory.cassettes[0]?.label ?? '-',
      serial: 'S1',
      repositoryId: 'r1',
      snapshotId: 'a1b2c3d4',
      snapshotAtUtc: new Date(Date.now() - 3_600_000).toISOString(),
      site: 'viareggio',
      sizeBytes: 1,
    });
    return await Promise.resolve({ outcome: 'done', detail: '' });
  },
  restore: async ({ recorder }) => {
    recorder.milestone('restore-started', 'measured');
    for (const { step } of restoreSteps(inventory, 'viareggio'))
      await recorder.step(step, async () => await wait(workMs));
    const damaged = failing !== undefined && existsSync(`${failing}-damaged`);
    recorder.check({
      id: 'files',
      titleIt: 'File come sulla cassetta',
      titleEn: 'Files as on the cassette',
      outcome: damaged ? 'FAIL' : 'PASS',
      evidence: damaged ? 'bilancio.xlsx' : '12 file',
      durationMs: 1,
    });
    for (const { id, nameIt, nameEn } of inventory.applications)
      recorder.check({
        id: `app.${id}.rows`,
        titleIt: nameIt,
        titleEn: nameEn,
        outcome: 'PASS',
        evidence: '3 righe / rows',
        durationMs: 1,
      });
    recorder.verified();
    recorder.requireVerified();
    return { outcome: 'done', detail: '' };
  },
};

async function servePage(log: EvidenceLog): Promise<{ close: () => Promise<void> }> {
  if (log.records.length === 0) await new Promise<void>((resolve) => log.subscribe(() => resolve()));
  const source = sourceOfLog(log, await viewingOf(runId, settings));
  const act = actOn({ runId, databaseUrl, settings });
  const served = await serveLive({ source, act, port: page?.port ?? 0, locale: 'it' });
  process.stdout.write(`page ${served.url}\n`);
  return served;
}

let served: ReturnType<typeof servePage> | undefined;
await executeRun({
  runId,
  directory,
  databaseUrl,
  runbook,
  settings,
  mode: { kind: 'drill', scenario: 'D1', unattended: false },
  roles: inventory.roles.map(({ id }) => id),
  works,
  mailroom: letterMailroom(letterSurroundings(runId, inventory, settings), directory),
  opening: async () =>
    await openingOf({
      runId,
      runbook,
      inventory,
      rtoSeconds: undefined,
      mode: { kind: 'drill', scenario: 'D1', unattended: false },
    }),
  closing: async () => {
    await Promise.resolve(writeReport(evidencePath(directory), directory, { locale: 'it' }));
  },
  attach: (log) => {
    served = servePage(log);
  },
  onDetail: () => undefined,
  onTrouble: (text) => process.stdout.write(`trouble ${text} ${utcNow()}\n`),
});
await (await served)?.close();
// oxlint-disable-next-line unicorn/no-process-exit -- a program of its own
process.exit(0);
