import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toErrorRecord } from '../../core/errors.ts';
import { requireInventory } from '../../inventory/load.ts';
import { deskById, desksAt, officeById } from '../../inventory/lookup.ts';
import type { Desk } from '../../inventory/schema.ts';
import { databaseFolder } from '../../lab/paths.ts';
import { isExecutable, pulumiBinDirectory, pulumiHome } from '../../platforms/cache.ts';
import { run, tryRun } from '../../platforms/exec.ts';
import { verifyLogon } from '../../platforms/linux/verify-desk.ts';
import { setDosAttributes } from '../../platforms/samba/file-server.ts';
import { shellQuote, withHost } from '../../platforms/ssh.ts';
import { openDatabase } from '../../runbooks/durable/postgres.ts';
import { expectedDesk, firstAccount } from '../../scripts/expected-desk.ts';
import { provisionSeat } from '../../scripts/provision-workstation.ts';
import { restoreDomainOn } from '../../scripts/restore-domain.ts';
import { restoreFiles } from '../../scripts/restore-files.ts';
import { membershipAt, serveSharesOn } from '../../scripts/serve-shares.ts';
import { startDomainOn } from '../../scripts/start-domain.ts';
import {
  verifyController,
  verifyMembers,
  verifyRestore,
  verifyRestoredFiles,
} from '../../scripts/verify-restore.ts';
import { plainPulumiEnvironment, SiteStack, type StackPlace } from '../../stacks/engine.ts';
import type { StackSettings } from '../../stacks/settings.ts';
import { damages, deskDamages } from './damages.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { editYaml } from './inventory-folder.ts';
import { on, removeEverything } from './lab-harness.ts';

const from = { label: golden.label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
const exercise: StackSettings = { role: 'exercise', from };
const request = { site: 'viareggio', label: golden.label, snapshot: golden.snapshotId };
const project = resolve(import.meta.dirname, '../..');
const dr = join(project, 'bin/dr');
/** Python with Samba's modules and its threads takes a quarter of a gigabyte of addresses. */
const MEMORY_KIB = 400 * 1024;
const LARGE_KIB = 700 * 1024;
const ignore = (): void => undefined;
const seat5 = (): Desk => deskById(site.inventory, 'vi-desk5');
let site: Viareggio;

beforeAll(async () => {
  site = await viareggio('stack', ['vi-dc1', 'vi-fs1', 'vi-ws1', 'vi-ws5'], {
    editInventory: (folder) =>
      editYaml(join(folder, 'hosts.yaml'), (document) => {
        const source = { document: 'progetto', clause: 'Addresses' };
        document.addIn(['hosts'], {
          name: 'vi-ws5',
          site: 'viareggio',
          kind: 'workstation',
          address: '10.55.2.105',
          source,
        });
        document.addIn(['desks'], {
          id: 'vi-desk5',
          site: 'viareggio',
          switchPort: 5,
          workstation: 'vi-ws5',
          office: 'diritto-annuale',
          source,
        });
      }),
  });
  await site.lab.plugCassette(golden.label, 'vi-fs1');
});
afterAll(removeEverything);

const open = (settings: StackSettings): Promise<SiteStack> =>
  SiteStack.open('viareggio', settings, site.place);

const there = (): string[] => ['--lab', 'stack', '--inventory', String(process.env['DR_INVENTORY'])];

/** `dr stack` as it is typed, with the changes that it says it made. */
async function typed(
  verb: string,
  environment: Record<string, string> = {},
  ...more: string[]
): Promise<unknown> {
  const said = await run(dr, ['stack', verb, 'viareggio', ...there(), '--json', ...more], {
    env: environment,
  });
  return JSON.parse(said);
}

test('standby, kept in a Postgres database, checks every machine and restores nothing', async () => {
  const database = await openDatabase(databaseFolder());
  const backend = `${database.replace('postgresql:', 'postgres:')}?sslmode=disable`;
  const inDatabase = { DR_PULUMI_BACKEND: backend };
  expect(await typed('up', inDatabase)).toEqual({ changed: true, changes: { create: 6 } });
  expect(await typed('preview', inDatabase)).toEqual({ changed: false, changes: { same: 6 } });
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).not.toContain('shares');
  expect(await typed('destroy', inDatabase)).toEqual({ changed: true, changes: { delete: 6 } });
  const password = new URL(database).password;
  const { stdout } = await tryRun('grep', [
    '-rlF',
    password,
    join(site.lab.directory, 'pulumi'),
    pulumiHome(),
  ]);
  expect(stdout).toBe('');
});

