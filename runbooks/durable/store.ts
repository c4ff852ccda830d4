/**
 * Our own rows in the runs' database: which runs there are, who executes each, and a copy of every run's evidence, so that another
 * computer can go on where this one was lost.
 */
import { hostname } from 'node:os';
import { Pool } from 'pg';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';

const SCHEMA = `
create schema if not exists dr;
create table if not exists dr.runs (
  run_id text primary key,
  started_at timestamptz not null default now(),
  finished boolean not null default false,
  runbook text not null,
  settings jsonb not null,
  epoch integer not null default 0,
  owner text not null default ''
);
create table if not exists dr.evidence (
  run_id text not null references dr.runs,
  seq integer not null,
  line text not null,
  primary key (run_id, seq)
);`;

const runSchema = z.object({
  run_id: z.string(),
  finished: z.boolean(),
  runbook: z.string(),
  settings: z.unknown(),
  epoch: z.number(),
  owner: z.string(),
});

export type StoredRun = {
  runId: string;
  finished: boolean;
  /** Digest of the runbook with which it began. */
  runbook: string;
  settings: unknown;
  /** Grows each time a process takes the run in hand. */
  epoch: number;
  /** The process that executes it, or the last that did: host and process id. */
  owner: string;
};

const lineSchema = z.object({ line: z.string() });

/** The database is lost in mid-sentence now and then: the pool connects again, and a caller that must not fail tries again. */
export class RunStore implements AsyncDisposable {
  readonly pool: Pool;

  private constructor(pool: Pool) {
    this.pool = pool;
  }

  /** `create` makes the tables; who only looks leaves them as they are. */
  static async open(url: string, { create }: { create: boolean }): Promise<RunStore> {
    const pool = new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
    pool.on('error', () => undefined); // an idle connection was lost; the next query gets another
    const store = new RunStore(pool);
    try {
      // Two programs that make the same table at the same moment would trip over each other.
      await pool.query(create ? `begin; select pg_advisory_xact_lock(7272); ${SCHEMA} commit;` : 'select 1');
    } catch (error) {
      await pool.end();
      throw isReadOnly(error) ? onlyReads(url, error) : unreachable(url, error);
    }
    return store;
  }

  /** The server follows another one, and takes nothing itself until it is promoted. */
  async isStandby(): Promise<boolean> {
    const { rows } = await this.pool.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    return rows[0]?.standby ?? false;
  }

  /** @throws DrError DATABASE_FULL */
  async createRun(run: Pick<StoredRun, 'runId' | 'runbook' | 'settings'>): Promise<void> {
    try {
      await this.pool.query('insert into dr.runs (run_id, runbook, settings) values ($1, $2, $3)', [
        run.runId,
        run.runbook,
        JSON.stringify(run.settings),
      ]);
    } catch (error) {
      throw isDiskFull(error) ? full(error) : error;
    }
  }

  /** Newest first. */
  async runs(): Promise<StoredRun[]> {
    if (!(await this.#hasTables())) return [];
    const { rows } = await this.pool.query('select * from dr.runs order by started_at desc, run_id desc');
    return rows.map(readRun);
  }

  async run(runId: string): Promise<StoredRun | undefined> {
    return (await this.runs()).find((run) => run.runId === runId);
  }

  /** What who goes on with the run needs; on another computer some of it may be another. */
  async keepSettings(runId: string, settings: unknown): Promise<void> {
    await this.pool.query(
      'update dr.runs set settings = $2 where run_id = $1 and settings is distinct from $2::jsonb',
      [runId, JSON.stringify(settings)],
    );
  }

  async finish(runId: string): Promise<void> {
    await this.pool.query('update dr.runs set finished = true where run_id = $1', [runId]);
  }

  /** The evidence lines from `fromSeq` on, without newlines. */
  async evidence(runId: string, fromSeq = 0): Promise<string[]> {
    const { rows } = await this.pool.query(
      'select line from dr.evidence where run_id = $1 and seq >= $2 order by seq',
      [runId, fromSeq],
    );
    return rows.map((row) => lineSchema.parse(row).line);
  }

  /**
   * Adds lines, the first of which has the number `fromSeq`, all or none. Lines that are there already are left; those of a process
   * that no longer has the run in hand are refused, and so are lines that would leave a hole.
   * @throws DrError RUN_TAKEN_OVER, DATABASE_FELL_BACK
   */
  async addEvidence(runId: string, epoch: number, fromSeq: number, lines: readonly string[]): Promise<void> {
    const { rowCount } = await this.pool.query(
      `insert into dr.evidence (run_id, seq, line)
       select run_id, $3 + number - 1, line
       from (select run_id from dr.runs where run_id = $1 and epoch = $2
             and ($3 = 0 or exists (select 1 from dr.evidence where run_id = $1 and seq = $3 - 1)) for share) as mine,
            unnest($4::text[]) with ordinality as given (line, number)
       on conflict (run_id, seq) do update set line = excluded.line where dr.evidence.line = excluded.line`,
      [runId, epoch, fromSeq, lines],
    );
    if (rowCount === lines.length) return;
    const run = await this.run(runId);
    const stored = await this.evidence(runId);
    throw run?.epoch === epoch && stored.length < fromSeq
      ? fellBack(runId, fromSeq - stored.length)
      : takenOver(runId, run?.owner ?? '?');
  }

  async #hasTables(): Promise<boolean> {
    const { rows } = await this.pool.query<{ there: boolean }>(
      "select to_regclass('dr.runs') is not null as there",
    );
    return rows[0]?.there ?? false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
  }
}

/** The server could not write for want of room (SQLSTATE 53100, disk_full). */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '53100';
}

