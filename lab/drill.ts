/**
 * The drill: a lab is made, Lucca works and is backed up, Lucca is lost, Viareggio takes over from the cassette, and the report
 * says how long it took and what was proved. The lab is taken away at the end, whatever happened.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { utcNow } from '../core/time.ts';
import { requireInventory } from '../inventory/load.ts';
import { serverAt } from '../inventory/lookup.ts';
import type { Cassette, Inventory } from '../inventory/schema.ts';
import { projectDirectory } from '../platforms/cache.ts';
import type { Locale } from '../report/texts.ts';
import { type WrittenReport, writeReport } from '../report/write.ts';
import { EvidenceLog } from '../runbooks/evidence.ts';
import { Recorder } from '../runbooks/recorder.ts';
import { restoreSite, restoreSteps } from '../runbooks/restore-site.ts';
import { type BackupOutcome, backup } from '../scripts/backup.ts';
import { whileIsolated } from '../scripts/watch-isolation.ts';
import { dataDiskBytesFor } from './data.ts';
import type { Disaster } from './disasters.ts';
import { preparationSteps, reactionSteps } from './drill-steps.ts';
import { type Injection, inject } from './inject.ts';
import { type Lab, labDown, labUp } from './lab.ts';
import { buildLucca, type LabSurroundings, labSurroundings } from './lucca.ts';
import { withProcessLock } from './process-lock.ts';
import { drillVersions } from './versions.ts';

export type DrillOptions = {
  scenario: Disaster;
  dataBytes: number;
  /** Overrides the plan's target. */
  rtoSeconds?: number;
  inject?: Injection;
  /** Leaves the lab running afterwards. */
  keep: boolean;
  locale: Locale;
  reportsDirectory?: string;
  /** Sees every record as it is written (the screen). */
  attach: (log: EvidenceLog) => void;
  /** A line about the step that runs. */
  onDetail: (text: string) => void;
};

export const DRILL_LAB = 'drill';
/** Often enough to notice a line that comes back, seldom enough to cost the restore nothing. */
const WATCH_EVERY_MS = 10_000;

/** Runs the drill and writes its report. What could not be carried out is in the report too (verdict NOT CARRIED OUT). */
export async function drill(options: DrillOptions): Promise<WrittenReport> {
  return await withProcessLock('drill', async () => await runDrill(options));
}

async function runDrill(options: DrillOptions): Promise<WrittenReport> {
  const inventory = await requireInventory();
  const runId = `drill-${utcNow().replaceAll(/[-:]|\.\d+/g, '')}`;
  const directory = join(options.reportsDirectory ?? resolve(projectDirectory(), 'reports'), runId);
  mkdirSync(directory, { recursive: true });
  const log = new EvidenceLog(join(directory, 'evidence.jsonl'));
  options.attach(log);
  await recordStart(log, runId, inventory, options);
  const recorder = new Recorder(log);
  recorder.plan([...preparationSteps, ...reactionSteps, ...restoreSteps(inventory)]);
  try {
    await carryOut(inventory, recorder, log, options);
    log.append({ type: 'run-finished', outcome: 'completed', detail: '' });
  } catch (error) {
    const { code, message, hint } = toErrorRecord(error);
    log.append({ type: 'run-finished', outcome: 'aborted', detail: `${code}: ${message} → ${hint}` });
  } finally {
    if (!options.keep) await labDown(DRILL_LAB);
  }
  return writeReport(log.path, directory, { locale: options.locale });
}

async function recordStart(
  log: EvidenceLog,
  runId: string,
  inventory: Inventory,
  options: DrillOptions,
): Promise<void> {
  const { rtoHours, rpoHours, source } = inventory.targets.fileServerAndDomain;
  const document = inventory.documents.find(({ id }) => id === source.document);
  const planned = `${document?.nameIt ?? source.document}, ${source.clause}`;
  log.append({
    type: 'run-started',
    runId,
    kind: 'drill',
    scenario: options.scenario,
    rtoTargetSeconds: options.rtoSeconds ?? rtoHours * 3600,
    rpoTargetSeconds: rpoHours * 3600,
    rtoSource: options.rtoSeconds === undefined ? planned : '--rto',
    rpoSource: planned,
    versions: await drillVersions(),
    operator: 'ufficio servizi informatici',
  });
}

