/** The only door to DBOS Transact (loaded when it is needed): durable steps, messages and recovery, kept in Postgres. See port.ts for what each call promises. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DBOS } from '@dbos-inc/dbos-sdk';
import type { Durable, DurableEngine, RunCaller } from './port.ts';
import { diskFull } from './store.ts';

const APPLICATION = 'lucca-dr';
const TOPIC = 'said';
/** A main line waits for people, for days if need be. */
const FOREVER_SECONDS = 10 * 365 * 86_400;
/** A run may be killed as often as it likes. */
const MAX_RECOVERIES = 1_000_000;
/** How soon a message is seen where the server's notification is lost. */
const POLL_MS = 500;
const REPLY_POLL_MS = 25;
/** How long a run that is taken up may stay away before it is asked for again. */
const TAKE_UP_MS = 5_000;

const silent = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export type EngineOptions = {
  databaseUrl: string;
  runId: string;
  /** Changes with the runbook: a run goes on only with the program that it began with. */
  version: string;
  main: (durable: Durable) => Promise<void>;
  /** Trouble that the engine meets and lives with (the database away for a while). */
  onTrouble?: (text: string) => void;
};

/** One engine a process. @throws whatever the database says when it can't be reached */
export async function openEngine(options: EngineOptions): Promise<DurableEngine> {
  const { DBOS } = await import('@dbos-inc/dbos-sdk');
  const { runId } = options;
  const port = durable(DBOS, runId);
  let underWay: Promise<void> | undefined;
  const main = async (): Promise<void> => {
    underWay ??= options.main(port);
    await underWay;
  };
  const durableMain: typeof main = DBOS.registerWorkflow(main, {
    name: 'run',
    maxRecoveryAttempts: MAX_RECOVERIES,
  });
  const trouble = (said: unknown): void => {
    const text = String(said);
    options.onTrouble?.(text.includes('No space left on device') ? diskFull(text) : text);
  };
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: options.databaseUrl,
    executorID: runId,
    // What is taken up again waits in a queue that every process on this database reads, but for its own version only.
    applicationVersion: `${options.version}-${runId}`,
    logger: { ...silent, warn: trouble, error: trouble },
    notificationCoalesceMs: 1,
    // Its way of setting this makes the Postgres client warn; the server's own setting does.
    systemDatabaseIdleTransactionTimeoutMs: 0,
  });
  await DBOS.launch();
  return {
    execute: async () => {
      // A run that was begun before is under way again since the launch.
      const known = await DBOS.getWorkflowStatus(runId);
      const handle =
        known === null
          ? await DBOS.startWorkflow(durableMain, { workflowID: runId })()
          : DBOS.retrieveWorkflow(runId);
      // One who has lost the run without knowing may be quicker, and ends with it in hand.
      const again = setInterval(() => {
        if (underWay === undefined) void DBOS.resumeWorkflow(runId).catch(trouble);
      }, TAKE_UP_MS);
      try {
        await handle.getResult({ pollingIntervalMs: POLL_MS });
      } finally {
        clearInterval(again);
      }
    },
    [Symbol.asyncDispose]: async () => await DBOS.shutdown({ deregister: true }),
  };
}

function durable(dbos: typeof DBOS, runId: string): Durable {
  // Said inside the main line it would become a step of it, at a place that depends on the moment.
  const outside = AsyncLocalStorage.snapshot();
  return {
    step: async (name, work) => await dbos.runStep(work, { name }),
    waitFor: async () =>
      await dbos.recv(TOPIC, { timeoutSeconds: FOREVER_SECONDS, pollingIntervalMs: POLL_MS }),
    signal: async (message) => await outside(async () => await dbos.send(runId, message, TOPIC)),
    reply: async (id, value) => await dbos.setEvent(id, value),
  };
}

/** For who only speaks to runs; launches nothing, so nothing is executed here. */
export async function openCaller(databaseUrl: string, runId: string): Promise<RunCaller> {
  const { DBOSClient } = await import('@dbos-inc/dbos-sdk');
  const client = await DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    applicationName: APPLICATION,
    logger: silent,
    systemDatabasePoolSize: 3,
  });
  return {
    ask: async (id, message, timeoutSeconds) => {
      await client.send(runId, message, TOPIC, id);
      return (
        (await client.getEvent(runId, id, { timeoutSeconds, pollingIntervalMs: REPLY_POLL_MS })) ?? undefined
      );
    },
    [Symbol.asyncDispose]: async () => await client.destroy(),
  };
}
