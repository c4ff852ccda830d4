/**
 * The engines' own restores of a database from our dump: as a database administrator would type it on Debian's settings, and as fast as
 * the engine goes when nothing has to survive a crash meanwhile. Each begins with the engine as Debian runs it, and ends with everything
 * flushed to the disk.
 */
import type { Application, DatabaseEngine } from '../inventory/schema-applications.ts';

export type EnginesOwn = { name: string; command: (application: Application, dump: string) => string };

const POSTGRESQL = '/usr/lib/postgresql/15/bin';

/** PostgreSQL's manual, "Populating a Database", and what it calls settings that are not durable. */
const postgresqlForLoading = [
  'config_file=/etc/postgresql/15/main/postgresql.conf',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=16GB',
  'checkpoint_timeout=1h',
  'autovacuum=off',
  'maintenance_work_mem=1GB',
  'shared_buffers=2GB',
];

/**
 * MariaDB's documentation, "How to Quickly Insert Data Into MariaDB"; `nosync` leaves the flushing to the end. Not `unique_checks = 0`: it
 * sorts what is loaded into an empty table, which took half as long again.
 */
const mariadbForLoading = [
  '--skip-networking',
  '--skip-log-bin',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=nosync',
  '--innodb-buffer-pool-size=3G',
  '--innodb-log-file-size=3G',
  '--innodb-log-buffer-size=64M',
];

const pgRestore = ({ database: { name, owner } }: Application, dump: string): string => `cd /
as() { runuser -u postgres -- "$@"; }
as createuser ${owner} 2>/dev/null || true
as createdb --owner=${owner} --template=template0 --encoding=UTF8 ${name}
as pg_restore -j2 --exit-on-error -d ${name} ${dump}/data`;

const mariadbTables = ({ database: { name } }: Application, dump: string): string => `
mariadb -e 'CREATE DATABASE ${name} CHARACTER SET utf8mb3'
{ echo 'SET SESSION foreign_key_checks = 0;'; cat ${dump}/data/*.sql; } | mariadb ${name}`;

const mariadbImport = ({ database: { name } }: Application, dump: string): string =>
  `mariadb-import --use-threads=2 --ignore-foreign-keys --default-character-set=binary ${name} ${dump}/data/*.txt >/dev/null`;

/** A server with settings of its own, which are gone with it. */
const mariadbServer = `systemctl stop mariadb
install -d -o mysql /run/mysqld
systemd-run --quiet --unit=bench-mariadb --service-type=notify --property=User=mysql --property=TimeoutStartSec=60 /usr/sbin/mariadbd ${mariadbForLoading.join(' ')}`;

const mariadbEnd = 'systemctl stop bench-mariadb; sync -f /var/lib/mysql';

/** By engine; the first is the one that needs no thought. */
export const enginesOwn: Record<DatabaseEngine, readonly EnginesOwn[]> = {
  postgresql: [
    {
      name: 'pg_restore -j2',
      command: (application, dump) => `${pgRestore(application, dump)}
as psql -qc CHECKPOINT`,
    },
    {
      name: 'pg_restore -j2, server for loading',
      command: (application, dump) => `cd /
systemctl stop postgresql@15-main
runuser -u postgres -- ${POSTGRESQL}/pg_ctl -w -D /var/lib/postgresql/15/main -l /var/log/postgresql/bench.log -o "${postgresqlForLoading.map((one) => `-c ${one}`).join(' ')}" start >/dev/null
${pgRestore(application, dump)}
as ${POSTGRESQL}/pg_ctl -w -D /var/lib/postgresql/15/main -m fast stop >/dev/null
sync -f /var/lib/postgresql`,
    },
  ],
  mariadb: [
    {
      name: 'mariadb-import --use-threads=2',
      command: (application, dump) => `${mariadbTables(application, dump)}
${mariadbImport(application, dump)}
mariadb -e 'FLUSH ENGINE LOGS'`,
    },
    {
      name: 'mariadb-import, server for loading',
      command: (application, dump) => `${mariadbServer}
${mariadbTables(application, dump)}
${mariadbImport(application, dump)}
${mariadbEnd}`,
    },
  ],
};

export const startEngine: Record<DatabaseEngine, string> = {
  postgresql: 'systemctl start postgresql@15-main',
  mariadb: 'systemctl start mariadb',
};
