/** One run from its beginning, or from where it was cut off, to its end: database, fence, evidence and engine put together. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DrError } from '../../core/errors.ts';
import { openEngine } from '../durable/dbos.ts';
import { Fence, type Reopen } from '../durable/fence.ts';
import type { Durable } from '../durable/port.ts';
import { RunStore } from '../durable/store.ts';
import type { EvidenceEvent, EvidenceLog } from '../evidence/evidence.ts';
import { RunEvidence } from '../evidence/run-evidence.ts';
import { optionsOf, type Runbook } from '../plan/model.ts';
import type { RunWatch } from '../works/site-watch.ts';
import { Conductor, type Execution } from './execute.ts';
import { watchRun } from './watch.ts';

export type RunOptions = Pick<
  Execution,
  'runbook' | 'mode' | 'roles' | 'works' | 'mailroom' | 'onDetail' | 'patienceMs'
> & {
  runId: string;
  /** Where the run's evidence and letters are kept. */
  directory: string;
  databaseUrl: string;
  /** Starts the database again where it is one of our own that has died, and gives its address; throws while it can't. */
  openDatabase?: () => Promise<string>;
  /** What another computer needs to go on; kept in the database. No secret. */
  settings: unknown;
  opening: () => Promise<readonly EvidenceEvent[]>;
  /** After the end of the run, before it counts as over: what has to be cleared away or written. Cut off, it is done again. */
  closing: () => Promise<void>;
  /** Sees the log before anything is written to it. */
  attach: (log: EvidenceLog) => void;
  /** Goes on beside the steps until the run is over. */
  watch?: RunWatch;
  /** Trouble that the run lives with. */
  onTrouble: (text: string) => void;
};

export function evidencePath(directory: string): string {
  return join(directory, 'evidence.jsonl');
}

/**
 * Begins the run or goes on with it, and returns when it is over.
 * @throws DrError RUN_EXECUTED_ELSEWHERE, RUN_TAKEN_OVER, RUNBOOK_CHANGED, RUN_FINISHED, EVIDENCE_BROKEN, EVIDENCE_WRITE,
 *   DATABASE_MOVED; the run can be gone on with after all of them but RUN_FINISHED
 */
export async function executeRun(options: RunOptions): Promise<void> {
  const { runId, databaseUrl, runbook, onTrouble } = options;
  const version = runbookDigest(runbook);
  await using store = await RunStore.open(databaseUrl, { create: true });
  await createUnlessThere(store, options, version);
  await using fence = await Fence.take(databaseUrl, store, runId, reopening(options));
  await store.keepSettings(runId, options.settings);
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined); // may come before somebody waits for it
  const place = { store, runId, epoch: fence.epoch };
  const evidence = await RunEvidence.open(evidencePath(options.directory), place, {
    onTrouble,
    onFatal: fatal.reject,
  });
  options.attach(evidence.log);
  const opening = evidence.log.records.length === 0 ? await options.opening() : [];
  const { epoch } = fence;
  const conductor = new Conductor({ ...options, evidence, epoch, opening, onFatal: fatal.reject });
  const main = async (durable: Durable): Promise<void> => await conductor.main(durable);
  const engine = await openEngine({ databaseUrl, runId, version, main, onTrouble });
  const late = watchRun(runbook, evidence.log, fatal.reject);
  const watch = options.watch?.(evidence.log, fatal.reject);
  try {
    await Promise.race([engine.execute(), fatal.promise, fence.lost]);
    await watch?.stop(); // what it looks from may be cleared away now
    await evidence.settled();
    await options.closing();
    await store.finish(runId);
  } finally {
    late.stop();
    void watch?.stop();
    await Promise.race([engine[Symbol.asyncDispose](), fatal.promise.catch(() => undefined)]);
  }
}

/** Says what it does, once each time that the database is lost: the person in front of it sees the run stand still otherwise. */
function reopening({ runId, databaseUrl, openDatabase, onTrouble }: RunOptions): Reopen {
  let told = false;
  return async () => {
    if (openDatabase === undefined) return;
    if (!told)
      onTrouble(
        'Il database delle esecuzioni non risponde più: se è quello di questo computer lo riavvio, nulla è perduto. / The database of the runs answers no more: if it is that of this computer I start it again, nothing is lost.',
      );
    told = true;
    const url = await openDatabase().catch(() => undefined); // while it can't be started, the fence asks again
    if (url === undefined) return;
    if (url !== databaseUrl) throw moved(runId);
    told = false;
  };
}

/** While it was down another program took its port. */
function moved(runId: string): DrError {
  return new DrError(
    'DATABASE_MOVED',
    `Il database delle esecuzioni è ripartito su un'altra porta: questo processo si ferma, nulla è perduto. / The database of the runs is back on another port: this process stops, nothing is lost.`,
    `Continuare con "dr resume ${runId}". / Go on with "dr resume ${runId}".`,
  );
}

async function createUnlessThere(store: RunStore, options: RunOptions, version: string): Promise<void> {
  const { runId, settings } = options;
  const known = await store.run(runId);
  if (known === undefined) return await store.createRun({ runId, runbook: version, settings });
  if (known.finished) {
    throw new DrError(
      'RUN_FINISHED',
      `L'esecuzione ${runId} è già conclusa. / The run is over already.`,
      `Il rapporto: "dr report". / Its report: "dr report".`,
    );
  }
  if (known.runbook !== version) throw changed(runId);
}

/** Grows where this program can't go on with what an earlier one began. */
const EXECUTION = 3;

/** Of what a run depends on: which steps there are, how they hang together, who does them. Their words may be bettered. */
export function runbookDigest(runbook: Runbook): string {
  const structure = runbook.map((step) => ({
    id: step.id,
    kind: step.kind,
    needs: step.needs,
    tells: step.kind === 'notify' ? (step.tells ?? []) : [],
    when: step.when ?? [],
    milestone: step.milestone ?? '',
    options: optionsOf(step).map(({ id }) => id),
    work: step.kind === 'machine' || step.kind === 'check' ? step.work : '',
  }));
  return createHash('sha256')
    .update(JSON.stringify([EXECUTION, structure]))
    .digest('hex')
    .slice(0, 16);
}

function changed(runId: string): DrError {
  return new DrError(
    'RUNBOOK_CHANGED',
    `I passi del piano sono cambiati da quando l'esecuzione ${runId} è cominciata: non si può continuarla con questa versione. / The runbook has changed since this run began: this version can't go on with it.`,
    'Continuarla con la versione del programma con cui è cominciata (le prove la nominano), o cominciarne una nuova. / Go on with the version of the program that it began with (its evidence names it), or begin a new one.',
  );
}
