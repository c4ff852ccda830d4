/** The scheduled job on a real machine: its units under real systemd, hardened, and doing their work. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownSigners, publicText, type Signers } from '../../cassette/signers.ts';
import { type Verification, verificationSchema } from '../../cassette/verification.ts';
import { projectDirectory } from '../../platforms/cache.ts';
import { tryRun } from '../../platforms/exec.ts';
import { cronLines, unitNames } from '../../platforms/linux/schedule-units.ts';
import { shellQuote } from '../../platforms/ssh.ts';
import { installSchedule, removeSchedule, scheduleStatus } from '../../scripts/schedule.ts';
import { promtool } from '../promtool.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { editYaml } from './inventory-folder.ts';
import { on, removeEverything, tryOn, until } from './lab-harness.ts';

const HOST = 'vi-fs1';
const MAILS = '/run/mails';
const request = { site: 'viareggio', level: 'content', at: '06:30', silenceSeconds: 30 * 3600 };

let site: Viareggio;
beforeAll(async () => {
  const signers = await knownSigners({ custodySigners: [] }, golden.secrets);
  site = await viareggio('schedule', [HOST, 'vi-dc1'], {
    editInventory: (folder) => {
      writeNotifications(folder);
      writeSigners(folder, signers);
    },
  });
  await site.lab.plugCassette(golden.label, HOST);
  await startMailServer();
  expect(await installSchedule(site.context, request)).toMatchObject({ changed: true, mail: true });
});
afterAll(removeEverything);

test('installing again changes nothing, and both timers wait for their time', async () => {
  expect(await installSchedule(site.context, request)).toMatchObject({ host: HOST, changed: false });
  const shown = await tryRun(join(projectDirectory(), 'bin/dr'), [
    'schedule',
    'status',
    '--json',
    '--lab',
    site.lab.name,
  ]);
  expect(shown).toMatchObject({ exitCode: 0 });
  const status = JSON.parse(shown.stdout) as Awaited<ReturnType<typeof scheduleStatus>>;
  expect(status).toMatchObject({
    installed: true,
    verify: { timer: 'active', result: 'success' },
    watch: { timer: 'active' },
  });
  const next = Date.parse(status.verify.nextUtc) - Date.now();
  expect(next).toBeGreaterThan(0);
  expect(next).toBeLessThan(25 * 3_600_000);
  // The jitter, as systemd understood it: many of one kind must not all begin in the same second.
  for (const [timer, jitter] of [
    [unitNames.verifyTimer, '15min'],
    [unitNames.watchTimer, '5min'],
  ])
    expect(await run(`systemctl show ${timer} --property=RandomizedDelayUSec --value`)).toBe(jitter);
});

test('systemd finds nothing to say against the units, and their exposure is below 2.0', async () => {
  const units = Object.values(unitNames);
  const said = await tryOn(site.lab, HOST, `systemd-analyze verify ${units.join(' ')}`);
  expect(said).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  for (const unit of [unitNames.verify, unitNames.watch]) {
    const rated = await run(`systemd-analyze security --no-pager ${unit}`);
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(rated)?.[1]);
    expect.soft(exposure, unit).toBeLessThan(2);
  }
});

test('a run verifies the cassette, keeps the result, writes the metrics, tells it and gives the sign of life', async () => {
  await run(`systemctl start ${unitNames.verify}`);
  expectPassed(await history());
  const metrics = await metricsOfPass();
  expect(await promtool(metrics)).toEqual({ exitCode: 0, said: '' });
  // The unit that has the network is started after it, by itself.
  await until(
    'the sign of life',
    async () => (await tryOn(site.lab, HOST, 'test -e /var/lib/lucca-dr/alive')).exitCode === 0,
  );
  await until('the letter', async () => (await mails()).includes('verifica superata'));
  const told = await run(`${tool} schedule check --output nagios`);
  expect(told).toMatch(
    /^LUCCA_DR OK - viareggio: LUCCA-DR-A contenuto \/ content: superata \/ passed.* \| content_age=\d+\.\d+s;93600;180000;0 /,
  );
});

test('what the job may not: write elsewhere, reach the network, gain rights', async () => {
  const set = 'ProtectSystem PrivateNetwork NoNewPrivileges ProtectHome User'.split(' ').join(',');
  expect((await run(`systemctl show ${unitNames.verify} --property=${set}`)).split('\n').toSorted()).toEqual([
    'NoNewPrivileges=yes',
    'PrivateNetwork=yes',
    'ProtectHome=yes',
    'ProtectSystem=strict',
    'User=lucca-dr',
  ]);
  // The same unit with another program: what it can do is tried, not read.
  const tries =
    'touch /etc/x /opt/lucca-dr/x /media/LUCCA-DR-A/x; mount -t tmpfs none /mnt; echo >/dev/tcp/127.0.0.1/22; ls /root; cat /etc/shadow; id -un; touch /var/lib/lucca-dr/x';
  await run('touch /root/private');
  await dropIn(
    unitNames.verify,
    `[Service]\nExecStart=\nExecStart=-/bin/bash -c '${tries}'\nExecStopPost=\n`,
  );
  await run(`systemctl start ${unitNames.verify}`);
  const said = await run(
    `journalctl --no-pager --output=cat -u ${unitNames.verify} | tail -12; test -e /var/lib/lucca-dr/x; rm /var/lib/lucca-dr/x`,
  );
  for (const refusal of [
    '/etc/x',
    '/opt/lucca-dr/x',
    '/media/LUCCA-DR-A/x',
    'mount: ',
    'Network is unreachable|Connection refused|Address family not supported',
  ])
    expect.soft(said).toMatch(new RegExp(refusal));
  expect(said).toContain('\nlucca-dr');
  // There, and empty: neither the names in /root nor a line of /etc/shadow.
  expect(said).not.toMatch(/private|root:/);
  await noDropIn(unitNames.verify);
});

test('of two at once, one finds the other at work and leaves it alone', async () => {
  const before = (await history()).length;
  await run(`flock /var/lib/lucca-dr/verify.lock systemctl start ${unitNames.verify}`);
  expect(await run(`systemctl show ${unitNames.verify} --property=ExecMainStatus,Result`)).toBe(
    'Result=success\nExecMainStatus=75',
  );
  expect(await history()).toHaveLength(before);
});

test('the timer starts it; a cassette that is gone is told, and its being back too', async () => {
  const before = (await history()).length;
  await site.lab.unplugCassette(golden.label);
  await dropIn(
    unitNames.verifyTimer,
    '[Timer]\nOnCalendar=\nOnCalendar=*-*-* *:*:0/3\nRandomizedDelaySec=0\nAccuracySec=1us\n',
  );
  await run(`systemctl restart ${unitNames.verifyTimer}`);
  await until('the timer', async () => (await history()).length > before);
  await noDropIn(unitNames.verifyTimer);
  await run(`systemctl restart ${unitNames.verifyTimer}`);
  await until('the letter', async () => (await mails()).includes('(presenza)'));
  const gone = await tryOn(site.lab, HOST, `${tool} schedule check --output nagios`);
  expect(gone.stdout).toMatch(/^LUCCA_DR (CRITICAL|UNKNOWN) - viareggio: presenza/);
  expect(gone.exitCode).toBeGreaterThan(1);
  await site.lab.plugCassette(golden.label, HOST);
  await until(
    'rest',
    async () =>
      (await tryOn(site.lab, HOST, `systemctl is-active --quiet ${unitNames.verify}`)).exitCode !== 0,
  );
  await run(`systemctl start ${unitNames.verify}`);
  await until('the second good letter', async () => (await mails()).split('verifica superata').length === 3);
});

test('a run that was missed while the machine was off is made up for', async () => {
  await dropIn(unitNames.verifyTimer, '[Timer]\nRandomizedDelaySec=0\nAccuracySec=1us\n');
  const before = (await history()).length;
  await run(`touch --date='3 days ago' /var/lib/systemd/timers/stamp-${unitNames.verifyTimer}`);
  await site.lab.unplugCassette(golden.label);
  await site.lab.stopHosts([HOST]);
  await site.lab.startHosts([HOST]);
  await until('the run', async () => (await history()).length > before);
  const last = (await history()).at(-1);
  expect(Date.parse(String(last?.startedAtUtc))).toBeGreaterThan(Date.now() - 10 * 60_000);
});

test('the lines for cron do the same, in the little that cron gives them', async () => {
  await startMailServer(); // it went with the machine's last start
  await site.lab.plugCassette(golden.label, HOST);
  const before = (await history()).length;
  await run('rm /var/lib/lucca-dr/lucca-dr.prom /var/lib/lucca-dr/alive');
  const lines = cronLines({ ...request, host: HOST, cassetteKeys: [], mailPassword: false }).split('\n');
  const settings = lines.filter((line) => /^\w+=/.test(line));
  const [daily = ''] = lines
    .filter((line) => / root flock /.test(line))
    .map((line) => line.split(' root ')[1]);
  // crontab(5): these variables and no other, and the line is sh's.
  const given = ['HOME=/root', 'LOGNAME=root', 'SHELL=/bin/sh', 'PATH=/usr/bin:/bin', ...settings];
  await run(`cd /root; env --ignore-environment ${given.join(' ')} /bin/sh -c ${shellQuote(daily)}`);
  const runs = await history();
  expect(runs).toHaveLength(before + 1);
  expectPassed(runs.slice(-1));
  await metricsOfPass();
  await run('test -e /var/lib/lucca-dr/alive');
});

test('removing it leaves nothing, and once more changes nothing', async () => {
  expect(await removeSchedule(site.context, request)).toEqual({ host: HOST, changed: true });
  const left = await run(
    `find / -xdev -name '*lucca-dr*' -not -path '/proc/*'; getent passwd lucca-dr; getent group lucca-dr; systemctl list-units --all --no-legend '*lucca-dr*'; true`,
  );
  expect(left).toBe('');
  expect(await removeSchedule(site.context, request)).toEqual({ host: HOST, changed: false });
  expect(await scheduleStatus(site.context, request)).toMatchObject({ installed: false });
});

/** As a monitoring system does: by the job's user, who alone may read the history. */
const tool = 'runuser -u lucca-dr -- /opt/lucca-dr/bin/dr';