test('a port that Samba needs and another program holds is named, and nothing is restored', async () => {
  await on(site.lab, 'vi-dc1', 'systemd-run --quiet --unit=squatter python3 -m http.server 389');
  await on(site.lab, 'vi-dc1', 'until ss -Hltn "sport = :389" | grep -q .; do sleep 0.1; done');
  const refused = await restoreDomainOn(site.context, { host: 'vi-dc1', ...from }).catch(toErrorRecord);
  expect(refused).toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringMatching(/389.*python3\S* \(pid \d+\)/),
  });
  expect(await on(site.lab, 'vi-dc1', 'ls /var/lib/samba')).not.toContain('restored');
  await on(site.lab, 'vi-dc1', 'systemctl stop squatter');
});

test('an exercise is refused while a server at Lucca answers', async () => {
  await site.lab.startHosts(['lu-dc1']);
  await site.lab.setWan({ up: true });
  const stack = await open(exercise);
  await expect(stack.up()).rejects.toMatchObject({
    code: 'OTHER_SITE_ALIVE',
    message: expect.stringContaining('lu-dc1'),
  });
  expect(await on(site.lab, 'vi-dc1', 'systemctl is-enabled samba-ad-dc || true')).toBe('masked');
  expect(await on(site.lab, 'vi-dc1', 'pgrep --list-name --exact samba || true')).toBe('');
  await site.lab.disaster('D1');
});

test('what is restored already is not restored again, step by step', async () => {
  await (await open(exercise)).up();
  const again = await Promise.all([
    restoreDomainOn(site.context, { host: 'vi-dc1', ...from }).then(async (unpacked) => [
      unpacked,
      await startDomainOn(site.context, { host: 'vi-dc1', snapshot: from.snapshot }),
    ]),
    restoreFiles(site.context, { host: 'vi-fs1', ...from }).then(async (restored) => [
      restored,
      await serveSharesOn(site.context, 'vi-fs1', false),
    ]),
    ...desksAt(site.inventory, 'viareggio').map(async (desk) => [await provisionSeat(site.context, desk)]),
  ]);
  expect(again.flat()).toEqual([
    { changed: false, removed: [] },
    ...Array.from({ length: 5 }, () => ({ changed: false })),
  ]);
});

/** Programs one after another, ended by the first that fails. */
const inTurn = (programs: readonly string[]): string => ['set -e', ...programs].join('\n');

/** Runs these programs on their hosts, those of one host in turn and the hosts side by side. */
async function atEachHost(programs: readonly (readonly [string, string])[]): Promise<void> {
  const byHost = Map.groupBy(programs, ([host]) => host);
  await Promise.all(
    [...byHost].map(async ([host, all]) => await on(site.lab, host, inTurn(all.map(([, one]) => one)))),
  );
}

test('each damage is found by the check that is there for it, and nothing else is', async () => {
  await atEachHost(damages.map(({ host, harm }) => [host, harm]));
  await on(site.lab, 'vi-ws5', inTurn(deskDamages.map(({ harm }) => harm)));
  const found = (
    await Promise.all([
      verifyController(site.context, 'viareggio'),
      verifyRestoredFiles(site.context, request, ignore),
      verifyMembers(site.context, request, ignore),
    ])
  ).flat();
  const failed = found.filter(({ outcome }) => outcome === 'FAIL');
  const evidenceOf = (id: string): string => failed.find((check) => check.id === id)?.evidence ?? 'no FAIL';
  for (const { check, says } of damages) expect.soft(evidenceOf(check), check).toMatch(says);
  for (const { says } of deskDamages) expect.soft(evidenceOf('desk.services.vi-desk5')).toMatch(says);
  expect(new Set(found.filter(({ outcome }) => outcome !== 'PASS').map(({ id }) => id))).toEqual(
    new Set([...damages.map(({ check }) => check), 'desk.services.vi-desk5']),
  );
  await atEachHost(damages.toReversed().map(({ host, undo }) => [host, undo]));
  expect(await provisionSeat(site.context, seat5())).toEqual({ changed: true });
  expect(await provisionSeat(site.context, seat5())).toEqual({ changed: false });
});

