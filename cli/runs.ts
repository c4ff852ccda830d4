/** Which run a command is about, and what is needed to look at it, to speak to it or to go on with it. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import { roleNames } from '../inventory/lookup.ts';
import { defaultReportsDirectory, letterSurroundings } from '../lab/drill.ts';
import { databaseFolder } from '../lab/paths.ts';
import { pastRuns } from '../report/past-runs.ts';
import { writeReport } from '../report/write.ts';
import { openCaller } from '../runbooks/durable/dbos.ts';
import { findDatabase, openDatabase } from '../runbooks/durable/postgres.ts';
import { onlyReads, RunStore, type StoredRun } from '../runbooks/durable/store.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { type Command, isLate, type Reply, replySchema, type Signal } from '../runbooks/run/command.ts';
import { declareAfterwards } from '../runbooks/run/declare.ts';
import { runFinished } from '../runbooks/run/refusals.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { followRun, type RunSource, type Viewing } from '../runbooks/view/run-source.ts';
import { letterView } from '../runbooks/works/mailroom.ts';
import { inventoryHere } from './on-this-computer.ts';
import { type RunSettings, runSettingsSchema } from './run-settings.ts';
import { siteLetters } from './site-run.ts';

export type KnownRun = { runId: string; finished: boolean; settings: RunSettings; databaseUrl: string };

/** A person waits this long for what comes of an answer; a run that nobody executes now takes it later. */
const REPLY_SECONDS = 15;

/**
 * Who only looks takes the database as it is; who is to go on with a run starts it.
 * The run named, else the newest that is not finished, else the newest.
 * @throws DrError NO_RUNS, RUN_UNKNOWN, DATABASE_UNREACHABLE
 */
export async function knownRun(
  wanted: string | undefined,
  database: 'look' | 'start' = 'look',
): Promise<KnownRun> {
  const folder = databaseFolder();
  const databaseUrl = database === 'start' ? await openDatabase(folder) : await findDatabase(folder);
  if (databaseUrl === undefined) throw noRunsNow();
  await using store = await RunStore.open(databaseUrl, { create: false });
  const runs = await store.runs();
  const found =
    wanted === undefined ? (runs.find(({ finished }) => !finished) ?? runs[0]) : named(runs, wanted);
  if (found === undefined) throw noRuns();
  return { ...found, settings: runSettingsSchema.parse(found.settings), databaseUrl };
}

function named(runs: readonly StoredRun[], wanted: string): StoredRun {
  const found = runs.filter(({ runId }) => runId === wanted || runId.startsWith(wanted));
  const [run] = found;
  if (run !== undefined && found.length === 1) return run;
  const all = runs.map(({ runId }) => runId).join(', ') || '-';
  throw new DrError(
    'RUN_UNKNOWN',
    found.length === 0
      ? `Nessuna esecuzione si chiama "${wanted}". / No run has this name.`
      : `"${wanted}" è l'inizio del nome di più esecuzioni. / Several runs have a name that begins so.`,
    `Indicarne una / name one of: ${all}`,
  );
}

/** What a view of the run needs besides its evidence. */
export async function viewingOf(runId: string, settings: RunSettings): Promise<Viewing> {
  const inventory = await requireInventory(inventoryHere(settings));
  const letters =
    settings.kind === 'drill'
      ? letterSurroundings(runId, inventory, settings)
      : siteLetters(runId, inventory, settings);
  return {
    runbook: runbookOf(settings.kind, inventory),
    roles: roleNames(inventory),
    letterOf: (step, progress) => letterView(step, letters, progress),
    pastRuns: pastRuns(settings.reportsDirectory, settings.kind),
  };
}

/** Follows a run; executes nothing. */
export async function watchedRun(run: KnownRun): Promise<RunSource> {
  const path = evidencePath(join(run.settings.reportsDirectory, run.runId));
  return await followRun({ ...run, evidencePath: path }, await viewingOf(run.runId, run.settings));
}

