/** The return to Lucca: people have worked at Viareggio, and nothing of that may be lost on the way home. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toErrorRecord } from '../../core/errors.ts';
import {
  restoreLucca,
  resumeServing,
  returnBackup,
  standbyViareggio,
  stopServing,
} from '../../runbooks/works/return-to-lucca.ts';
import { provisionDomainOn } from '../../scripts/provision-domain.ts';
import { restoreDomainOn } from '../../scripts/restore-domain.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, tryOn } from './lab-harness.ts';
import { as, samba, secretOf, smb } from './office-work.ts';

const label = golden.label;
const REALM = 'LUCCA.CCIAA.INTERNAL';
const NEW_PASSWORD = 'Viareggio-2026!';
const share = '/srv/shares/registro-imprese';
const created = `${share}/Scritto a Viareggio - è qui.txt`;
let site: Viareggio;
let changed: string;
let deleted: string;
let acl: string;
let snapshot: string;

beforeAll(async () => {
  site = await viareggio('failback', ['vi-dc1', 'vi-fs1', 'vi-ws1', 'lu-ws1']);
  // The engine remembers a Lucca that is lost.
  await site.lab.startHosts(['lu-dc1', 'lu-fs1', 'lu-ws1']);
  await site.lab.setWan({ up: true });
  await (await SiteStack.open('lucca', { role: 'active' }, site.place)).up();
  await site.lab.disaster('D1');
  await site.lab.plugCassette(label, 'vi-fs1');
  const from = { label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
  await (await SiteStack.open('viareggio', { role: 'active', from }, site.place)).up();
});
afterAll(removeEverything);

/** The NT ACL as it lies on the disk, byte for byte. */
const aclOf = async (host: string, path: string): Promise<string> =>
  await on(site.lab, host, `getfattr --only-values -n security.NTACL '${path}' | sha256sum`);
const restore = async (): ReturnType<typeof restoreLucca> =>
  await restoreLucca(site.context, site.place, { label, snapshot });

async function expectSilentViareggio(): Promise<void> {
  for (const host of ['vi-dc1', 'vi-fs1']) {
    expect(await on(site.lab, host, 'pgrep --list-name "^(samba|smbd|winbindd)$" || true')).toBe('');
    expect(
      await on(site.lab, host, 'ss -Hltn "( sport = :53 or sport = :88 or sport = :389 or sport = :445 )"'),
    ).toBe('');
  }
}

test('people work at Viareggio: files and accounts change', async () => {
  const files = await on(
    site.lab,
    'vi-fs1',
    `find '${share}' -maxdepth 3 -type f -size +0 -not -name 'LEGGIMI*' -not -path "*'*" -links 1 | sort | head -2`,
  );
  [changed = '', deleted = ''] = files.split('\n');
  await as(
    site,
    'vi-fs1',
    'registro.imprese1',
    secretOf(site, 'test-account'),
    `printf 'scritto a Viareggio' > /run/new; ${smb('vi-fs1', 'put /run/new "Scritto a Viareggio - è qui.txt"')}`,
  );
  await as(
    site,
    'vi-fs1',
    'Administrator',
    secretOf(site, 'domain-administrator'),
    `smbcacls '//vi-fs1.${REALM.toLowerCase()}/RegistroImprese' '${created.slice(share.length + 1)}' --use-kerberos=required --no-pass -a 'ACL:LUCCA\\registro.imprese2:DENIED/0x0/FULL' >&2`,
  );
  await on(site.lab, 'vi-fs1', `printf 'e una riga in più' >> '${changed}'; rm '${deleted}'`);
  acl = await aclOf('vi-fs1', created);
  await samba(site, 'vi-dc1', 'user create assunta.viareggio', NEW_PASSWORD);
  await samba(site, 'vi-dc1', 'user setpassword registro.imprese2', NEW_PASSWORD);
});

test('new machines at Lucca; the return is refused while Viareggio serves', async () => {
  await site.lab.startHosts(['lu-dc1', 'lu-fs1', 'lu-ws1']);
  await site.lab.setWan({ up: true });
  const copy = await returnBackup(site.context, label);
  snapshot = copy.snapshotId;
  const refused = await restore().catch(toErrorRecord);
  expect(refused).toMatchObject({
    code: 'OTHER_SITE_ALIVE',
    message: expect.stringMatching(/vi-dc1: DNS.*LDAP.*lu-dc1.*vi-fs1: SMB/s),
    hint: expect.stringContaining('dr return stop'),
  });
  const stack = await SiteStack.open(
    'lucca',
    { role: 'active', from: { label, snapshot, cassetteHost: 'lu-fs1' } },
    site.place,
  );
  await expect(stack.up()).rejects.toMatchObject({
    code: expect.stringMatching(/OTHER_SITE_ALIVE|CASSETTE_ABSENT/),
  });
  expect(await on(site.lab, 'lu-dc1', 'ls /var/lib/samba')).not.toContain('restored');
  await expect(standbyViareggio(site.context, site.place)).rejects.toMatchObject({ code: 'STILL_SERVING' });
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).toContain('shares');
});

