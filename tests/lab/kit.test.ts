/** The recovery kit: with the cassette alone, no network but the site's own switch, a bare machine restores domain and shares. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { toErrorRecord } from '../../core/errors.ts';
import { writeKit } from '../../kit/kit.ts';
import { labSecretsFolder } from '../../lab/secrets.ts';
import { projectDirectory } from '../../platforms/cache.ts';
import { type ExecOutcome, run, tryRun } from '../../platforms/exec.ts';
import { readSnapshotFile } from '../../platforms/restic/snapshot-file.ts';
import { withHost } from '../../platforms/ssh.ts';
import { STAGE } from '../../scripts/backup.ts';
import { checkCapacity } from '../../scripts/preflight/capacity.ts';
import { checkKit } from '../../scripts/verify/kit.ts';
import { verify } from '../../scripts/verify/verify.ts';
import { inBareDebian, makeBareDebian } from './bare-debian.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { editYaml } from './inventory-folder.ts';
import { on, removeEverything, stateFolder, tryOn } from './lab-harness.ts';

const KIT = `/media/${golden.label}/kit`;
/** The cassette is one with a key of its own: whatever takes the usual one for it does not open it. */
const OWN_KEY = 'cassette-passphrase-own';
const CONFIDENTIAL = 'Riservatissimo-7421';
const request = { host: 'vi-fs1', label: golden.label };
const passphrase = readFileSync(join(golden.secrets, 'cassette-passphrase'), 'utf8').trim();
/** The fact by which the last kit that is written whole differs from those before. */
const KIT_RATE_MBIT = 97;
let site: Viareggio;

beforeAll(async () => {
  site = await viareggio('kit', ['vi-dc1', 'vi-fs1', 'vi-ws1'], {
    editInventory: (folder) => {
      editYaml(join(folder, 'cassettes.yaml'), (document) =>
        document.setIn(['cassettes', 0, 'key'], OWN_KEY),
      );
      mkdirSync(join(folder, 'local/plan'), { recursive: true });
      writeFileSync(join(folder, 'local/plan/piano.txt'), CONFIDENTIAL);
      process.env['DR_PLAN'] = join(folder, 'local/plan');
    },
  });
  const secrets = labSecretsFolder(site.lab.directory);
  writeFileSync(join(secrets, OWN_KEY), `${passphrase}\n`);
  writeFileSync(join(secrets, 'cassette-passphrase'), 'it-opens-another-one\n');
  await site.lab.setWan({ up: false });
  const { pid } = await site.lab.status();
  for (const host of ['vi-dc1', 'vi-fs1', 'vi-ws1']) {
    await run('nsenter', [
      `--target=${pid}`,
      '--mount',
      '--net',
      'ip',
      '-n',
      host,
      'route',
      'del',
      'default',
    ]);
  }
  await site.lab.plugCassette(golden.label, 'vi-fs1');
});
afterAll(async () => {
  delete process.env['DR_PLAN'];
  await removeEverything();
});

/** A verb of `dr` and its options, for this lab. */
const place = (): string[] => [
  '--lab=kit',
  `--inventory=${process.env['DR_INVENTORY']}`,
  '--site=viareggio',
  `--label=${golden.label}`,
];
const type = async (...verb: string[]): Promise<ExecOutcome> =>
  await tryRun(join(projectDirectory(), 'bin/dr'), [...verb, ...place()]);

/** What a command says inside the bare Debian. */
const bare = async (command: string): Promise<string> => await on(site.lab, 'vi-fs1', inBareDebian(command));
const start = (options = '', secret = passphrase): string =>
  `printf '%s\\n' '${secret}' | unshare --net sh ${KIT}/start.sh ${options}`;

