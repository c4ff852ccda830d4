/** Applications from Lucca's backup to a verified Viareggio, and everything that can be wrong with one on the way. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Check } from '../../core/check.ts';
import { toErrorRecord } from '../../core/errors.ts';
import { applicationById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { Lab } from '../../lab/lab.ts';
import { labDown, labUp } from '../../lab/lab.ts';
import { buildLucca, type LabSurroundings, labSurroundings } from '../../lab/lucca.ts';
import {
  compareApplication,
  type DumpManifest,
  dumpApplication,
  dumpManifestSchema,
  noteArrival,
  noteVisit,
  restoreDump,
  startUnits,
  workFolder,
} from '../../platforms/application/application.ts';
import { verifyApplication } from '../../platforms/application/verify-application.ts';
import { labImageDirectory } from '../../platforms/cache.ts';
import { newerLabImageRecipe } from '../../platforms/lab-image.ts';
import { listSnapshots, writeSnapshot } from '../../platforms/restic/cassette.ts';
import { resumeServer, stopServer } from '../../platforms/samba/serving.ts';
import { RemoteHost as Remote, type RemoteHost } from '../../platforms/ssh.ts';
import { APPLICATIONS_STAGE, type BackupOutcome, backup, SNAPSHOT_TAG, STAGE } from '../../scripts/backup.ts';
import { passphraseOf } from '../../scripts/context.ts';
import { probeHardware } from '../../scripts/probe-hardware.ts';
import { restoreApplication } from '../../scripts/restore-application.ts';
import { standDownApplication } from '../../scripts/stand-down.ts';
import { verifyStructure } from '../../scripts/verify/structure.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { useInventory } from './inventory-folder.ts';
import { removeEverything, stateFolder, until } from './lab-harness.ts';
import { runProgram } from './script-program.ts';
import {
  applicationIds,
  installSmallApplications,
  ownersSession,
  PAIRS_FOLDER,
  useSmallApplications,
  writePairs,
} from './small-applications.ts';

const LABEL = 'LUCCA-DR-A';
const KEPT = '/root/kept';
let lab: Lab;
let inventory: Inventory;
let surroundings: LabSurroundings;
let taken: BackupOutcome;
/** What a backup leaves behind on the server while it works, and how it refuses, seen before the disaster. */
const atLucca: { refusals: Record<string, string>; units: string; left: string } = {
  refusals: {},
  units: '',
  left: '',
};
const said: string[] = [];
let server: RemoteHost;

beforeAll(async () => {
  inventory = await useInventory(
    join(stateFolder, 'inventory'),
    ['lu-dc1', 'lu-fs1', 'lu-app1', 'vi-dc1', 'vi-fs1', 'vi-app1'],
    useSmallApplications,
  );
  lab = await labUp({ name: 'applications', inventory });
  // The lab's own products are not among these.
  await buildLucca(lab, { ...inventory, applications: [] }, 12 * 1024 ** 2, () => undefined);
  surroundings = await labSurroundings(lab, (text) => said.push(text));
  await using host = await Remote.connect(surroundings.context.access, 'lu-app1');
  await installSmallApplications(host);
  await damageAtLucca(host);
  await lab.createCassetteDisk({ label: LABEL, serial: 'LDR-0001', sizeBytes: 256 * 1024 ** 2 });
  await lab.plugCassette(LABEL, 'lu-fs1');
  await writePairs(host);
  taken = await backup(surroundings.context, { fileServer: 'lu-fs1', controller: 'lu-dc1', label: LABEL });
  atLucca.units = (await host.try(`systemctl is-active ${applicationIds.join(' ')}`)).stdout;
  atLucca.left = (await host.try('ls /var/lib/dr-applications')).stdout;
  server = await Remote.connect(surroundings.context.access, 'vi-app1');
  for (const id of ['presenze', 'certificati']) await keepDump(host, id);
  await lab.unplugCassette(LABEL);
  await lab.disaster('D1');
  await lab.setWan({ up: false });
  await lab.plugCassette(LABEL, 'vi-fs1');
});
afterAll(async () => {
  await server?.close();
  await removeEverything();
});