type Addressed = Pick<KnownRun, 'runId' | 'settings' | 'databaseUrl'>;

/** Says something to a run and waits for what comes of it. @throws DrError: the refusal, or RUN_NOT_EXECUTED */
export async function sayTo(run: Addressed, command: Command): Promise<void> {
  const reply = await askRun(run, command);
  if (!reply.ok) throw new DrError(reply.code, reply.message, reply.hint);
}

/** Like {@link sayTo}, with the refusal as a value. */
export async function askRun(run: Addressed, command: Command): Promise<Reply> {
  const { runId, databaseUrl } = run;
  await using store = await RunStore.open(databaseUrl, { create: false });
  if (await store.isStandby()) return { ok: false, ...toErrorRecord(onlyReads(databaseUrl)) };
  if ((await store.run(runId))?.finished === true) return await afterTheEnd(run, command);
  await using caller = await openCaller(databaseUrl, runId);
  const id = randomUUID();
  const signal: Signal = { type: 'command', id, command };
  const reply = await caller.ask(id, signal, REPLY_SECONDS);
  if (reply !== undefined) return replySchema.parse(reply);
  // It may have ended in the very moment; else nobody executes it now.
  return (await store.run(runId))?.finished === true ? await afterTheEnd(run, command) : notExecuted(runId);
}

/** A run that is over takes nothing more but a time that people know and what they wrote on paper; its report is made anew with it. */
async function afterTheEnd(run: Addressed, command: Command): Promise<Reply> {
  if (!isLate(command)) return { ok: false, ...toErrorRecord(runFinished('-')) };
  const { runbook, roles } = await viewingOf(run.runId, run.settings);
  const { kind, reportsDirectory, locale } = run.settings;
  const directory = runFolder(run);
  const mode = { kind, unattended: false };
  try {
    await declareAfterwards({ ...run, directory, runbook, mode, roles: Object.keys(roles) }, command);
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    return { ok: false, ...toErrorRecord(error) };
  }
  writeReport(evidencePath(join(reportsDirectory, run.runId)), directory, { locale });
  return { ok: true };
}

export function runFolder({ runId, settings }: Pick<KnownRun, 'runId' | 'settings'>): string {
  return join(settings.reportsDirectory, runId);
}

/** The folder in whose `local` the names behind the codes are kept. */
export function personFolder(settings: RunSettings): string {
  return inventoryFolder(inventoryHere(settings));
}

function notExecuted(runId: string): Reply {
  return {
    ok: false,
    code: 'RUN_NOT_EXECUTED',
    message: `La risposta è registrata, ma nessun programma sta eseguendo ${runId}: sarà presa alla ripresa. / The answer is kept, but no program executes the run now: it will be taken when it goes on.`,
    hint: 'Riprendere con "dr resume". / Go on with "dr resume".',
  };
}

/** Where the database does not answer: after a power cut no run is lost, and nobody must believe so. */
export function noRunsNow(): DrError {
  if (!existsSync(join(databaseFolder(), 'settings.json'))) return noRuns();
  return new DrError(
    'RUNS_AT_REST',
    'Su questo computer nessuna esecuzione è in corso; quelle di prima sono conservate. / No run is under way on this computer; those from before are kept.',
    'Riprendere un\'esecuzione interrotta: "dr resume". Rileggere una conclusa: "dr report". / Go on with one that was cut off: "dr resume". Read one that is over: "dr report".',
  );
}

function noRuns(): DrError {
  return new DrError(
    'NO_RUNS',
    'Nessuna esecuzione su questo computer. / There is no run on this computer.',
    `Cominciarne una con "dr drill" o "dr restore"; quelle altrove si vedono con DR_DATABASE_URL. I rapporti sono in ${defaultReportsDirectory()}. / Begin one with "dr drill" or "dr restore"; DR_DATABASE_URL shows those elsewhere.`,
  );
}
