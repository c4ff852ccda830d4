import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toErrorRecord } from '../../core/errors.ts';
import { requireInventory } from '../../inventory/load.ts';
import { isExecutable, pulumiBinDirectory } from '../../platforms/cache.ts';
import { setDosAttributes } from '../../platforms/samba/file-server.ts';
import { withHost } from '../../platforms/ssh.ts';
import { restoreDomainOn } from '../../scripts/restore-domain.ts';
import { membershipAt } from '../../scripts/serve-shares.ts';
import { verifyRestore } from '../../scripts/verify-restore.ts';
import { plainPulumiEnvironment, SiteStack } from '../../stacks/engine.ts';
import type { StackSettings } from '../../stacks/settings.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { editYaml } from './inventory-folder.ts';
import { on, removeEverything } from './lab-harness.ts';

const from = { label: golden.label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
const exercise: StackSettings = { role: 'exercise', from };
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

test('standby checks every machine and restores nothing', async () => {
  const stack = await open({ role: 'standby' });
  expect((await stack.preview()).changes).toEqual({ create: 6 });
  await stack.up();
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).not.toContain('shares');
  await stack.destroy();
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

test('a fifth desk is one more entry in the inventory, and passes the same checks', async () => {
  const stack = await open(exercise);
  await stack.up();
  const { checks } = await verifyRestore(site.context, {
    site: 'viareggio',
    label: golden.label,
    snapshot: golden.snapshotId,
  });
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(checks.map(({ id }) => id)).toContain('desk.logon.vi-desk5');
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

test.skipIf(!languageHost)('a plain pulumi sees the same stack, with nothing to change', async () => {
  const environment = { ...process.env, ...plainPulumiEnvironment(site.place) };
  const project = resolve(import.meta.dirname, '../..');
  const config = join(site.lab.directory, 'Pulumi.viareggio.yaml');
  const pulumi = (...args: string[]): string =>
    execFileSync('pulumi', [...args, '--stack', 'viareggio', '--config-file', config, '--non-interactive'], {
      cwd: project,
      env: environment,
      encoding: 'utf8',
    });
  for (const [key, value] of Object.entries({ role: 'exercise', ...from }))
    pulumi('config', 'set', key, value);
  const preview = JSON.parse(pulumi('preview', '--json')) as { changeSummary: Record<string, number> };
  expect(Object.keys(preview.changeSummary)).toEqual(['same']);
  expect(pulumi('up', '--yes', '--skip-preview')).toContain('unchanged');
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