test('a fifth desk is one more entry in the inventory, and passes the same checks', async () => {
  const { checks } = await verifyRestore(site.context, request);
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(checks.map(({ id }) => id)).toContain('desk.logon.vi-desk5');
});

test('who is of another office logs on at a desk, and has no share there', async () => {
  const account = firstAccount(officeById(site.inventory, 'registro-imprese'));
  const desk = { ...expectedDesk(site.inventory, 'viareggio', seat5()), account };
  expect(desk.share).toBe('DirittoAnnuale');
  const check = await verifyLogon(site.context.access, desk, await site.context.secret('test-account'));
  // Of all that a log-on gives, the ticket is there and nothing but the share is wanting.
  expect(check).toMatchObject({
    outcome: 'FAIL',
    evidence: expect.stringMatching(
      /^DirittoAnnuale\/[^\n]*: ls: cannot access [^\n]*: No such file or directory$/,
    ),
  });
  const home = `/home/${account}`;
  expect(await on(site.lab, 'vi-ws5', `ls -A ${home}`)).not.toMatch(/Condivisioni|DirittoAnnuale/);
  expect(await on(site.lab, 'vi-ws5', 'cat /proc/mounts')).not.toContain(home);
});

test('reading the state again changes nothing', async () => {
  const same = { changed: false, changes: { same: expect.any(Number) } };
  expect(await typed('refresh', {}, '--label', from.label, '--snapshot', from.snapshot)).toEqual(same);
});

test('a manifest is written and compared with less memory than its file is long', async () => {
  const program = await readFile(join(project, 'platforms/samba/manifest.py'), 'utf8');
  const compared = await withHost(site.context.access, 'vi-fs1', async (host) => {
    const manifest = `( ulimit -v ${MEMORY_KIB}; exec python3 -c ${shellQuote(program)}`;
    return await host.bash(`rm -rf /srv/large; mkdir /srv/large; truncate --size=${LARGE_KIB}K /srv/large/file
      ${manifest} write /srv/large ) > /run/large.manifest; ${manifest} compare /srv/large ) < /run/large.manifest; rm -r /srv/large`);
  });
  expect(JSON.parse(compared)).toMatchObject({ expected: 1, sizeBytes: LARGE_KIB * 1024, counts: {} });
});

test('more marks than one environment variable holds are sent a part at a time', async () => {
  const path = `${'non c’è/'.repeat(30)}niente.txt`;
  const marks = Array.from({ length: 800 }, () => ({
    share: 'RegistroImprese',
    path,
    attribute: 'hidden' as const,
  }));
  const membership = await membershipAt(site.context, 'viareggio');
  const set = withHost(site.context.access, 'vi-fs1', async (host) => {
    await setDosAttributes(host, membership, `vi-fs1.${site.context.inventory.domain.dnsDomain}`, marks);
  });
  await expect(set).rejects.toMatchObject({
    message: expect.stringContaining('NT_STATUS_OBJECT_PATH_NOT_FOUND'),
  });
});

// The language host comes with the official archive and the kit only; without it there is no plain `pulumi` at all (docs/limits.md).
const languageHost = isExecutable(join(pulumiBinDirectory(), 'pulumi-language-nodejs'));