async function run(command: string): Promise<string> {
  return await on(site.lab, HOST, command);
}

function expectPassed([verification]: Verification[]): void {
  expect(verification?.results.map(({ level, outcome }) => `${level} ${outcome}`)).toEqual([
    'presence PASS',
    'freshness PASS',
    'structure PASS',
    'content PASS',
  ]);
}

async function metricsOfPass(): Promise<string> {
  const metrics = await run('cat /var/lib/lucca-dr/lucca-dr.prom');
  expect(metrics).toContain('lucca_dr_verification_outcome{site="viareggio",outcome="PASS"} 1');
  return metrics;
}

/** It keeps what it gets; Python's own. */
async function startMailServer(): Promise<void> {
  await run(
    `systemd-run --quiet --unit=mail-server --property=StandardOutput=append:${MAILS} python3 -u -W ignore -m smtpd --nosetuid --class DebuggingServer 127.0.0.1:25`,
  );
}

async function history(): Promise<Verification[]> {
  const text = await run('cat /var/lib/lucca-dr/custody/verification-viareggio.jsonl');
  return text.split('\n').map((line) => verificationSchema.parse(JSON.parse(line)));
}

/** What the mail server got, in words: subjects are unfolded and their umlauts and accents are decoded. */
async function mails(): Promise<string> {
  return await run(
    `python3 -c 'import email, email.header, re; text = open("${MAILS}").read(); print("\\n".join(re.findall("Subject: .*", text)))'`,
  );
}

async function dropIn(unit: string, text: string): Promise<void> {
  const folder = `/etc/systemd/system/${unit}.d`;
  await run(`mkdir -p ${folder}; cat >${folder}/test.conf <<'END'\n${text}END\nsystemctl daemon-reload`);
}

async function noDropIn(unit: string): Promise<void> {
  await run(`rm -r /etc/systemd/system/${unit}.d; systemctl daemon-reload`);
}

function writeNotifications(folder: string): void {
  mkdirSync(join(folder, 'local'));
  writeFileSync(
    join(folder, 'local', 'notifications.yaml'),
    `smtp: { host: 127.0.0.1, port: 25, security: none, from: continuita@camera.test }
heartbeat: { program: /usr/bin/touch, args: [/var/lib/lucca-dr/alive] }
lists: { it-office: [informatica@camera.test] }
`,
  );
}

/** The job has no key of its own: it knows who may sign in the ledger from the inventory alone. */
function writeSigners(folder: string, signers: Signers): void {
  editYaml(join(folder, 'cassettes.yaml'), (document) => {
    const custodySigners = [...signers].map(([signer, key]) => ({ signer, publicKey: publicText(key) }));
    document.set('custodySigners', document.createNode(custodySigners));
  });
}