/** What a standby says to who wants to write (SQLSTATE 25006, read_only_sql_transaction). */
function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25006';
}

/** A standby that nobody has promoted, or that was not meant to be written to. */
export function onlyReads(url: string, cause?: unknown): DrError {
  const { hostname: host, port } = new URL(url);
  return new DrError(
    'DATABASE_STANDBY',
    `Il database delle esecuzioni (${host}:${port || '5432'}) è una replica e accetta solo letture. / The database of the runs is a standby: it can only be read.`,
    'Se il primario è perduto: spegnerlo del tutto, poi promuovere la replica (psql -c "select pg_promote()") e ripetere. Altrimenti indicare il primario in DR_DATABASE_URL. / If the primary is lost: switch it off for good, then promote the standby and run again. Else name the primary in DR_DATABASE_URL.',
    { cause },
  );
}

/** A standby took over that had not received everything yet: what the durable engine kept there is older than this process. */
function fellBack(runId: string, count: number): DrError {
  return new DrError(
    'DATABASE_FELL_BACK',
    `Al database delle esecuzioni mancano le ultime ${count} righe delle prove, che qui ci sono: una replica ha preso il suo posto prima di averle. Questo processo si ferma. / The database of the runs lacks the last lines of the evidence, which are here: a standby took its place before it had them. This process stops.`,
    `Continuare con "dr resume ${runId}" su questo computer: le righe tornano nel database. / Go on with "dr resume ${runId}" on this computer: the lines go back into the database.`,
  );
}

/** For who goes on trying. */
export function diskFull(said: string): string {
  return `Il disco del database delle esecuzioni è pieno (${said}): liberare spazio; riprovo, nulla è perduto. / The disk of the database of the runs is full: free space; trying again, nothing is lost.`;
}

function full(cause: unknown): DrError {
  return new DrError(
    'DATABASE_FULL',
    'Il disco del database delle esecuzioni è pieno: non se ne può cominciare una. / The disk of the database of the runs is full: none can be begun.',
    'Liberare spazio e ripetere il comando. / Free space and run the command again.',
    { cause },
  );
}

/** The database of the runs does not answer; the address without user and password. */
export function unreachable(url: string, cause: unknown): DrError {
  const { hostname: host, port } = new URL(url);
  const said = cause instanceof Error ? cause.message : String(cause);
  return new DrError(
    'DATABASE_UNREACHABLE',
    `Il database delle esecuzioni (${host}:${port || '5432'}) non risponde: ${said}. / The database of the runs does not answer.`,
    'Controllare rete e server; senza DR_DATABASE_URL si usa il database di questo computer. / Check network and server; without DR_DATABASE_URL the database of this computer is used.',
    { cause },
  );
}

function readRun(row: unknown): StoredRun {
  const { run_id: runId, ...run } = runSchema.parse(row);
  return { runId, ...run };
}

/** This process, as it is written beside the run that it executes. */
export function ownerName(): string {
  return `${hostname()}, ${process.pid}`;
}

export function takenOver(runId: string, owner: string): DrError {
  return new DrError(
    'RUN_TAKEN_OVER',
    `L'esecuzione ${runId} è ora in mano a un altro computer o processo (${owner}): questo si ferma. / The run is now in the hands of another computer or process: this one stops.`,
    'Seguirla con "dr status". / Follow it with "dr status".',
  );
}