/** A plain `pulumi` on the stack of a place, after these settings. */
function plainPulumi(place: StackPlace, settings: Record<string, string>): (...args: string[]) => string {
  const environment = { ...process.env, ...plainPulumiEnvironment(place) };
  const config = join(place.directory, 'Pulumi.viareggio.yaml');
  const pulumi = (...args: string[]): string =>
    execFileSync('pulumi', [...args, '--stack', 'viareggio', '--config-file', config, '--non-interactive'], {
      cwd: project,
      env: environment,
      encoding: 'utf8',
    });
  pulumi('config', 'set-all', ...Object.entries(settings).flatMap((one) => ['--plaintext', one.join('=')]));
  return pulumi;
}

test.skipIf(!languageHost)('a plain pulumi makes a stack', async () => {
  const place = { ...site.place, directory: join(site.lab.directory, 'plain') };
  await SiteStack.open('viareggio', { role: 'standby' }, place);
  const pulumi = plainPulumi(place, { role: 'standby' });
  expect(pulumi('up', '--yes', '--skip-preview')).toContain('+ 6 created');
});

test.skipIf(!languageHost)('a plain pulumi sees the same stack, with nothing to change', () => {
  const pulumi = plainPulumi(site.place, { role: 'exercise', ...from });
  const preview = JSON.parse(pulumi('preview', '--json')) as { changeSummary: Record<string, number> };
  expect(Object.keys(preview.changeSummary)).toEqual(['same']);
});

test('an active site can not be destroyed by accident', async () => {
  const stack = await open({ role: 'active', from });
  await stack.up();
  await expect(stack.destroy()).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('protect'),
  });
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).toContain('shares');
});

test('an exercise is undone: its machines are spare hardware again', async () => {
  await (await open(exercise)).liftProtection();
  const undone = await typed('destroy', {}, '--label', from.label, '--snapshot', from.snapshot);
  expect(undone).toEqual({ changed: true, changes: { delete: expect.any(Number) } });
  expect((await (await open({ role: 'standby' })).preview()).changes).toEqual({ create: 6 });
  expect(await on(site.lab, 'vi-fs1', 'ls -A /srv')).not.toMatch(/shares|dr-rest/);
  expect(await on(site.lab, 'vi-dc1', 'pgrep --list-name --exact samba || true')).toBe('');
  expect(await on(site.lab, 'vi-dc1', 'ls -A /var/lib/samba')).toBe('');
  expect(await on(site.lab, 'vi-ws5', 'ls /etc/samba /usr/share/applications')).not.toMatch(
    /smb\.conf|infocamere/,
  );
});

test('of machines that are off nothing is verified, and nothing passes', async () => {
  await site.lab.stopHosts(['vi-dc1', 'vi-fs1', 'vi-ws1', 'vi-ws5']);
  const { checks } = await verifyRestore(site.context, request);
  expect(checks.filter(({ outcome }) => outcome !== 'NOT VERIFIABLE')).toEqual([]);
  expect(checks.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'files.reachable',
      'ad.reachable',
      'trust.reachable',
      'access.reachable',
      'desk.logon.vi-desk5',
      'desk.services.vi-desk5',
    ]),
  );
  const host = checks.find(({ id }) => id === 'files.reachable')?.evidence;
  expect(host).toContain('vi-fs1');
});

test('a ninth desk has no port', async () => {
  const folder = String(process.env['DR_INVENTORY']);
  editYaml(join(folder, 'hosts.yaml'), (document) => {
    for (const index of [6, 7, 8, 9]) {
      const source = { document: 'progetto', clause: 'Addresses' };
      const name = `vi-ws${index}`;
      document.addIn(['hosts'], {
        name,
        site: 'viareggio',
        kind: 'workstation',
        address: `10.55.2.10${index}`,
        source,
      });
      document.addIn(['desks'], {
        id: `vi-desk${index}`,
        site: 'viareggio',
        switchPort: index,
        workstation: name,
        office: 'diritto-annuale',
        source,
      });
    }
  });
  await expect(requireInventory(folder)).rejects.toMatchObject({
    code: 'INVENTORY_INVALID',
    message: expect.stringMatching(/hosts\.yaml:\d+:\d+.*8/),
  });
});
