/** A run as it goes on, for whoever looks: from the log of this process, or from the database and the file of another. */
import { DrError } from '../../core/errors.ts';
import { isExecuted } from '../durable/fence.ts';
import { RunStore } from '../durable/store.ts';
import { type EvidenceLog, type EvidenceRecord, readEvidence, verifyLines } from '../evidence/evidence.ts';
import type { RunView } from './run-view.ts';
import { type ViewSources, viewOf } from './view.ts';

export type RunSource = Disposable & {
  /** The newest view. */
  current(): RunView;
  /** Calls `listener` with every later view, until the returned function is called. */
  subscribe(listener: (view: RunView) => void): () => void;
};

/** What a view needs besides the evidence. */
export type Viewing = Pick<ViewSources, 'runbook' | 'roles' | 'letterOf' | 'pastRuns'>;

const LOOK_EVERY_MS = 300;

/** The run that this process executes. */
export function sourceOfLog(log: EvidenceLog, viewing: Viewing): RunSource {
  const listeners = new Set<(view: RunView) => void>();
  const current = (): RunView => viewOf({ ...viewing, records: log.records, executing: true });
  log.subscribe(() => {
    // One view for records that come together.
    if (listeners.size > 0 && pending === undefined)
      pending = setImmediate(() => {
        pending = undefined;
        const view = current();
        for (const listener of listeners) listener(view);
      });
  });
  let pending: NodeJS.Immediate | undefined;
  return {
    current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]: () => listeners.clear(),
  };
}

/**
 * A run that another process executes, or none now. Follows the database; where that does not answer, the file on this computer.
 * @throws DrError EVIDENCE_NO_RUN when neither knows the run
 */
export async function followRun(
  place: { databaseUrl: string | undefined; runId: string; evidencePath: string },
  viewing: Viewing,
): Promise<RunSource> {
  const store =
    place.databaseUrl === undefined ? undefined : await RunStore.open(place.databaseUrl, { create: false });
  let state = await look(store, place, []);
  const listeners = new Set<(view: RunView) => void>();
  const current = (): RunView => viewOf({ ...viewing, ...state });
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look(store, place, state.records)
      .then((next): undefined => {
        const changed = next.records.length !== state.records.length || next.executing !== state.executing;
        state = next;
        if (changed) for (const listener of listeners) listener(current());
        return undefined;
      })
      .catch(() => undefined) // looks again in a moment; what was seen last stays
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  return {
    current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      void store?.[Symbol.asyncDispose]();
    },
  };
}

type Looked = Pick<ViewSources, 'records' | 'executing'>;

async function look(
  store: RunStore | undefined,
  { runId, evidencePath }: { runId: string; evidencePath: string },
  known: readonly EvidenceRecord[],
): Promise<Looked> {
  if (store === undefined) return fromFile(runId, evidencePath);
  try {
    const lines = await store.evidence(runId, known.length);
    const records = lines.length === 0 ? known : verifyLines(lines, runId, known);
    if (records.length === 0) return fromFile(runId, evidencePath);
    return { records, executing: await isExecuted(store, runId) };
  } catch (error) {
    if (error instanceof DrError) throw error;
    return fromFile(runId, evidencePath);
  }
}

/** Whether somebody executes the run can't be told without the database. */
function fromFile(runId: string, path: string): Looked {
  const records = readEvidence(path);
  if (records.length > 0) return { records, executing: null };
  throw new DrError(
    'EVIDENCE_NO_RUN',
    `Non si trova l'esecuzione ${runId}. / The run ${runId} is not found.`,
    '"dr status --list" elenca le esecuzioni; con DR_DATABASE_URL si cerca su un altro database. / "dr status --list" lists the runs; DR_DATABASE_URL looks in another database.',
  );
}