/** A dump beside the cassette's, to be spoilt. */
async function keepDump(host: RemoteHost, id: string): Promise<void> {
  await dumpApplication(host, applicationById(inventory, id));
  const kept = `${KEPT}/${id}`;
  await host.pipeTo(
    `tar -C ${workFolder(id)} -c .`,
    server,
    `mkdir -p -m 0711 /var/lib/dr-applications ${kept} && tar -C ${kept} -x`,
  );
}

function postgres(text: string, database = 'postgres'): string {
  return `cd /; runuser -u postgres -- psql -qc '${text}' ${database}`;
}

/** Each is made good again: the backup that follows must be whole. */
async function damageAtLucca(host: RemoteHost): Promise<void> {
  const presenze = applicationById(inventory, 'presenze');
  const refusal = async (what: string): Promise<void> => {
    const outcome = await dumpApplication(host, presenze).catch(toErrorRecord);
    atLucca.refusals[what] = 'code' in outcome ? `${outcome.code} ${outcome.message}` : 'done';
  };
  await host.bash('systemctl stop postgresql@15-main');
  await refusal('stopped');
  await host.bash('systemctl start postgresql@15-main');
  await host.bash(
    'systemd-run --quiet --unit=restless bash -c "while :; do date > /var/lib/presenze/allegati/nota.txt; done"',
  );
  await refusal('restless');
  await host.bash('systemctl stop restless');
  // So large that it always changes while it is read, and not only before or after.
  await host.bash(
    'systemd-run --quiet --unit=growing bash -c "cd /var/lib/presenze/allegati; head -c 64M /dev/zero > nota.txt; while :; do echo >> nota.txt; done"',
  );
  await host.bash('until [ "$(stat -c %s /var/lib/presenze/allegati/nota.txt)" -gt 67108864 ]; do :; done');
  await refusal('growing');
  await host.bash('systemctl stop growing; echo presenze > /var/lib/presenze/allegati/nota.txt');
  await host.bash(postgres('ALTER DATABASE presenze_db RENAME TO aside'));
  await refusal('missing');
  await host.bash(postgres('CREATE DATABASE presenze_db'));
  await refusal('empty');
  await host.bash(postgres('CREATE TABLE hollow (n int)', 'presenze_db'));
  await refusal('hollow');
  await host.bash(postgres('DROP DATABASE presenze_db'));
  await host.bash(postgres('ALTER DATABASE aside RENAME TO presenze_db'));
}

describe('at Lucca', () => {
  test.for([
    ['stopped', /^DATABASE_UNREACHABLE .*PostgreSQL/],
    ['restless', /^APPLICATION_BUSY .*nota\.txt/],
    ['growing', /^APPLICATION_BUSY .*nota\.txt/],
    ['missing', /^APPLICATION_EMPTY .*presenze_db/],
    ['empty', /^APPLICATION_EMPTY .*presenze_db/],
    ['hollow', /^APPLICATION_EMPTY .*presenze_db/],
  ] as const)('a database that is %s, or files that change all the time, are named', ([what, says]) => {
    expect(atLucca.refusals[what]).toMatch(says);
  });

  test('the backup holds every application, with the service up, and leaves nothing behind', () => {
    expect(taken.warnings.filter((text) => text.includes('Prova'))).toEqual([]);
    expect(atLucca.units.trim().split('\n')).toEqual(['active', 'active', 'active']);
    expect(atLucca.left).toBe('');
  });

  test('an application that is written to meanwhile is dumped again', () => {
    expect(said.filter((text) => text.includes('si ripete'))).toContainEqual(
      expect.stringMatching(/^protocollo: .*protocollo\/allegati/),
    );
  });
});