test('it is written once, renewed when a fact changes, and its check passes', async () => {
  const first = await writeKit(site.context, request);
  expect(first).toMatchObject({ changed: true, warnings: [] });
  process.stderr.write(`kit: ${first.sizeBytes} bytes, written in ${Math.round(first.durationMs)} ms\n`);
  expect(await writeKit(site.context, request)).toMatchObject({ changed: false, manifest: first.manifest });

  editYaml(join(String(process.env['DR_INVENTORY']), 'sites.yaml'), (document) =>
    document.setIn(['wan', 'rateMbit'], 99),
  );
  const renewed = await writeKit(site.context, request);
  process.stderr.write(`kit: renewed in ${Math.round(renewed.durationMs)} ms\n`);
  expect(renewed).toMatchObject({ changed: true, manifest: { digest: first.manifest.digest } });
  const kits = await on(site.lab, 'vi-fs1', `find /media/${golden.label} -maxdepth 1 -name '.kit-*'`);
  expect(kits.split('\n')).toHaveLength(1);

  const checks = await withHost(site.context.access, 'vi-fs1', (host) =>
    checkKit(host, golden.label, passphrase),
  );
  expect(checks.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['kit.whole', 'PASS'],
    ['kit.sealed', 'PASS'],
    ['kit.version', 'PASS'],
  ]);
  const typed = await type('kit', 'check');
  expect([typed.exitCode, typed.stdout.match(/^PASS/gm)?.length]).toEqual([0, 3]);
  const unproved = await withHost(site.context.access, 'vi-fs1', (host) =>
    checkKit(host, golden.label, undefined),
  );
  expect(unproved.find(({ id }) => id === 'kit.sealed')?.outcome).toBe('NOT VERIFIABLE');
});

test('the daily verification reads it too, and a byte that turned in it is found', async () => {
  const daily = async () => {
    const { results } = await verify(site.context, { site: 'viareggio', upTo: 'content', days: 1 });
    return results
      .flatMap(({ checks }) => checks)
      .filter(({ outcome, id }) => outcome !== 'PASS' || id.startsWith('kit.'));
  };
  expect((await daily()).map(({ id, outcome }) => [id, outcome])).toEqual([
    ['kit.whole', 'PASS'],
    ['kit.sealed', 'PASS'],
  ]);
  const turn = (name: string): string => `python3 -c "
f = open('${KIT}/${name}', 'r+b')
f.seek(99); turned = f.read(1)[0] ^ 1
f.seek(99); f.write(bytes([turned]))"`;
  await on(site.lab, 'vi-fs1', turn('restic'));
  expect(await daily()).toEqual([
    expect.objectContaining({
      id: 'kit.whole',
      outcome: 'FAIL',
      evidence: expect.stringContaining('restic: FAILED'),
    }),
    expect.objectContaining({ id: 'kit.sealed', outcome: 'NOT VERIFIABLE' }),
  ]);
  await on(site.lab, 'vi-fs1', turn('restic'));

  const pack = await on(site.lab, 'vi-fs1', `cd ${KIT} && find private/data -type f | head -1`);
  const sums = `${KIT}/SHA256SUMS`;
  const unsealed: [string, string, string][] = [
    [turn(pack), 'private: data/', turn(pack)],
    // A list without it vouches for nothing less, but no more for that file.
    [`cp ${sums} /run/sums && sed -i /README/d ${sums}`, 'SHA256SUMS: ', `cp /run/sums ${sums}`],
  ];
  for (const [damage, said, mend] of unsealed) {
    await on(site.lab, 'vi-fs1', damage);
    expect(await daily()).toEqual([
      expect.objectContaining({ id: 'kit.whole', outcome: 'PASS' }),
      expect.objectContaining({ id: 'kit.sealed', outcome: 'FAIL', evidence: expect.stringContaining(said) }),
    ]);
    await on(site.lab, 'vi-fs1', mend);
  }
});

test('nothing confidential is on the cassette in clear', async () => {
  const secrets = ['domain-administrator', 'test-account', 'cassette-passphrase'].map((name) =>
    readFileSync(join(golden.secrets, name), 'utf8').trim(),
  );
  for (const text of [...secrets, CONFIDENTIAL, 'BEGIN OPENSSH PRIVATE KEY']) {
    expect((await tryOn(site.lab, 'vi-fs1', `grep -rqF -- '${text}' ${KIT}/`)).exitCode).toBe(1);
    const packed = `dpkg-deb --fsys-tarfile ${KIT}/tool.deb | grep -aF -c -- '${text}'`;
    if (!text.startsWith('BEGIN')) expect((await tryOn(site.lab, 'vi-fs1', packed)).stdout.trim()).toBe('0');
  }
  const listing = await on(site.lab, 'vi-fs1', `dpkg-deb --contents ${KIT}/tool.deb`);
  expect(listing).not.toMatch(/inventory\/[a-z-]+\.yaml/);
});

