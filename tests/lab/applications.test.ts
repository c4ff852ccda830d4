/** Applications from Lucca's backup to a verified Viareggio, and everything that can be wrong with one on the way. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../core/check.ts';
import { toErrorRecord } from '../../core/errors.ts';
import { applicationById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { Lab } from '../../lab/lab.ts';
import { labUp } from '../../lab/lab.ts';
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
import { resumeServer, stopServer } from '../../platforms/samba/serving.ts';
import { RemoteHost as Remote, type RemoteHost } from '../../platforms/ssh.ts';
import { type BackupOutcome, backup } from '../../scripts/backup.ts';
import { restoreApplication } from '../../scripts/restore-application.ts';
import { standDownApplication } from '../../scripts/stand-down.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { useInventory } from './inventory-folder.ts';
import { removeEverything, stateFolder, until } from './lab-harness.ts';
import { runProgram } from './script-program.ts';
import { applicationIds, installSmallApplications, useSmallApplications } from './small-applications.ts';

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
  surroundings = await labSurroundings(lab, () => undefined);
  await using host = await Remote.connect(surroundings.context.access, 'lu-app1');
  await installSmallApplications(host);
  await damageAtLucca(host);
  await lab.createCassetteDisk({ label: LABEL, serial: 'LDR-0001', sizeBytes: 256 * 1024 ** 2 });
  await lab.plugCassette(LABEL, 'lu-fs1');
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

function postgres(text: string): string {
  return `cd /; runuser -u postgres -- psql -qc '${text}'`;
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
  ] as const)('a database that is %s, or files that change all the time, are named', ([what, says]) => {
    expect(atLucca.refusals[what]).toMatch(says);
  });

  test('the backup holds every application, with the service up, and leaves nothing behind', () => {
    expect(taken.warnings.filter((text) => text.includes('Prova'))).toEqual([]);
    expect(atLucca.units.trim().split('\n')).toEqual(['active', 'active', 'active']);
    expect(atLucca.left).toBe('');
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
const sql = async (text: string): Promise<string> => {
  const quoted = text.replaceAll("'", `'\\''`);
  return (await server.bash(`cd /; runuser -u postgres -- psql -XqAtc '${quoted}' presenze_db`)).trim();
};

async function manifestOf(id: string): Promise<DumpManifest> {
  return dumpManifestSchema.parse(JSON.parse(await server.bash(`cat ${KEPT}/${id}/manifest.json`)));
}

test('a restore that is killed in the middle starts nothing, and the next run makes it whole', async () => {
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
  expect((await server.try(`systemctl is-active presenze`)).stdout.trim()).not.toBe('active');
  expect(await restore('presenze')).toEqual({ changed: true, absent: false });
  expect(await stateOf('presenze')).toContain('whole');
  expect(await restore('presenze')).toEqual({ changed: false, absent: false });
  expect(await standDown('presenze')).toEqual({ changed: true });
  expect(await standDown('presenze')).toEqual({ changed: false });
  expect((await server.try('ls /opt/presenze /var/lib/presenze')).stdout).toBe('');
});

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
  await stack.up();
  expect((await server.bash(`systemctl is-active ${applicationIds.join(' ')}`)).trim()).toBe(
    'active\nactive\nactive',
  );
  const { checks } = await verifyRestore(surroundings.context, { site: 'viareggio', ...from() });
  const data = checks.filter(({ id }) => /^app\..*\.(rows|files|integrity)$/.test(id));
  expect(data.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(data).toHaveLength(9);
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

describe('what is wrong afterwards', () => {
  test('a lost row names its table', async () => {
    await sql('DELETE FROM line WHERE id = 7');
    expect(await compare('presenze', 'rows')).toEqual([
      expect.stringMatching(/^public\.line: .*19999.*20000/),
    ]);
    expect(await compare('presenze', 'integrity')).toEqual([]);
  });

  test('a changed value names its table', async () => {
    await sql("UPDATE office SET name = 'x' WHERE id = 3");
    expect(await compare('presenze', 'rows')).toContainEqual(expect.stringMatching(/^public\.office: /));
  });

  test('an orphan row names the foreign key', async () => {
    await sql('SET session_replication_role = replica; DELETE FROM office WHERE id = 5');
    expect(await compare('presenze', 'integrity')).toEqual([
      expect.stringMatching(/line_office_fkey: .*400/),
    ]);
  });

  test('an index that is gone is named', async () => {
    await sql('DROP INDEX line_at');
    expect(await compare('presenze', 'integrity')).toContainEqual(expect.stringContaining('public.line_at'));
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
});