describe('before anything is restored', () => {
  test('the snapshot is judged: an application that is not in it, or whose dump is not whole, is named', async () => {
    const { context } = surroundings;
    await using host = await Remote.connect(context.access, 'vi-fs1');
    const passphrase = await passphraseOf(context, LABEL);
    const newest = async () => {
      const { snapshots } = await listSnapshots(host, LABEL, passphrase);
      const snapshot = snapshots.at(-1);
      if (snapshot === undefined) throw new Error('no snapshot');
      const subject = {
        label: LABEL,
        repositoryId: taken.cassette.repositoryId,
        snapshotId: snapshot.id,
        snapshotAtUtc: snapshot.time,
      };
      const found = { label: LABEL, mountPoint: `/media/${LABEL}`, subject, snapshot, previousId: undefined };
      const { result } = await verifyStructure(
        { context, host, site: 'viareggio', label: LABEL, days: 1 },
        found,
      );
      return result;
    };
    const whole = await newest();
    expect(whole.outcome).toBe('PASS');
    const evidence = whole.checks.find(({ id }) => id === 'snapshot.applications')?.evidence;
    expect(evidence).toMatch(/^3 applicazioni \/ applications, \d{5} righe/);

    const restic = `RESTIC_PASSWORD="$DR_SECRET" restic --repo /media/${LABEL}/restic --no-cache --quiet`;
    const from = `${restic} restore ${taken.snapshotId} --target / --include ${STAGE} --include ${APPLICATIONS_STAGE}`;
    const spoil = `cd ${APPLICATIONS_STAGE}; rm -r presenze; rm certificati/data/company.txt`;
    await host.bash(`${from}; ${spoil}`, { secret: passphrase });
    const { entries, sizeBytes: bytes } = taken.manifest;
    const size = { entries, bytes, applications: 1 };
    const paths = [STAGE, APPLICATIONS_STAGE];
    await writeSnapshot(host, { label: LABEL, paths, tag: SNAPSHOT_TAG, size, passphrase });
    await host.bash(`rm -rf ${paths.join(' ')}`);
    const judged = await newest();
    expect(judged.checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([
      expect.objectContaining({
        id: 'snapshot.applications',
        outcome: 'FAIL',
        evidence: expect.stringMatching(
          /Prova presenze: non è nello snapshot.*Prova certificati: .*data\/company\.txt.*contava 1 byte/s,
        ),
      }),
    ]);
  });

  test("hardware without an application's packages is not ready, and the package is named", async () => {
    const { context } = surroundings;
    expect(await probeHardware(context, 'vi-app1')).toMatchObject({ changed: false });
    const applications = inventory.applications.map((one) => ({
      ...one,
      packages: [...one.packages, 'php-assente'],
    }));
    await expect(
      probeHardware({ ...context, inventory: { ...inventory, applications } }, 'vi-app1'),
    ).rejects.toThrow(
      expect.objectContaining({
        code: 'HARDWARE_NOT_READY',
        message: expect.stringMatching(/vi-app1 mancano: php-assente\./),
      }),
    );
  });
});

const from = (): { label: string; snapshot: string } => ({ label: LABEL, snapshot: taken.snapshotId });
const restore = async (application: string): Promise<object> =>
  await restoreApplication(surroundings.context, {
    host: 'vi-app1',
    application,
    cassetteHost: 'vi-fs1',
    ...from(),
  });
const standDown = async (application: string): Promise<{ changed: boolean }> =>
  await standDownApplication(surroundings.context, 'vi-app1', application);
const stateOf = async (id: string): Promise<string> =>
  (await server.try(`cat /var/lib/dr/applications/${id}.json`)).stdout;
const sql = async (text: string, id = 'presenze'): Promise<string> => {
  const { engine, name } = applicationById(inventory, id).database;
  const quoted = text.replaceAll("'", `'\\''`);
  const program =
    engine === 'mariadb'
      ? `mariadb --batch --skip-column-names -e '${quoted}' ${name}`
      : `cd /; runuser -u postgres -- psql -XqAtc '${quoted}' ${name}`;
  return (await server.bash(program)).trim();
};

async function manifestOf(id: string): Promise<DumpManifest> {
  return dumpManifestSchema.parse(JSON.parse(await server.bash(`cat ${KEPT}/${id}/manifest.json`)));
}

const UNFLUSHED = '/var/lib/dr/applications/postgresql-unflushed';
/** Seen from the database: the machine starts anew, all was loaded, and not one page of it is sure to be on the disk. */
const POWER_CUT = `cd /; mark=${UNFLUSHED}; data=/var/lib/postgresql/15/main
  cmp $mark /proc/sys/kernel/random/boot_id; echo before > $mark; sed -i s/loading/placing/ /var/lib/dr/applications/presenze.json
  runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D $data -m immediate stop; truncate -s 100 $data/global/pg_control`;

test.for([
  ['killed', ':'],
  ['cut off by a power cut', POWER_CUT],
])('a restore that is %s in the middle starts nothing, and the next run makes it whole', async ([, then]) => {
  const killed = runProgram(
    'restore-application',
    { host: 'vi-app1', application: 'presenze', ...from(), 'cassette-host': 'vi-fs1' },
    {
      DR_ACCESS: lab.accessFile,
      DR_SECRETS: join(lab.directory, 'secrets'),
      DR_INVENTORY: String(process.env['DR_INVENTORY']),
    },
  );
  await until('the load begins', async () => (await stateOf('presenze')).includes('loading') || undefined);
  await server.bash("pkill -9 -f 'class Application' || true");
  expect((await killed).exitCode).toBe(1);
  await server.bash(String(then));
  expect((await server.try(`systemctl is-active presenze`)).stdout.trim()).not.toBe('active');
  expect(await restore('presenze')).toEqual({ changed: true, absent: false });
  expect(await stateOf('presenze')).toContain('whole');
  expect(await restore('presenze')).toEqual({ changed: false, absent: false });
  expect(await standDown('presenze')).toEqual({ changed: true });
  expect(await standDown('presenze')).toEqual({ changed: false });
  expect((await server.try('ls /opt/presenze /var/lib/presenze')).stdout).toBe('');
  expect((await server.try(`ls ${UNFLUSHED}`)).exitCode).not.toBe(0);
});

test.for([
  ['running', ':'],
  ['stopped', 'systemctl stop postgresql@15-main'],
])(
  'a cluster cut off by a power cut, now %s, keeps what somebody made in it since, until it is saved elsewhere',
  async ([, then]) => {
    const runsAgain = 'systemctl start postgresql@15-main; cd /; runuser -u postgres --';
    await server.bash(`echo before > ${UNFLUSHED}; ${runsAgain} createdb estranea; ${then}`);
    await expect(restore('presenze')).rejects.toMatchObject({
      code: 'DATABASE_TORN',
      message: expect.stringContaining('estranea'),
    });
    await server.bash(`${runsAgain} dropdb estranea`);
    expect(await restore('presenze')).toEqual({ changed: true, absent: false });
    expect(await standDown('presenze')).toEqual({ changed: true });
    expect((await server.try(`ls ${UNFLUSHED}`)).exitCode).not.toBe(0);
  },
);

/** The kept dump of an application, spoilt by a command that runs in it, then restored: how that is refused. */
async function spoilt(id: string, command: string): Promise<string> {
  const folder = workFolder(id);
  await server.bash(`rm -rf ${folder}; cp -a ${KEPT}/${id} ${folder}; cd ${folder}; ${command}`);
  const outcome = await restoreDump(server, applicationById(inventory, id), 'spoilt').catch(toErrorRecord);
  return 'code' in outcome ? `${outcome.code} ${outcome.message} ${outcome.hint}` : 'restored';
}

describe.for([
  ['presenze', 'PostgreSQL', 'dat', 's/"version": "15/"version": "99/'],
  ['certificati', 'MariaDB', 'txt', 's/"version": "10[.]11/"version": "99.1/'],
] as const)('a dump that is wrong: %s', ([id, engine, ending, newer]) => {
  const largest = `largest=$(ls -S data/*.${ending} | head -1)`;

  test('truncated: the file is named, and nothing is touched', async () => {
    expect(await spoilt(id, `${largest}; truncate -s -5 $largest`)).toMatch(
      new RegExp(`^DUMP_TRUNCATED .*data/\\w+\\.${ending}`),
    );
    expect(await stateOf(id)).toBe('');
  });

  test('of a newer engine', async () => {
    expect(await spoilt(id, `sed -i '${newer}' manifest.json`)).toMatch(
      new RegExp(`^ENGINE_TOO_OLD .*${engine} 99.*1[05]`),
    );
    expect(await stateOf(id)).toBe('');
  });

  test('full of rubbish', async () => {
    const rubbish = `printf '\\t\\t\\t\\t' | dd of=$largest bs=1 seek=40 conv=notrunc status=none`;
    expect(await spoilt(id, `${largest}; ${rubbish}`)).toMatch(/^DUMP_DAMAGED /);
    await standDown(id);
  });
});

describe('on a server of the next Debian', () => {
  let newer: RemoteHost;

  beforeAll(async () => {
    vi.stubEnv('DR_LAB_IMAGE', labImageDirectory(newerLabImageRecipe));
    const hosts = inventory.hosts.filter(({ name }) => name === server.name);
    const other = await labUp({ name: 'newer', inventory: { ...inventory, hosts, desks: [] } });
    vi.unstubAllEnvs();
    newer = await Remote.connect((await labSurroundings(other, () => undefined)).context.access, server.name);
  });
  afterAll(async () => {
    await newer?.close();
    await labDown('newer');
  });

  test.for([
    ['presenze', /PostgreSQL 17\d{4}.*più vecchio 15\d{4}/],
    ['certificati', /MariaDB 11\.8\..*più vecchio 10\.11\./],
  ] as const)(
    '%s: all of it is right on the newer engine and in use, and its dump is refused by the older one',
    async ([id, engines]) => {
      const application = applicationById(inventory, id);
      const manifest = await manifestOf(id);
      const work = workFolder(id);
      const receive = `rm -rf ${work}; mkdir -p -m 0711 ${work}; chmod 0711 ${work}/..; tar -C ${work} -x`;
      await server.pipeTo(`tar -C ${KEPT}/${id} -c .`, newer, receive);
      expect(await restoreDump(newer, application, taken.snapshotId)).toEqual({ changed: true });
      await startUnits(newer, application, taken.snapshotId);
      const url = `http://127.0.0.1:${application.port}`;
      const place = { server: newer, desk: newer, url, password: 'unused' };
      const checks = await verifyApplication(application, place, manifest);
      expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
      expect(checks).toHaveLength(7);

      const { program, works, answer, wrong, refusal } = ownersSession[id];
      expect((await newer.bash(`${program} <<'SQL'\n${works}\nSQL`)).trim()).toBe(answer);
      expect((await newer.try(`${program} <<'SQL'\n${wrong}\nSQL`)).stderr).toContain(refusal);

      await dumpApplication(newer, application);
      await newer.pipeTo(`tar -C ${work} -c .`, server, receive);
      const refused = restoreDump(server, application, taken.snapshotId);
      await expect(refused).rejects.toThrow(
        expect.objectContaining({
          code: 'ENGINE_TOO_OLD',
          message: expect.stringMatching(engines),
        }),
      );
      expect(await stateOf(id)).toBe('');
    },
  );
});

test.for([
  ['presenze', 'data/*.dat'],
  ['certificati', 'data/company.txt'],
] as const)('a dump in another encoding than it says: %s', async ([id, files]) => {
  const broken = `printf '\\xff' | dd of=$(ls -S ${files} | head -1) bs=1 seek=5 conv=notrunc status=none`;
  expect(await spoilt(id, broken)).toMatch(/^DUMP_ENCODING /);
  await standDown(id);
});

describe('a database that is there already', () => {
  test('with tables in it: refused, and it stays', async () => {
    await server.bash(
      "systemctl start postgresql@15-main; cd /; runuser -u postgres -- psql -qc 'CREATE DATABASE presenze_db'; runuser -u postgres -- psql -qc 'CREATE TABLE mine (n int)' presenze_db",
    );
    await expect(restore('presenze')).rejects.toThrow(
      expect.objectContaining({
        code: 'DATABASE_NOT_EMPTY',
        message: expect.stringContaining('presenze_db'),
      }),
    );
    await server.bash('systemctl start postgresql@15-main');
    expect(await sql('SELECT count(*) FROM mine')).toBe('0');
  });

  test('but empty: restored into', async () => {
    await sql('DROP TABLE mine');
    expect(await restore('presenze')).toEqual({ changed: true, absent: false });
    await standDown('presenze');
  });
});

test('the stack restores all of them, also the one that is only an entry of the inventory, and starts them', async () => {
  const settings = { role: 'exercise', from: { ...from(), cassetteHost: 'vi-fs1' } } as const;
  const stack = await SiteStack.open('viareggio', settings, surroundings.place);
  const events: string[] = [];
  await stack.up(({ kind, ...event }) => {
    if (kind === 'started' || kind === 'finished')
      events.push(`${kind} ${'resource' in event ? event.resource : ''}`);
  });
  const at = (event: string): number => {
    expect(events).toContain(event);
    return events.indexOf(event);
  };
  for (const id of applicationIds)
    expect(at(`started ${id}-restore-application`)).toBeLessThan(
      at('finished viareggio-files-restore-files'),
    );
  for (const needed of ['viareggio-domain-start-domain', 'viareggio-files-serve-shares'])
    expect(at('started protocollo-start-application')).toBeGreaterThan(at(`finished ${needed}`));
  expect((await server.bash(`systemctl is-active ${applicationIds.join(' ')}`)).trim()).toBe(
    'active\nactive\nactive',
  );
  const { checks } = await verifyRestore(surroundings.context, { site: 'viareggio', ...from() });
  const own = checks.filter(({ id }) => id.startsWith('app.'));
  expect(own.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(own.map(({ id }) => id).toSorted()).toEqual(
    applicationIds
      .flatMap((id) =>
        ['rows', 'files', 'integrity', 'health', 'log-on', 'read', 'write'].map(
          (part) => `app.${id}.${part}`,
        ),
      )
      .toSorted(),
  );
  const rows = await sql("SELECT name FROM office WHERE name LIKE 'coppia-%'", 'protocollo');
  const files = await server.bash(`ls ${PAIRS_FOLDER} | grep coppia-`);
  expect(files.trim().split('\n').toSorted()).toEqual(rows.split('\n').toSorted());
  expect((await stack.up()).changed).toBe(false);
});

test('applications that a return has stopped start by no script, and serve again when it is called off', async () => {
  const units = applicationIds.map((id) => `${id}.service`).join(' ');
  const started = startUnits(server, applicationById(inventory, 'presenze'), taken.snapshotId);
  expect(await started).toEqual({ changed: false });
  const stopped = await stopServer(server, units);
  expect(await stopServer(server, units)).toEqual({ ...stopped, changed: false });
  expect((await server.try(`systemctl is-active ${units}`)).stdout).not.toContain('\nactive');
  const refused = startUnits(server, applicationById(inventory, 'presenze'), taken.snapshotId);
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'STOPPED_SERVING' }));
  expect(await dumpApplication(server, applicationById(inventory, 'presenze'))).toMatchObject({
    rows: 20_050,
  });
  expect(await resumeServer(server, units)).toEqual({ changed: true });
  expect((await server.bash(`systemctl is-active ${units}`)).trim()).toBe('active\nactive\nactive');
});