test('a damaged kit runs nothing, and one that somebody changed is refused', async () => {
  await on(
    site.lab,
    'vi-fs1',
    `cp -a ${KIT}/ /root/kit && printf x | dd of=/root/kit/restic bs=1 seek=9999 conv=notrunc status=none`,
  );
  const damaged = await tryOn(site.lab, 'vi-fs1', `echo x | sh /root/kit/start.sh`);
  expect(damaged).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('restic: FAILED') });

  await on(
    site.lab,
    'vi-fs1',
    `cp ${KIT}/restic /root/kit/ && echo evil >> /root/kit/LEGGIMI.txt && cd /root/kit && sha256sum kit.json start.sh LEGGIMI.txt README.txt restic tool.deb > SHA256SUMS`,
  );
  const changed = await tryOn(site.lab, 'vi-fs1', `printf '%s\\n' '${passphrase}' | sh /root/kit/start.sh`);
  expect(changed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('somebody changed them') });
  const wrong = await tryOn(site.lab, 'vi-fs1', start('', 'sbagliata'));
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not open the kit') });
  await on(site.lab, 'vi-fs1', 'rm -r /root/kit; test ! -e /opt/lucca-dr; test ! -e /opt/lucca-dr.new');
});

/** Types the lines of standard input at a terminal, one at each question, and prints all that the terminal showed. */
const TYPIST = `
import os, pty, sys
lines = sys.stdin.buffer.read().splitlines(keepends=True)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('unshare', ['unshare', '--net', 'sh', sys.argv[1], '--to', '/opt/typed'])
shown, asked = b'', 0
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    while asked < shown.count(b'not shown): ') and lines:
        asked += 1
        os.write(terminal, lines.pop(0))
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

test('at a terminal the passphrase is asked for, not shown, and asked for again when it is wrong', async () => {
  const typed = await tryOn(
    site.lab,
    'vi-fs1',
    `printf 'sbagliata\\n%s\\n' '${passphrase}' | python3 -c "$(cat <<'END'\n${TYPIST}\nEND\n)" ${KIT}/start.sh`,
  );
  expect(typed.stdout).toContain('Not that one, try again');
  expect(typed.stdout).toContain('Pronto / ready: /opt/typed');
  expect(typed.stdout).not.toContain('sbagliata');
  expect(typed.stdout).not.toContain(passphrase);
  expect(typed.exitCode).toBe(0);
  await on(site.lab, 'vi-fs1', 'rm -r /opt/typed');
});

test('a write that is killed leaves the old kit whole and nothing on this computer; of the next two, at once, the second waits and finds it complete', async () => {
  editYaml(join(String(process.env['DR_INVENTORY']), 'sites.yaml'), (document) =>
    document.setIn(['wan', 'rateMbit'], KIT_RATE_MBIT),
  );
  const temporary = join(stateFolder, 'temporary');
  mkdirSync(temporary);
  const writing = spawn(join(projectDirectory(), 'bin/dr'), ['kit', 'write', ...place()], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  const ended = once(writing, 'exit');
  const begun = `until ls -d /media/${golden.label}/.kit-* | grep -qvxF "$(readlink -f ${KIT})"; do read -rt 0.02 <> <(:) || true; done`;
  await Promise.race([on(site.lab, 'vi-fs1', begun), ended]);
  writing.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(readdirSync(temporary), 'what is confidential, in clear').toEqual([]);
  await on(site.lab, 'vi-fs1', `cd ${KIT} && sha256sum --check --quiet SHA256SUMS`);

  const said: string[] = [];
  const context = { ...site.context, progress: (line: string) => said.push(line) };
  const outcomes = await Promise.all([writeKit(context, request), writeKit(context, request)]);
  expect(outcomes.filter(({ changed }) => changed)).toHaveLength(1);
  expect(said).toContainEqual(expect.stringContaining('In attesa'));
  const kits = await on(site.lab, 'vi-fs1', `find /media/${golden.label} -maxdepth 1 -name '.kit-*'`);
  expect(kits.split('\n')).toHaveLength(1);
});

test('without room for it the old kit stays', async () => {
  await on(
    site.lab,
    'vi-fs1',
    `fallocate -l $(($(df --output=avail -B1 /media/${golden.label} | tail -1) - 8388608)) /media/${golden.label}/full`,
  );
  editYaml(join(String(process.env['DR_INVENTORY']), 'sites.yaml'), (document) =>
    document.setIn(['wan', 'rateMbit'], 98),
  );
  expect(await writeKit(site.context, request).catch(toErrorRecord)).toMatchObject({ code: 'KIT_NO_ROOM' });
  await on(
    site.lab,
    'vi-fs1',
    `rm /media/${golden.label}/full; cd ${KIT} && sha256sum --check --quiet SHA256SUMS`,
  );
});

test('preflight: the cassette fits, in time, on what was measured; and not without the cassette', async () => {
  const { checks, size } = await checkCapacity(site.context, 'viareggio', golden.label);
  expect(size).toMatchObject({ entries: golden.manifest.entries });
  expect(checks.map(({ outcome }) => outcome)).toEqual(['PASS', 'PASS']);
  expect(checks[1]?.evidence).toMatch(/MiB\/s|GiB\/s/);
  await on(site.lab, 'vi-fs1', 'test ! -e /srv/.dr-preflight');
  // A site of one desk is not what the plan asks for: only what is of the cassette is looked at here.
  const { stdout } = await type('preflight', '--json');
  const { checks: said } = JSON.parse(stdout) as { checks: { id: string; outcome: string }[] };
  const ofCassette = said.filter(({ id }) => ['preflight.disk', 'preflight.time'].includes(id));
  expect(ofCassette.map(({ outcome }) => outcome)).toEqual(['PASS', 'PASS']);
  const other = await checkCapacity(site.context, 'viareggio', 'LUCCA-DR-B');
  expect(other.checks.map(({ outcome }) => outcome)).toEqual(['NOT VERIFIABLE', 'NOT VERIFIABLE']);
});

test('on a Debian of nothing but its essential packages: start.sh without any network, then the restore', async () => {
  const packages = await makeBareDebian(site.lab, 'vi-fs1');
  expect(packages).toEqual(expect.arrayContaining(['dpkg', 'tar', 'coreutils']));
  for (const notThere of [
    'openssh-client',
    'python3',
    'restic',
    'iputils-ping',
    'systemd',
    'ca-certificates',
  ])
    expect(packages).not.toContain(notThere);
  const begun = performance.now();
  const unpacked = await bare(start());
  process.stderr.write(`kit: unpacked in ${Math.round(performance.now() - begun)} ms\n`);
  expect(unpacked).toContain('dr stack up viareggio');
  expect(await bare('cat /opt/lucca-dr/inventory/local/plan/piano.txt')).toBe(CONFIDENTIAL);
  expect(await bare('cat /opt/lucca-dr/runbook/ripristino.html')).toContain('6.2.4');
  // Again: the same, and the runs of the first stay.
  await bare(`mkdir -p /opt/lucca-dr/.state && touch /opt/lucca-dr/.state/mark && ${start()}`);
  await bare('test -e /opt/lucca-dr/.state/mark');

  const from = `--label ${golden.label} --snapshot ${golden.snapshotId}`;
  await bare(`dr stack up viareggio --role exercise ${from} --json`);
  const verified = await bare(
    `cd /opt/lucca-dr && node_modules/.bin/node scripts/verify-restore.ts --site viareggio ${from}`,
  );
  const { checks } = JSON.parse(verified) as { checks: { id: string; outcome: string }[] };
  expect(checks.length).toBeGreaterThan(10);
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
});

test('a backup as it is typed: what it did, the plan in it, and the kit, which needed nothing, left as it is', async () => {
  editYaml(join(String(process.env['DR_INVENTORY']), 'sites.yaml'), (document) =>
    document.setIn(['wan', 'rateMbit'], KIT_RATE_MBIT),
  );
  const typed = await type('backup', '--json');
  expect(typed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('già aggiornato') });
  const done = z.object({ snapshotId: z.string(), snapshots: z.number() }).parse(JSON.parse(typed.stdout));
  expect(done.snapshots).toBe(2);
  const held = await withHost(site.context.access, 'vi-fs1', async (host) => {
    const snapshot = { label: golden.label, snapshotId: done.snapshotId, passphrase };
    return await readSnapshotFile(host, snapshot, `${STAGE}/plan/piano.txt`);
  });
  expect(held).toBe(CONFIDENTIAL);
});

test('the runbook itself starts there: its database is in the kit', async () => {
  // It waits for people, so it is ended; what counts is that it began and can be gone on with.
  const begun = await tryOn(
    site.lab,
    'vi-fs1',
    inBareDebian(`dr restore --json </dev/null >/tmp/said 2>/tmp/told & run=$!
    while [ ! -s /tmp/said ] && kill -0 $run 2>/dev/null; do sleep 0.2; done
    kill -TERM $run; wait $run; head -c 200 /tmp/said; cat /tmp/told >&2`),
  );
  expect(begun).toMatchObject({
    stdout: expect.stringMatching(/^\{"seq":0/),
    stderr: expect.stringContaining('dr resume restore-'),
  });
});
