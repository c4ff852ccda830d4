/**
 * Only one process executes a run. A session lock in the database keeps a second one out and is freed by the server when its
 * holder dies; a number that grows with each change of hands refuses what a holder writes that has lost the lock without knowing.
 */
import { Client } from 'pg';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { ownerName, type RunStore, takenOver } from './store.ts';

/** Names our locks among those of other programs in the same database. */
const LOCK_SPACE = 72_721;
const RETRY_MS = 500;

/** Brings the server back where that can be done; throws only where the run can't go on in this process. */
export type Reopen = () => Promise<void>;

export class Fence implements AsyncDisposable {
  readonly runId: string;
  readonly epoch: number;
  /** Rejects with RUN_TAKEN_OVER once another process has the run, or with what `reopen` throws; never resolves. */
  readonly lost: Promise<never>;
  readonly #url: string;
  readonly #reopen: Reopen;
  #client: Client;
  #closed = false;
  #reject: (error: unknown) => void = () => undefined;

  private constructor(place: { url: string; runId: string; reopen: Reopen }, client: Client, epoch: number) {
    const { url, runId, reopen } = place;
    this.#url = url;
    this.#reopen = reopen;
    this.runId = runId;
    this.epoch = epoch;
    this.lost = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.lost.catch(() => undefined); // whoever waits sees it; nobody has to
    this.#client = this.#watch(client);
  }

  /**
   * Takes the run in hand. `reopen` is asked to bring the server back when it does not answer any more.
   * @throws DrError RUN_EXECUTED_ELSEWHERE naming who has it
   */
  static async take(
    url: string,
    store: RunStore,
    runId: string,
    reopen: Reopen = async () => await Promise.resolve(),
  ): Promise<Fence> {
    const client = await lockedClient(url, runId);
    if (client === undefined) throw executedElsewhere(runId, (await store.run(runId))?.owner ?? '?');
    const { rows } = await client.query(
      'update dr.runs set epoch = epoch + 1, owner = $2 where run_id = $1 returning epoch',
      [runId, ownerName()],
    );
    const { epoch } = z.object({ epoch: z.number() }).parse(rows[0]);
    return new Fence({ url, runId, reopen }, client, epoch);
  }

  #watch(client: Client): Client {
    client.once('end', () => {
      if (!this.#closed) this.#takeAgain().catch(this.#reject);
    });
    return client;
  }

  /**
   * The connection was lost and with it the lock. Nobody took the run meanwhile if its number is still ours.
   * @throws DrError RUN_TAKEN_OVER, and what `reopen` throws
   */
  async #takeAgain(): Promise<void> {
    while (!this.#closed) {
      const client = await lockedClient(this.#url, this.runId).catch(() => 'unreachable' as const);
      if (client === undefined) throw takenOver(this.runId, 'altro / another');
      if (client !== 'unreachable' && (await this.#isStillOurs(client))) {
        this.#client = this.#watch(client);
        if (this.#closed) await client.end(); // given up meanwhile
        return;
      }
      await this.#reopen();
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS);
      });
    }
  }

  /** False where the connection was lost once more before it said so. @throws DrError RUN_TAKEN_OVER */
  async #isStillOurs(client: Client): Promise<boolean> {
    const answer = await client
      .query('select epoch, owner from dr.runs where run_id = $1', [this.runId])
      .catch(() => undefined);
    if (answer === undefined) {
      await client.end().catch(() => undefined);
      return false;
    }
    const now = z.object({ epoch: z.number(), owner: z.string() }).parse(answer.rows[0]);
    if (now.epoch !== this.epoch) throw takenOver(this.runId, now.owner);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#client.end().catch(() => undefined);
  }
}

/** Whether some process has the run in hand now; null on a standby, where the locks of its primary are not seen. Takes nothing. */
export async function isExecuted(store: RunStore, runId: string): Promise<boolean | null> {
  if (await store.isStandby()) return null;
  const { rows } = await store.pool.query<{ held: boolean }>(
    `select exists (select 1 from pg_locks where locktype = 'advisory' and classid = $1 and objid = (hashtext($2)::bigint & 4294967295)::oid and granted) as held`,
    [LOCK_SPACE, runId],
  );
  return rows[0]?.held ?? false;
}

/** A connection that holds the run's lock; undefined when another holds it. */
async function lockedClient(url: string, runId: string): Promise<Client | undefined> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: `dr ${runId}`,
  });
  client.on('error', () => undefined); // shows as the end of the connection
  await client.connect();
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      [LOCK_SPACE, runId],
    );
    if (rows[0]?.locked === true) return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

function executedElsewhere(runId: string, owner: string): DrError {
  return new DrError(
    'RUN_EXECUTED_ELSEWHERE',
    `L'esecuzione ${runId} è già in corso altrove (${owner}). / The run is already being executed elsewhere.`,
    'Seguirla e rispondere da qui con "dr status" e "dr step"; se quel computer è perduto, riprovare fra un minuto. / Follow it and answer from here with "dr status" and "dr step"; if that computer is lost, try again in a minute.',
  );
}