async function carryOut(
  inventory: Inventory,
  recorder: Recorder,
  log: EvidenceLog,
  options: DrillOptions,
): Promise<void> {
  // A lab of this name is what an earlier drill left when it was killed: the lock proves that none is running.
  await labDown(DRILL_LAB);
  const lab = await recorder.step('lab', async () => await makeLab(inventory, options));
  await recorder.step(
    'lucca',
    async () => await buildLucca(lab, inventory, options.dataBytes, options.onDetail),
  );
  const surroundings = await labSurroundings(lab, options.onDetail);
  const cassette = await preparedCassette(inventory, lab, options);
  const taken = await recorder.step(
    'backup',
    async () => await backUp(inventory, lab, surroundings, cassette),
    ({ manifest, snapshotId }) =>
      `${snapshotId.slice(0, 8)}: ${manifest.entries} file, ${manifest.sizeBytes} byte`,
  );
  await recorder.step('disaster', async () => await lab.disaster(options.scenario));
  recorder.milestone('event', 'measured');
  // An exercise is carried out where Lucca cannot be reached; after D3 its domain controller still answers.
  await lab.setWan({ up: false });
  react(recorder);
  await recorder.step('cassette', async () => await plugAtViareggio(inventory, lab, cassette, log, taken));
  recorder.milestone('cassette-in-hand', 'measured');
  const from = {
    label: cassette.label,
    snapshot: taken.snapshotId,
    cassetteHost: serverAt(inventory, 'viareggio', 'file-server').name,
  };
  await whileIsolated(surroundings.context, 'viareggio', WATCH_EVERY_MS, async () => {
    await restoreSite(surroundings.context, surroundings.place, { role: 'exercise', from }, recorder, {
      onDetail: options.onDetail,
      beforeVerification: async () => await damage(surroundings, inventory, recorder, options.inject),
    });
  });
  recorder.milestone('accepted', 'simulated');
  recorder.note(
    "La copia è stata fatta pochi secondi prima del disastro: la perdita di dati misurata qui è quella dell'esercitazione, non quella di una cassetta del giorno prima.",
    "The backup was taken seconds before the disaster: the data loss measured here is the drill's, not that of yesterday's cassette.",
    'simulated',
  );
}

async function makeLab(inventory: Inventory, options: DrillOptions): Promise<Lab> {
  return await labUp({
    name: DRILL_LAB,
    inventory,
    dataDiskBytes: dataDiskBytesFor(options.dataBytes),
    onProgress: options.onDetail,
  });
}

/** Room for the data, which office files fill with little to compress, and as much again for later snapshots. */
const CASSETTE_ROOM = 2;
const CASSETTE_MINIMUM_BYTES = 2 * 1024 ** 3;

async function preparedCassette(inventory: Inventory, lab: Lab, options: DrillOptions): Promise<Cassette> {
  const cassette = inventory.cassettes.find(
    ({ rotation, homeSite }) => rotation === 'daily' && homeSite === inventory.rotation.custody.site,
  );
  if (cassette === undefined) {
    throw new DrError(
      'INVENTORY_LOOKUP',
      'Nessuna cassetta giornaliera ha sede a Viareggio. / No daily cassette is kept at Viareggio.',
      'Dichiararla in inventory/cassettes.yaml. / Declare one there.',
    );
  }
  await lab.createCassetteDisk({
    label: cassette.label,
    serial: cassette.serial,
    sizeBytes: Math.max(CASSETTE_MINIMUM_BYTES, options.dataBytes * CASSETTE_ROOM),
  });
  return cassette;
}

async function backUp(
  inventory: Inventory,
  lab: Lab,
  { context }: LabSurroundings,
  { label }: Cassette,
): Promise<BackupOutcome> {
  const fileServer = serverAt(inventory, 'lucca', 'file-server').name;
  await lab.plugCassette(label, fileServer);
  const taken = await backup(context, {
    fileServer,
    controller: serverAt(inventory, 'lucca', 'domain-controller').name,
    label,
  });
  await lab.unplugCassette(label);
  return taken;
}

/** What people do between the event and the start of the restore; an unattended drill only names it. */
function react(recorder: Recorder): void {
  recorder.simulated('detect');
  recorder.milestone('detection', 'simulated');
  recorder.simulated('declare');
  recorder.milestone('declaration', 'simulated');
  recorder.simulated('decide');
  recorder.milestone('activation', 'simulated');
  recorder.simulated('travel');
  recorder.milestone('team-on-site', 'simulated');
}

async function plugAtViareggio(
  inventory: Inventory,
  lab: Lab,
  { label }: Cassette,
  log: EvidenceLog,
  taken: BackupOutcome,
): Promise<void> {
  await lab.plugCassette(label, serverAt(inventory, 'viareggio', 'file-server').name);
  log.append({
    type: 'cassette',
    label,
    serial: taken.cassette.serial,
    repositoryId: taken.cassette.repositoryId,
    snapshotId: taken.snapshotId,
    snapshotAtUtc: taken.takenAtUtc,
    site: 'viareggio',
    sizeBytes: taken.manifest.sizeBytes,
  });
}

async function damage(
  { context }: LabSurroundings,
  inventory: Inventory,
  recorder: Recorder,
  injection: Injection | undefined,
): Promise<void> {
  if (injection === undefined) return;
  const what = await inject(context.access, inventory, injection);
  recorder.note(
    `Danno provocato di proposito (${injection}): ${what}`,
    `Damage done on purpose (${injection}): ${what}`,
    'measured',
  );
}
