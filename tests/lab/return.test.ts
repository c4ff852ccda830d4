/**
 * The return to Lucca: people have worked at Viareggio, and nothing of that may be lost on the way home. First what must be refused, by
 * verbs typed by hand and by scripts run out of turn; then the whole return as a run, killed with -9 while Lucca is being restored and
 * gone on with.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOf, lostLines, repeatedMilestones, repeatedSteps } from '../../bench/chaos/evidence-checks.ts';
import { knownRun, watchedRun } from '../../cli/runs.ts';
import { toErrorRecord } from '../../core/errors.ts';
import { readReport } from '../../report/write.ts';
import { type EvidenceRecord, readEvidence } from '../../runbooks/evidence/evidence.ts';
import {
  restoreLucca,
  resumeServing,
  standbyViareggio,
  stopServing,
} from '../../runbooks/works/return-to-lucca.ts';
import { provisionDomainOn } from '../../scripts/provision-domain.ts';
import { restoreDomainOn } from '../../scripts/restore-domain.ts';
import { SiteStack } from '../../stacks/engine.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, stateFolder, tryOn, until } from './lab-harness.ts';
import { as, samba, secretOf, smb } from './office-work.ts';
import { answerAll } from './one-person.ts';

const LAB = 'return';
const label = golden.label;
const REALM = 'LUCCA.CCIAA.INTERNAL';
const NEW_PASSWORD = 'Viareggio-2026!';
const share = '/srv/shares/registro-imprese';
const firstName = 'Scritto a Viareggio - è qui.txt';
const created = `${share}/${firstName}`;
const reports = join(stateFolder, 'reports');
const dr = resolve(import.meta.dirname, '../../bin/dr');
let site: Viareggio;
let changed: string;
let deleted: string;
let acl: string;
let snapshot: string;

beforeAll(async () => {
  site = await viareggio(LAB, ['vi-dc1', 'vi-fs1', 'vi-ws1', 'lu-ws1']);
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
async function expectSilentViareggio(): Promise<void> {
  for (const host of ['vi-dc1', 'vi-fs1']) {
    expect(await on(site.lab, host, 'pgrep --list-name "^(samba|smbd|winbindd)$" || true')).toBe('');
    expect(
      await on(site.lab, host, 'ss -Hltn "( sport = :53 or sport = :88 or sport = :389 or sport = :445 )"'),
    ).toBe('');
  }
}

type Ended = { status: string; stdout: string; stderr: string };

/** Runs `dr`; `onLine` sees each line that it prints and may kill it. */
async function type(
  args: readonly string[],
  onLine: (line: string, pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(dr, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    stdout += `${line}\n`;
    onLine(line, Number(child.pid));
  }
  await exited;
  return { status: String(child.signalCode ?? child.exitCode), stdout, stderr };
}

const here = (): string[] => ['--lab', LAB, '--inventory', join(stateFolder, 'inventory', LAB)];
const write = async (name: string): Promise<void> => {
  const put = `printf 'scritto a Viareggio' > /run/new; ${smb('vi-fs1', `put /run/new "${name}"`)}`;
  await as(site, 'vi-fs1', 'registro.imprese1', secretOf(site, 'test-account'), put);
};

test('people work at Viareggio: files and accounts change', async () => {
  const files = await on(
    site.lab,
    'vi-fs1',
    `find '${share}' -maxdepth 3 -type f -size +0 -not -name 'LEGGIMI*' -not -path "*'*" -links 1 | sort | head -2`,
  );
  [changed = '', deleted = ''] = files.split('\n');
  await write(firstName);
  await as(
    site,
    'vi-fs1',
    'Administrator',
    secretOf(site, 'domain-administrator'),
    `smbcacls '//vi-fs1.${REALM.toLowerCase()}/RegistroImprese' '${firstName}' --use-kerberos=required --no-pass -a 'ACL:LUCCA\\registro.imprese2:DENIED/0x0/FULL' >&2`,
  );
  await on(site.lab, 'vi-fs1', `printf 'e una riga in più' >> '${changed}'; rm '${deleted}'`);
  acl = await aclOf('vi-fs1', created);
  await samba(site, 'vi-dc1', 'user create assunta.viareggio', NEW_PASSWORD);
  await samba(site, 'vi-dc1', 'user setpassword registro.imprese2', NEW_PASSWORD);
});

test('new machines at Lucca; verbs typed by hand: a copy is taken, and the return is refused while Viareggio serves', async () => {
  await site.lab.startHosts(['lu-dc1', 'lu-fs1', 'lu-ws1']);
  await site.lab.setWan({ up: true });
  const copy = await type(['return', 'backup', ...here(), '--label', label]);
  expect(copy).toMatchObject({ status: '0', stdout: expect.stringMatching(/"snapshotId":"[0-9a-f]{64}"/) });
  snapshot = /"snapshotId":"([0-9a-f]{64})"/.exec(copy.stdout)?.[1] ?? '';

  const refused = await type(['return', 'restore', ...here(), '--label', label]);
  expect(refused).toMatchObject({ status: '2', stdout: '' });
  expect(refused.stderr).toMatch(
    /L'altra sede risponde ancora.*vi-dc1: DNS.*LDAP.*lu-dc1.*vi-fs1: SMB.*"dr return stop".*\[OTHER_SITE_ALIVE\]/s,
  );
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
});

test('a script run out of turn does not wake Viareggio; a person can, as long as Lucca has not taken over, and work goes on', async () => {
  await site.lab.unplugCassette(label);
  await site.lab.plugCassette(label, 'vi-fs1');
  const from = { host: 'vi-dc1', label, snapshot: golden.snapshotId, cassetteHost: 'vi-fs1' };
  await expect(restoreDomainOn(site.context, from)).rejects.toMatchObject({ code: 'STOPPED_SERVING' });
  await expectSilentViareggio();
  expect(await resumeServing(site.context, 'viareggio')).toEqual({ changed: true });
  expect(await resumeServing(site.context, 'viareggio')).toEqual({ changed: false });
  expect(await on(site.lab, 'vi-fs1', 'systemctl is-active smbd')).toBe('active');
  // Written after every copy so far: only the one that the run takes after its stop can hold it.
  await write('Scritto dopo la copia.txt');
});

test('the return as a run, killed while Lucca is restored, ends with Lucca at work and Viareggio in standby', async () => {
  const killed = type(['return', ...here(), '--reports', reports, '--json'], (line, pid) => {
    const { event } = JSON.parse(line) as EvidenceRecord;
    if (event.type === 'step-started' && event.step === 'lucca-domain-restore-domain')
      process.kill(pid, 'SIGKILL');
  });
  const run = await until('the run to begin', async () => await knownRun(undefined).catch(() => undefined));
  const source = await until('its first step', async () => await watchedRun(run).catch(() => undefined));
  const path = join(reports, run.runId, 'evidence.jsonl');
  const resumed = killed.then(async ({ status }) => {
    expect(status).toBe('SIGKILL');
    const before = linesOf(path);
    const ended = await type(['resume', '--json']);
    return { before, ended };
  });

  const acts: Record<string, () => Promise<void>> = {
    'return-travel': async () => {
      await site.lab.unplugCassette(label);
      await site.lab.plugCassette(label, 'lu-fs1');
    },
    'return-check': async () => {
      await expectWorkAtLucca();
      await expectViareggioKept();
    },
  };
  const asked = await answerAll(run, source, {
    letter: 'return-committee',
    act: async (step) => await acts[step]?.(),
  });
  source[Symbol.dispose]();
  const { before, ended } = await resumed;

  const report = readReport(join(reports, run.runId, 'report.json'));
  const wrong = report?.checks.filter(({ outcome }) => outcome !== 'PASS');
  expect(report?.checks.map(({ id }) => id)).toContain('desk.services.lu-ws1');
  expect([wrong, report?.verdict.reasons, ended.stderr, ended.status]).toEqual([
    [],
    [],
    expect.stringMatching(/^Pagina/),
    '0',
  ]);
  const records = readEvidence(path);
  expect(lostLines(before, linesOf(path))).toEqual([]);
  expect([...repeatedSteps(records), ...repeatedMilestones(records)]).toEqual([]);

  // Every step of the return, none left out, and those that people took were asked for in their order.
  const steps = report?.steps.filter(({ step }) => step.startsWith('return-')) ?? [];
  expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([
    ...['decision', 'site', 'servers', 'cassette', 'backup', 'pause', 'prepare'].map((name) => [
      `return-${name}`,
      'done',
    ]),
    ...['travel', 'snapshot', 'restore', 'check', 'standby'].map((name) => [`return-${name}`, 'done']),
    ['return-committee', 'skipped'],
    ['return-public', 'done'],
  ]);
  expect(
    report?.steps.find(({ step }) => step === 'return-restore')?.attempts.map(({ outcome }) => outcome),
  ).toEqual(['interrupted', 'done']);
  expect(asked.map(({ step }) => step)).not.toContain('return-restore');

  // Its own clock, and no verdict of the plan on it.
  expect(report).toMatchObject({ kind: 'return', scenario: null, rto: null, rpo: null });
  const { outage } = report ?? {};
  expect(outage?.actualMs).toBeGreaterThan(0);
  expect(outage?.wholeMs).toBeGreaterThan(outage?.actualMs ?? Number.POSITIVE_INFINITY);
  expect(report?.milestones.map(({ name }) => name)).toEqual([
    'service-stopped',
    'cassette-in-hand',
    'restore-started',
    'service-verified',
    'accepted',
  ]);
  const html = readFileSync(join(reports, run.runId, 'report.html'), 'utf8');
  expect(html).toContain('Il piano non fissa un tempo per il rientro');
  expect(html).not.toMatch(/RTO|RPO/);

  await expectWorkAtLucca();
  await expectSilentViareggio();
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).not.toContain('shares');
  expect(await on(site.lab, 'vi-dc1', 'ls /var/lib/samba')).toBe('');
});