test('up, but its database cannot be reached: the checks say so', async () => {
  const application = applicationById(inventory, 'presenze');
  // The small program answers without its database: one that asks for it would say no.
  const asking = { ...application, health: { ...application.health, status: 204 } };
  await server.bash('systemctl stop postgresql@15-main');
  const place = { server, desk: server, url: `http://10.55.2.30:${application.port}`, password: 'unused' };
  const checks = await verifyApplication(asking, place, await manifestOf('presenze'));
  await server.bash('systemctl start postgresql@15-main');
  const of = (part: string): Check | undefined => checks.find(({ id }) => id === `app.presenze.${part}`);
  expect(of('rows')).toMatchObject({
    outcome: 'NOT VERIFIABLE',
    evidence: expect.stringContaining('PostgreSQL'),
  });
  expect(of('health')).toMatchObject({
    outcome: 'FAIL',
    evidence: expect.stringContaining('its database cannot be reached'),
  });
  expect(of('log-on')?.outcome).toBe('NOT VERIFIABLE');
});

test('what a visit of ours left that was cut off is no damage; a row that was lost since is', async () => {
  const presenze = applicationById(inventory, 'presenze');
  const rows = async () => await compareApplication(server, presenze, 'rows', await manifestOf('presenze'));
  await sql("UPDATE office SET name = name || '!' WHERE id = 9");
  expect((await rows()).wrong).toEqual([expect.stringMatching(/^public\.office: .*has changed/)]);
  await noteArrival(server, presenze);
  expect(await rows()).toEqual({
    wrong: [],
    good: expect.stringMatching(/cut off, changed since: public\.office$/),
  });
  await sql("COPY line TO '/tmp/line'; DELETE FROM line WHERE id = 8");
  expect((await rows()).wrong).toEqual([expect.stringMatching(/^public\.line: .*19999.*20000/)]);
  await sql(
    "DELETE FROM line; COPY line FROM '/tmp/line'; UPDATE office SET name = rtrim(name, '!') WHERE id = 9",
  );
  await noteVisit(server, presenze, await manifestOf('presenze'));
  expect((await rows()).good).not.toContain('cut off');
});

