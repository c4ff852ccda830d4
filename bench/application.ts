/**
 * Restore of an application's database: ours against the engine's own fastest, from the same dump on the same host. Ours also checks
 * the dump, brings the files back and leaves everything flushed; the engine's ends with a checkpoint where its programs do not.
 */

import { requireInventory } from '../inventory/load.ts';
import { applicationServerAt, applicationsAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Application, DatabaseEngine } from '../inventory/schema-applications.ts';
import { type Lab, labDown, labUp } from '../lab/lab.ts';
import { labSurroundings } from '../lab/lucca.ts';
import { makeProducts } from '../lab/products.ts';
import {
  compareApplication,
  type DumpManifest,
  dumpApplication,
  dumpManifestSchema,
  removeApplication,
  restoreDump,
  startUnits,
  workFolder,
} from '../platforms/application/application.ts';
import { RemoteHost } from '../platforms/ssh.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';

const TARGET = 0.95;
const LAB = 'bench-application';
const OURS = 'dr (restoreDump)';
const KEPT = '/var/lib/dr-bench';
/** Stands for the snapshot's id. */
const SNAPSHOT = '0'.repeat(64);
/** The dump crosses the link between the sites, which is none of what is measured. */
const LINK_MBIT = 10_000;

type Bench = { application: Application; target: RemoteHost; manifest: DumpManifest; megabytes: number };

/** One comparison for each application of the inventory, with about `dataBytes` in each database. */
export async function benchApplication(
  dataBytes: number,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const whole = await requireInventory();
  const inventory = serversOnly(whole);
  await labDown(LAB);
  const lab = await labUp({ name: LAB, inventory, rateMbit: LINK_MBIT, onProgress });
  try {
    return await measure(lab, whole, dataBytes, runs, onProgress);
  } finally {
    await labDown(LAB);
  }
}

function serversOnly(inventory: Inventory): Inventory {
  return {
    ...inventory,
    hosts: inventory.hosts.filter(({ kind }) => kind === 'application-server'),
    desks: [],
  };
}

async function measure(
  lab: Lab,
  inventory: Inventory,
  dataBytes: number,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const { context } = await labSurroundings(lab, onProgress);
  await makeProducts(context, inventory, 'lucca', dataBytes);
  const comparisons: Comparison[] = [];
  for (const application of applicationsAt(inventory, 'viareggio')) {
    await using target = await RemoteHost.connect(context.access, hostAt(inventory, 'viareggio'));
    const bench = await carry(context, hostAt(inventory, 'lucca'), application, target);
    const rows = await compare(contenders(bench), runs, onProgress);
    await target.bash(`rm -rf ${KEPT}`);
    const engine = enginesOwn[application.database.engine].name;
    comparisons.push({
      title: `Restore of ${application.id} (${application.database.engine}, dump of ${bench.megabytes} MB)`,
      notes: ['From a dump on the same disk; rows and digests of every table compared after each run.'],
      rows,
      ratios: [
        ratio(`Speed, ${OURS} / ${engine}`, rowOf(rows, engine).medianMs / rowOf(rows, OURS).medianMs, {
          bound: 'at-least',
          value: TARGET,
        }),
      ],
    });
  }
  return comparisons;
}

function hostAt(inventory: Inventory, site: string): string {
  const server = applicationServerAt(inventory, site);
  if (server === undefined) throw new Error(`No application server at ${site}`);
  return server.name;
}

/** The dump of Lucca's application, kept at the target. */
async function carry(
  context: ScriptContext,
  sourceName: string,
  application: Application,
  target: RemoteHost,
): Promise<Bench> {
  await using source = await RemoteHost.connect(context.access, sourceName);
  await dumpApplication(source, application, context.progress);
  const folder = workFolder(application.id);
  await target.bash(`rm -rf ${KEPT}; mkdir -p ${KEPT} /var/lib/dr-applications`);
  await source.pipeTo(`tar -C ${folder} -c .`, target, `tar -C ${KEPT} -x --same-owner`);
  await source.bash(`rm -rf ${folder}`);
  const manifest = dumpManifestSchema.parse(JSON.parse(await target.bash(`cat ${KEPT}/manifest.json`)));
  const megabytes = Math.round(Number(await target.bash(`du -sb ${KEPT}/data | cut -f1`)) / 1e6);
  return { application, target, manifest, megabytes };
}

/** What a database administrator would type, with the engine running as Debian sets it up. */
const enginesOwn: Record<DatabaseEngine, { name: string; command: (application: Application) => string }> = {
  postgresql: {
    name: 'pg_restore -j2',
    command: ({ database: { name, owner } }) => `cd /
as() { runuser -u postgres -- "$@"; }
as createuser ${owner} 2>/dev/null || true
as createdb --owner=${owner} --template=template0 --encoding=UTF8 ${name}
as pg_restore -j2 --exit-on-error -d ${name} ${KEPT}/data
as psql -qc CHECKPOINT`,
  },
  mariadb: {
    name: 'mariadb-import --use-threads=2',
    command: ({ database: { name } }) => `
mariadb -e 'CREATE DATABASE ${name} CHARACTER SET utf8mb3'
{ echo 'SET SESSION foreign_key_checks = 0;'; cat ${KEPT}/data/*.sql; } | mariadb ${name}
mariadb-import --use-threads=2 --ignore-foreign-keys --default-character-set=binary ${name} ${KEPT}/data/*.txt >/dev/null`,
  },
};

const startEngine: Record<DatabaseEngine, string> = {
  postgresql: 'systemctl start postgresql@15-main',
  mariadb: 'systemctl start mariadb',
};

function contenders({ application, target, manifest }: Bench): Contender[] {
  const { id, database } = application;
  const { name, command } = enginesOwn[database.engine];
  const prepare = async (): Promise<void> => {
    await target.bash(`systemctl stop ${application.units.join(' ')}; ${startEngine[database.engine]}`);
    await removeApplication(target, application);
    await target.bash(`${startEngine[database.engine]}
${dropDatabase(application)}
rm -rf ${workFolder(id)}; cp -al ${KEPT} ${workFolder(id)}; chown -R ${database.engine === 'mariadb' ? 'mysql' : 'postgres'} ${KEPT}/data; chmod 0711 /var/lib/dr-bench; sync`);
  };
  const check = async (): Promise<void> => {
    const { wrong } = await compareApplication(target, application, 'rows', manifest);
    if (wrong.length > 0) throw new Error(wrong.join(', '));
  };
  return [
    {
      name: OURS,
      prepare,
      work: async () => {
        await restoreDump(target, application, SNAPSHOT);
        return undefined;
      },
      check: async () => {
        await startUnits(target, application, SNAPSHOT);
        await check();
      },
    },
    {
      name,
      prepare,
      work: async () => {
        await target.bash(`${command(application)}\nsync`);
        return undefined;
      },
      check,
    },
  ];
}

/** What the engine's own restore left, which ours would refuse to overwrite. */
function dropDatabase({ database: { engine, name } }: Application): string {
  return engine === 'mariadb'
    ? `mariadb -e 'DROP DATABASE IF EXISTS ${name}'`
    : `cd /; runuser -u postgres -- psql -qc 'DROP DATABASE IF EXISTS ${name} WITH (FORCE)'`;
}