/** Before anybody answers that Lucca works: Viareggio is not erased for a Lucca that does not. */
async function expectViareggioKept(): Promise<void> {
  await on(site.lab, 'lu-dc1', 'systemctl stop samba-ad-dc');
  await expect(standbyViareggio(site.context, site.place)).rejects.toMatchObject({
    code: 'LUCCA_NOT_SERVING',
  });
  expect(await on(site.lab, 'vi-fs1', 'ls /srv')).toContain('shares');
  await on(site.lab, 'lu-dc1', 'systemctl start samba-ad-dc');
  // A winbind that saw its controller go asks again half a minute later.
  await on(site.lab, 'lu-fs1', 'systemctl restart winbind; until wbinfo -t; do sleep 0.1; done');
}

async function expectWorkAtLucca(): Promise<void> {
  for (const name of [firstName, 'Scritto dopo la copia.txt'])
    expect(await on(site.lab, 'lu-fs1', `cat '${share}/${name}'`)).toBe('scritto a Viareggio');
  expect(await aclOf('lu-fs1', created)).toBe(acl);
  expect(await on(site.lab, 'lu-fs1', `tail -c 29 '${changed}'`)).toMatch(/una riga in pi.*e ancora una$/);
  expect((await tryOn(site.lab, 'lu-fs1', `ls '${deleted}'`)).exitCode).not.toBe(0);
  const get = smb('lu-fs1', `get "${firstName}" /dev/null`);
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
}

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

test('Viareggio standing by, a second run changes nothing', async () => {
  expect(await standbyViareggio(site.context, site.place)).toEqual({ changed: false });
  const stack = await SiteStack.open('viareggio', { role: 'standby' }, site.place);
  expect((await stack.up()).changed).toBe(false);
});