async function compare(id: string, part: 'rows' | 'files' | 'integrity'): Promise<string[]> {
  const { wrong } = await compareApplication(
    server,
    applicationById(inventory, id),
    part,
    await manifestOf(id),
  );
  return wrong;
}

describe.for([
  {
    id: 'presenze',
    engine: 'PostgreSQL',
    lose: 'DELETE FROM line WHERE id = 7',
    lost: /^public\.line: .*19999.*20000/,
    change: "UPDATE office SET name = 'x' WHERE id = 3",
    changed: /^public\.office: .*è cambiato/,
    orphan: 'SET session_replication_role = replica; DELETE FROM office WHERE id = 5',
    orphaned: /line_office_fkey: .*400/,
    dropIndex: 'DROP INDEX line_at',
    withoutIndex: /^public\.line_at: indice mancante/,
    // An index whose function has changed since holds other keys than its table gives.
    spoil: `CREATE FUNCTION twist(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX twisted ON office (twist(id));
      CREATE OR REPLACE FUNCTION twist(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT -$1'`,
    spoilFile: ':',
    spoilt: /twisted/,
    empty: 'DROP INDEX twisted; TRUNCATE office, line',
  },
  {
    id: 'certificati',
    engine: 'MariaDB',
    lose: 'DELETE FROM certificate WHERE id = 7',
    lost: /^certificate: .*9999.*10000/,
    change: "UPDATE company SET name = 'x' WHERE id = 3",
    changed: /^company: .*è cambiato/,
    orphan: 'SET foreign_key_checks = 0; DELETE FROM company WHERE id = 5',
    orphaned: /certificate\.of_company: .*200/,
    dropIndex: 'ALTER TABLE certificate DROP INDEX at',
    withoutIndex: /^certificate\.at: indice mancante/,
    // A table of the kind whose file can be cut while the engine runs.
    spoil:
      'CREATE TABLE torn (n int) ENGINE=MyISAM; INSERT INTO torn SELECT seq FROM seq_1_to_1000; FLUSH TABLES',
    spoilFile: 'truncate -s -100 /var/lib/mysql/certificati_db/torn.MYD',
    spoilt: /torn/,
    empty:
      'DROP TABLE torn; SET foreign_key_checks = 0; DELETE FROM certificate; DELETE FROM company; DELETE FROM journal; DELETE FROM latin',
  },
])('what is wrong afterwards: $engine', (wrong) => {
  const { id } = wrong;

  test('a lost row names its table', async () => {
    await sql(wrong.lose, id);
    expect(await compare(id, 'rows')).toEqual([expect.stringMatching(wrong.lost)]);
    expect(await compare(id, 'integrity')).toEqual([]);
  });

  test('a changed value names its table', async () => {
    await sql(wrong.change, id);
    expect(await compare(id, 'rows')).toContainEqual(expect.stringMatching(wrong.changed));
  });

  test('an orphan row names the foreign key', async () => {
    await sql(wrong.orphan, id);
    expect(await compare(id, 'integrity')).toEqual([expect.stringMatching(wrong.orphaned)]);
  });

  test('an index that is gone is named', async () => {
    await sql(wrong.dropIndex, id);
    expect(await compare(id, 'integrity')).toContainEqual(expect.stringMatching(wrong.withoutIndex));
  });

  test('what the engine itself cannot read any more is named', async () => {
    await sql(wrong.spoil, id);
    await server.bash(wrong.spoilFile);
    expect(await compare(id, 'integrity')).toContainEqual(expect.stringMatching(wrong.spoilt));
  });

  test('a database that is there without a row is said to be empty', async () => {
    await sql(wrong.empty, id);
    expect(await compare(id, 'rows')).toEqual([
      expect.stringMatching(`^La base dati ${id}_db manca o è vuota`),
    ]);
  });
});

test('a database without a table is said to be empty, too', async () => {
  await sql('DROP SCHEMA public CASCADE');
  expect(await compare('presenze', 'rows')).toEqual([expect.stringMatching('presenze_db manca o è vuota')]);
});

test('a file of another owner, one that is gone and one too many are named', async () => {
  await server.bash(
    'chown root /var/lib/presenze/allegati/nota.txt; rm /opt/presenze/index.html; touch /opt/presenze/altro',
  );
  expect(await compare('presenze', 'files')).toEqual([
    expect.stringMatching(/^\/opt\/presenze\/altro: in più/),
    expect.stringMatching(/^\/opt\/presenze\/index\.html: manca/),
    expect.stringMatching(/nota\.txt: owner/),
  ]);
});
