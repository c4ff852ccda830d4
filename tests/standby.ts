/** A second Postgres that follows the first by streaming replication, made as an office would make it, but for pg_basebackup. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { databaseProcesses, killAll } from '../platforms/processes.ts';
import { openDatabase } from '../runbooks/durable/postgres.ts';
import { freePort } from './hand.ts';

const NAME = 'viareggio';
const patiently = { timeout: 60_000, interval: 20 };

/** What is the server's own, or comes with the replication. */
const notCopied = [/^postmaster\./, /^pg_wal\/./, /^pg_replslot\/./];

export class Standby {
  readonly url: string;
  readonly #primary: { folder: string; url: string };

  private constructor(url: string, primary: { folder: string; url: string }) {
    this.url = url;
    this.#primary = primary;
  }

  /** `synchronous`: the primary acknowledges a commit only once this one has it on its disk. */
  static async follow(
    primary: { folder: string; url: string },
    folder: string,
    { synchronous }: { synchronous: boolean },
  ): Promise<Standby> {
    await copy(primary, folder);
    const standby = new Standby(await openDatabase(folder), primary);
    await vi.waitFor(async () => expect(await standby.#followers()).toEqual(['streaming']), patiently);
    if (synchronous)
      await query(
        primary.url,
        `alter system set synchronous_standby_names = '${NAME}'`,
        'select pg_reload_conf()',
      );
    await vi.waitFor(
      async () =>
        expect(
          await query(primary.url, "select 1 from pg_stat_replication where sync_state = 'sync'"),
        ).toHaveLength(synchronous ? 1 : 0),
      patiently,
    );
    return standby;
  }

  /** From here on it receives nothing more: the line between the two is cut. */
  async cutOff(): Promise<void> {
    await query(
      this.url,
      "alter system set primary_conninfo = 'host=127.0.0.1 port=1'",
      'select pg_reload_conf()',
    );
    await vi.waitFor(async () => expect(await this.#followers()).toEqual([]), patiently);
  }

  async promote(): Promise<void> {
    expect(await query(this.url, 'select pg_promote(true, 60) as promoted')).toEqual([{ promoted: true }]);
  }

  /** Kill -9 of all its processes. */
  killPrimary(): void {
    killAll(databaseProcesses(this.#primary.folder));
  }

  async #followers(): Promise<unknown[]> {
    return (await query(this.#primary.url, 'select state from pg_stat_replication')).map(
      ({ state }) => state,
    );
  }
}

/** One statement after the other; gives the rows of the last. */
export async function query(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** What pg_basebackup does: the files while the server works, and the mark from which their journal is to be read. */
async function copy(primary: { folder: string; url: string }, folder: string): Promise<void> {
  const [from, to] = [join(primary.folder, 'data'), join(folder, 'data')];
  mkdirSync(folder, { mode: 0o700 });
  const session = new Client({ connectionString: primary.url });
  await session.connect();
  try {
    await session.query('select pg_create_physical_replication_slot($1, true)', [NAME]);
    await session.query('select pg_backup_start($1, fast => true)', [NAME]);
    cpSync(from, to, {
      recursive: true,
      filter: (source) => !notCopied.some((pattern) => pattern.test(relative(from, source))),
    });
    const { rows } = await session.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(false)',
    );
    writeFileSync(join(to, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await session.end();
  }
  const { hostname, port, username, password } = new URL(primary.url);
  const auto = join(to, 'postgresql.auto.conf');
  const conninfo = `host=${hostname} port=${port} user=${username} password=${password} application_name=${NAME}`;
  writeFileSync(
    auto,
    `${readFileSync(auto, 'utf8')}primary_conninfo = '${conninfo}'\nprimary_slot_name = '${NAME}'\n`,
  );
  writeFileSync(join(to, 'standby.signal'), '');
  cpSync(join(primary.folder, 'password'), join(folder, 'password'));
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ port: await freePort() }));
}
