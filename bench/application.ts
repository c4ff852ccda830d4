/**
 * Restore of an application's database: ours against the engine's own fastest, from the same dump on the same host. Ours also checks
 * the dump, brings the files back and leaves everything flushed; the engine's ends with a checkpoint where its programs do not.
 */

import { requireInventory } from '../inventory/load.ts';
import { applicationServerAt, applicationsAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Application } from '../inventory/schema-applications.ts';
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
import { enginesOwn, startEngine } from './engines-own.ts';

const TARGET = 0.95;
const LAB = 'bench-application';
const OURS = 'dr (restoreDump)';
/** A disk of this machine, plugged in: a lab host's own is memory, on which a flush costs nothing. */
const DISK = 'DATABASES';
/** Beside the work folders, which get links to its files. */
const KEPT = '/var/lib/dr-applications/bench';
/** Stands for the snapshot's id. */
const SNAPSHOT = '0'.repeat(64);
const GIB = 1024 ** 3;
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
  await using target = await RemoteHost.connect(context.access, hostAt(inventory, 'viareggio'));
  await ontoDisk(lab, target, dataBytes);
  const comparisons: Comparison[] = [];
  for (const application of applicationsAt(inventory, 'viareggio')) {
    const bench = await carry(context, hostAt(inventory, 'lucca'), application, target);
    const rows = await compare(contenders(bench), runs, onProgress);
    await target.bash(`rm -rf ${KEPT}`);
    const others = rows.filter(({ name }) => name !== OURS);
    const fastest = others.reduce((best, row) => (row.medianMs < best.medianMs ? row : best));
    comparisons.push({
      title: `Restore of ${application.id} (${application.database.engine}, dump of ${bench.megabytes} MB)`,
      notes: ['From a dump on the same disk; rows and digests of every table compared after each run.'],
      rows,
      ratios: [
        ratio(`Speed, ${OURS} / ${fastest.name}`, fastest.medianMs / rowOf(rows, OURS).medianMs, {
          bound: 'at-least',
          value: TARGET,
        }),
      ],
    });
  }
  return comparisons;
}

/** What an engine or a restore writes at the target lies on a disk from now on. */
async function ontoDisk(lab: Lab, target: RemoteHost, dataBytes: number): Promise<void> {
  await lab.createCassetteDisk({ label: DISK, serial: 'LDR-BENCH', sizeBytes: 8 * GIB + 8 * dataBytes });
  const { mountPoint } = await lab.plugCassette(DISK, target.name);
  await target.bash(`for folder in postgresql mysql dr-applications; do
  mkdir -p /var/lib/$folder
  cp -a /var/lib/$folder ${mountPoint}/
  mount --bind ${mountPoint}/$folder /var/lib/$folder
done`);
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
  await target.bash(`rm -rf ${KEPT}; mkdir -p ${KEPT}`);
  await source.pipeTo(`tar -C ${folder} -c .`, target, `tar -C ${KEPT} -x --same-owner`);
  await source.bash(`rm -rf ${folder}`);
  const manifest = dumpManifestSchema.parse(JSON.parse(await target.bash(`cat ${KEPT}/manifest.json`)));
  const megabytes = Math.round(Number(await target.bash(`du -sb ${KEPT}/data | cut -f1`)) / 1e6);
  return { application, target, manifest, megabytes };
}

function contenders({ application, target, manifest }: Bench): Contender[] {
  const { id, database } = application;
  const start = startEngine[database.engine];
  const owner = database.engine === 'mariadb' ? 'mysql' : 'postgres';
  const prepare = async (): Promise<void> => {
    await target.bash(`systemctl stop ${application.units.join(' ')}; ${start}`);
    await removeApplication(target, application);
    await target.bash(`${start}
${dropDatabase(application)}
rm -rf ${workFolder(id)}; cp -al ${KEPT} ${workFolder(id)}; chown -R ${owner} ${KEPT}/data; chmod 0711 ${KEPT}; sync -f ${KEPT}`);
  };
  const check = async (): Promise<void> => {
    await target.bash(start);
    const { wrong } = await compareApplication(target, application, 'rows', manifest);
    if (wrong.length > 0) throw new Error(wrong.join(', '));
  };
  const ours: Contender = {
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
  };
  const others = enginesOwn[database.engine].map(({ name, command }) => ({
    name,
    prepare,
    work: async () => {
      await target.bash(command(application, KEPT));
      return undefined;
    },
    check,
  }));
  return [ours, ...others];
}

/** What the engine's own restore left, which ours would refuse to overwrite. */
function dropDatabase({ database: { engine, name } }: Application): string {
  return engine === 'mariadb'
    ? `mariadb -e 'DROP DATABASE IF EXISTS ${name}'`
    : `cd /; runuser -u postgres -- psql -qc 'DROP DATABASE IF EXISTS ${name} WITH (FORCE)'`;
}