test('Viareggio stops, and stays stopped over a restart; the last copy holds what came after the long one', async () => {
  await on(site.lab, 'vi-fs1', `printf 'e ancora una' >> '${changed}'`);
  const stopped = await stopServing(site.context, { site: 'viareggio', label });
  await expectSilentViareggio();
  expect(stopped).toMatchObject({ changed: true, snapshotId: expect.any(String) });
  expect(stopped.snapshotId).not.toBe(snapshot);
  expect(await stopServing(site.context, { site: 'viareggio', label })).toEqual({
    ...stopped,
    changed: false,
  });
  await site.lab.unplugCassette(label);
  await site.lab.stopHosts(['vi-dc1', 'vi-fs1']);
  await site.lab.startHosts(['vi-dc1', 'vi-fs1']);
  await on(site.lab, 'vi-fs1', 'systemctl is-system-running --wait || true');
  await expectSilentViareggio();
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).toContain('shares');
  await site.lab.plugCassette(label, 'lu-fs1');
  const old = await restoreLucca(site.context, site.place, { label, snapshot }).catch(toErrorRecord);
  expect(old).toMatchObject({
    code: 'SNAPSHOT_BEFORE_STOP',
    hint: expect.stringContaining('dr return stop'),
  });
  snapshot = String(stopped.snapshotId);
});

test('a script run out of turn does not wake Viareggio; a person can, as long as Lucca has not taken over', async () => {
  await site.lab.unplugCassette(label);
  await site.lab.plugCassette(label, 'vi-fs1');
  const from = { host: 'vi-dc1', label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
  await expect(restoreDomainOn(site.context, from)).rejects.toMatchObject({ code: 'STOPPED_SERVING' });
  await expectSilentViareggio();
  expect(await resumeServing(site.context, 'viareggio')).toEqual({ changed: true });
  expect(await resumeServing(site.context, 'viareggio')).toEqual({ changed: false });
  expect(await on(site.lab, 'vi-fs1', 'systemctl is-active smbd')).toBe('active');
  const again = await stopServing(site.context, { site: 'viareggio', label });
  snapshot = String(again.snapshotId);
  await site.lab.unplugCassette(label);
  await site.lab.plugCassette(label, 'lu-fs1');
});

test('Lucca comes back with everything, and a second run changes nothing', async () => {
  const { checks, run } = await restore();
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(checks.map(({ id }) => id)).toContain('desk.services.lu-ws1');
  expect(run.changed).toBe(true);
  expect((await restore()).run.changed).toBe(false);
});

test('what was done at Viareggio is at Lucca', async () => {
  expect(await on(site.lab, 'lu-fs1', `cat '${created}'`)).toBe('scritto a Viareggio');
  expect(await aclOf('lu-fs1', created)).toBe(acl);
  expect(await on(site.lab, 'lu-fs1', `tail -c 29 '${changed}'`)).toMatch(/una riga in pi.*e ancora una$/);
  expect((await tryOn(site.lab, 'lu-fs1', `ls '${deleted}'`)).exitCode).not.toBe(0);
  const get = smb('lu-fs1', `get "${created.slice(share.length + 1)}" /dev/null`);
  expect(await as(site, 'lu-fs1', 'registro.imprese2', NEW_PASSWORD, `${get} 2>&1 || true`)).toContain(
    'NT_STATUS_ACCESS_DENIED',
  );
  expect(
    await as(site, 'lu-fs1', 'registro.imprese1', secretOf(site, 'test-account'), `${get} 2>&1`),
  ).not.toContain('NT_STATUS');
  expect(await as(site, 'lu-fs1', 'assunta.viareggio', NEW_PASSWORD, 'klist | grep -c assunta')).toBe('1');
  await expect(
    as(site, 'lu-fs1', 'registro.imprese2', secretOf(site, 'test-account'), 'klist'),
  ).rejects.toThrow();
});

test('only Lucca is in the DNS, and its workstation is trusted', async () => {
  const records = await on(site.lab, 'lu-ws1', `host -t SRV _ldap._tcp.${REALM.toLowerCase()}`);
  expect(records.match(/\S+\.$/gm)).toEqual(['lu-dc1.lucca.cciaa.internal.']);
  expect(await on(site.lab, 'lu-ws1', 'wbinfo -t')).toContain('succeeded');
});

test('a restored Lucca is not made anew by a stack without its snapshot', async () => {
  const forgetful = await SiteStack.open('lucca', { role: 'active' }, site.place);
  await expect(forgetful.up()).rejects.toMatchObject({
    code: expect.stringMatching(/DOMAIN_RESTORED|STACK_FAILED/), // the script's refusal, or the engine's
  });
  expect(await on(site.lab, 'lu-dc1', 'systemctl is-active samba-ad-dc; ls /var/lib/samba')).toMatch(
    /active.*restored/s,
  );
  await expect(provisionDomainOn(site.context, 'lu-dc1')).rejects.toMatchObject({ code: 'DOMAIN_RESTORED' });
  await expect(resumeServing(site.context, 'viareggio')).rejects.toMatchObject({ code: 'OTHER_SITE_ALIVE' });
});

test('Viareggio stands by again: nothing is left there, and a second run changes nothing', async () => {
  await on(site.lab, 'lu-dc1', 'systemctl stop samba-ad-dc');
  await expect(standbyViareggio(site.context, site.place)).rejects.toMatchObject({
    code: 'LUCCA_NOT_SERVING',
  });
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).toContain('shares');
  await on(site.lab, 'lu-dc1', 'systemctl start samba-ad-dc');
  await on(site.lab, 'lu-fs1', 'until wbinfo -t; do sleep 0.1; done');
  expect(await standbyViareggio(site.context, site.place)).toEqual({ changed: true });
  await expectSilentViareggio();
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).not.toContain('shares');
  expect(await on(site.lab, 'vi-dc1', 'ls /var/lib/samba')).toBe('');
  expect(await standbyViareggio(site.context, site.place)).toEqual({ changed: false });
  const stack = await SiteStack.open('viareggio', { role: 'standby' }, site.place);
  expect((await stack.up()).changed).toBe(false);
});
