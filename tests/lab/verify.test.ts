/** The levels of verification on a real host with a real cassette: clean, damaged, locked, torn out, cut off; and the bubble. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readHistory } from '../../cassette/history.ts';
import { readingFile } from '../../cassette/reading-log.ts';
import type { Level, LevelResult, Verification } from '../../cassette/verification.ts';
import { BUBBLE_LAB, recoverInBubble } from '../../lab/bubble.ts';
import { writeMediumSerial } from '../../lab/cassettes.ts';
import { labStatus, listLabs } from '../../lab/lab.ts';
import type { LabStatus } from '../../lab/status.ts';
import { projectDirectory } from '../../platforms/cache.ts';
import { type ExecOutcome, run, tryRun } from '../../platforms/exec.ts';
import { withLentCassette } from '../../platforms/restic/lend.ts';
import { withHost } from '../../platforms/ssh.ts';
import { passphraseOf } from '../../scripts/context.ts';
import { verify } from '../../scripts/verify/verify.ts';
import { copySparse } from './disk-image.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { on, removeEverything, tryOn, until } from './lab-harness.ts';

const { label } = golden;
const HOST = 'vi-fs1';
const LAB = 'verify';

let site: Viareggio;
let passphrase: string;

beforeAll(async () => {
  site = await viareggio(LAB, ['vi-dc1', HOST, 'vi-ws1']);
  passphrase = await passphraseOf(site.context, label);
});
afterAll(removeEverything);

const server = async (command: string): Promise<string> => await on(site.lab, HOST, command);
const controller = async (command: string): Promise<string> =>
  (await tryOn(site.lab, 'vi-dc1', command)).stdout.trim();
const repository = `/media/${label}/restic`;

/** A whole copy of the golden cassette, plugged in. */
async function plugFresh(serial: string | null = golden.serial): Promise<void> {
  await site.lab.unplugCassette(label, { force: true });
  const image = site.lab.cassetteImagePath(label);
  await copySparse(golden.image, image);
  await writeMediumSerial(image, serial ?? golden.serial);
  await site.lab.plugCassette(label, HOST);
}

async function verified(upTo: Level, options: { label?: string; days?: number } = {}): Promise<Verification> {
  return await verify(site.context, { site: 'viareggio', upTo, days: 1, ...options });
}

/** `dr verify` as a process of its own, to be killed. */
function dr(level: Level): ChildProcess {
  const program = join(projectDirectory(), 'cli/main.ts');
  return spawn(process.execPath, [program, 'verify', level, '--lab', LAB, '--days', '1'], {
    stdio: 'ignore',
  });
}

type Typed = { outcome: string; verification: Verification };

/** `dr verify` as somebody types it. */
async function type(...words: string[]): Promise<ExecOutcome> {
  const env = { NO_COLOR: '1' };
  return await tryRun(join(projectDirectory(), 'bin/dr'), ['verify', ...words, '--lab', LAB], { env });
}

function outcomes({ results }: Verification): string[] {
  return results.map(({ level, outcome }) => `${level} ${outcome}`);
}

function last({ results }: Verification): LevelResult {
  const result = results.at(-1);
  if (result === undefined) throw new Error('no result');
  return result;
}

function evidenceOf(verification: Verification): string {
  return last(verification)
    .checks.filter(({ outcome }) => outcome !== 'PASS')
    .map(({ id, evidence }) => `${id}: ${evidence}`)
    .join('\n');
}

/** A backup that waits for its input for ever; gives its process id. */
async function startWriter(): Promise<string> {
  const answer = await withHost(
    site.context.access,
    HOST,
    async (host) =>
      await host.bash(
        `export RESTIC_PASSWORD="$DR_SECRET"
setsid bash -c 'sleep infinity | restic --repo ${repository} --no-cache backup --stdin' < /dev/null > /dev/null 2>&1 &
until [ -n "$(ls ${repository}/locks)" ]; do read -rt 0.05 <> <(:) || true; done
pgrep -x restic`,
        { secret: passphrase },
      ),
  );
  return answer.trim();
}

/** A file that is read last and never ends: whoever reads the cassette stands there. Gives how many come before it. */
async function blockReading(): Promise<number> {
  const answer = await server(`cd ${repository}
name=$(printf ff%.0s $(seq 32)); for d in data/*; do mkfifo "$d/$name"; done
last=$(find data -type p -printf '%i %p\\n' | sort -n | tail -1 | cut -d' ' -f2); find data -type p -not -path "$last" -delete
[ "$(find data index keys snapshots -type f -printf '%i\\n' | sort -n | tail -1)" -lt "$(stat -c %i "$last")" ]
sync -f .; find data index keys snapshots -type f | wc -l`);
  return Number(answer);
}

async function filesRead(count: number): Promise<void> {
  const { repositoryId } = JSON.parse(await server(`cat /media/${label}/cassette.json`));
  const file = readingFile(site.context.custody.directory, label, repositoryId);
  await until(`${count} files to be read`, () => {
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    const begun = text.slice(text.lastIndexOf('"kind":"begin"'));
    const ended = begun.includes('"kind":"end"'); // of a run before this one
    return !ended && begun.split('"readAtUtc":"').length - 1 >= count ? true : undefined;
  });
}

async function hasBubble(): Promise<boolean> {
  return (await listLabs()).some(({ name }) => name === BUBBLE_LAB);
}

describe('a cassette in order', () => {
  beforeEach(async () => await plugFresh());

  test('passes every level that needs no bubble, each on record, and all of it is read', async () => {
    const before = (await readHistory(site.context.custody.directory, 'viareggio')).verifications.length;
    const typed = await type('--days', '1', '--json');
    const { outcome, verification } = JSON.parse(typed.stdout) as Typed;
    expect([typed.exitCode, outcome]).toEqual([0, 'PASS']);
    expect(outcomes(verification)).toEqual([
      'presence PASS',
      'freshness PASS',
      'structure PASS',
      'content PASS',
    ]);
    const { figures, subject } = last(verification);
    expect(subject).toMatchObject({ label, snapshotId: golden.snapshotId });
    const size = await server(
      `find ${repository}/{data,index,keys,snapshots} -type f -printf '%s\\n' | paste -sd+ | bc || true`,
    );
    expect(figures['bytes_read']).toBe(figures['bytes_total']);
    if (size !== '') expect(figures['bytes_total']).toBe(Number(size));
    const { verifications } = await readHistory(site.context.custody.directory, 'viareggio');
    expect(verifications).toHaveLength(before + 1);
    expect(verifications.at(-1)).toEqual(verification);
    const history = await type('--history', '--days', '3');
    expect(history).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('at viareggio: ') });
    for (const row of [/^contenuto \/ content +··■$/m, /^ripristino .*···$/m, /^età : RPO .*··[▁-█]$/m])
      expect(history.stdout).toMatch(row);
  });

  test('is read a share a day: what was not read yet comes next, until all is', async () => {
    const shares = [
      await verified('content', { days: 3 }),
      await verified('content', { days: 3 }),
      await verified('content', { days: 3 }),
    ];
    expect(shares.flatMap(outcomes).filter((text) => !text.endsWith('PASS'))).toEqual([]);
    const covered = shares.map((one) => Number(last(one).figures['bytes_covered']));
    expect(covered).toEqual(covered.toSorted((a, b) => a - b));
    expect(covered.at(-1)).toBe(last(shares[0] ?? (await verified('content'))).figures['bytes_total']);
  });
});

describe('which cassette', () => {
  beforeEach(async () => await plugFresh());

  test('none: says so and what to do', async () => {
    await site.lab.unplugCassette(label);
    const { exitCode, stdout } = await type();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ presenza .*\n.*non è inserita alcuna cassetta.*inserire/m);
    // What was found before stands beside it with its age, and looks like nothing of today's.
    expect(stdout).toMatch(/^– contenuto .*non questa volta.* fa \/ ago, .*LUCCA-DR-A snapshot /m);
    expect(stdout).not.toMatch(/^✓/m);
  });

  test('another one than was asked for', async () => {
    expect(evidenceOf(await verified('presence', { label: 'LUCCA-DR-B' }))).toMatch(
      /LUCCA-DR-B.*LUCCA-DR-A/s,
    );
  });

  test('a copy of it on another medium', async () => {
    await plugFresh('ALTRO-0001');
    const verification = await verified('presence');
    expect(outcomes(verification)).toEqual(['presence FAIL']);
    expect(evidenceOf(verification)).toMatch(/copia/);
  });

  test('two of them', async () => {
    const other = site.lab.cassetteImagePath('LUCCA-DR-B');
    await copySparse(golden.image, other);
    await run('e2label', [other, 'LUCCA-DR-B']);
    await site.lab.plugCassette('LUCCA-DR-B', HOST);
    try {
      const verification = await verified('presence');
      expect(outcomes(verification)).toEqual(['presence FAIL']);
      expect(evidenceOf(verification)).toMatch(/inserite 2 cassette/);
      expect(outcomes(await verified('presence', { label }))).toEqual(['presence PASS']);
    } finally {
      await site.lab.unplugCassette('LUCCA-DR-B', { force: true });
    }
  });
});

describe('damage', () => {
  beforeEach(async () => await plugFresh());

  const flip = `flip() { chmod u+w "$1"; python3 -c 'import sys; f = open(sys.argv[1], "r+b"); n = len(f.read()) // 2; f.seek(n); b = f.read(1)[0]; f.seek(n); f.write(bytes([b ^ 1]))' "$1"; }`;

  test.for<[what: string, how: string, found: Level, says: RegExp]>([
    [
      'a flipped byte in a pack of files',
      'flip $(find data -type f -size +1M | head -1)',
      'content',
      /data\/.*SHA-256/s,
    ],
    [
      'a truncated pack',
      'p=$(find data -type f -size +1M | head -1); chmod u+w $p; truncate -s 100000 $p',
      'structure',
      /structure\.repository/,
    ],
    [
      'a pack that is gone',
      'rm -f $(find data -type f -size +1M | head -1)',
      'structure',
      /structure\.repository/,
    ],
    ['an index that is gone', 'rm -f index/*', 'structure', /structure\.repository/],
    ['a snapshot that does not read', 'flip snapshots/*', 'freshness', /snapshot/],
    ['a repository that is gone', 'rm -rf data index keys snapshots config', 'presence', /manca la copia/],
  ])('%s: found', async ([, how, level, says]) => {
    await server(`cd ${repository}; ${flip}\n${how}; sync -f .`);
    const verification = await verified('content');
    expect(last(verification)).toMatchObject({ level, outcome: 'FAIL' });
    expect(evidenceOf(verification)).toMatch(says);
  });
});

describe('a lock', () => {
  beforeEach(async () => await plugFresh());

  test('of a living process: not verifiable, a backup is in progress', async () => {
    const pid = await startWriter();
    try {
      const { exitCode, stdout } = await type('structure');
      expect(exitCode).toBe(3);
      expect(stdout).toMatch(new RegExp(`^✓ età .*^\\? struttura .*Copia in corso.*pid ${pid}`, 'ms'));
    } finally {
      await server(`kill -9 ${pid}; pkill -x sleep || true`);
    }
  });

  test('of a dead one: does not stand in the way, and stays for the next backup to remove', async () => {
    await server(`kill -9 ${await startWriter()}; pkill -x sleep || true`);
    const locks = await server(`ls ${repository}/locks`);
    const verification = await verified('structure');
    expect(outcomes(verification)).toEqual(['presence PASS', 'freshness PASS', 'structure PASS']);
    expect(last(verification).checks.find(({ id }) => id === 'structure.locks')?.evidence).toMatch(
      /processi finiti/,
    );
    expect(await server(`ls ${repository}/locks`)).toBe(locks);
  });
});

describe('in mid-read', () => {
  beforeEach(async () => await plugFresh());

  const unblock = `find /media/*/restic/data -type p -exec timeout 5 sh -c ': > {}' ';' -delete`;

  test('torn out while it is read: not verifiable at once, and plugged in again it goes on', async () => {
    const files = await blockReading();
    const reading = verified('content');
    await filesRead(files);
    await site.lab.unplugCassette(label, { force: true });
    const torn = await reading;
    expect(last(torn)).toMatchObject({ level: 'content', outcome: 'NOT VERIFIABLE' });
    expect(evidenceOf(torn)).toMatch(/è stata tolta/);
    await site.lab.plugCassette(label, HOST);
    await server(`find ${repository}/data -type p -delete`);
    const again = await verified('content');
    expect(outcomes(again).at(-1)).toBe('content PASS');
    expect(last(again).figures).toMatchObject({
      files_read: 0,
      bytes_carried: last(again).figures['bytes_total'],
    });
  });

  test('torn out while its structure is read: not verifiable', async () => {
    // An index that restic opens and whose end never comes; its writer gets in once restic has.
    const endless = `${repository}/index/${'f'.repeat(64)}`;
    await server(`rm -f /run/dr-opened; mkfifo ${endless}`);
    const reading = verified('structure');
    await server(`(exec 9> ${endless}; echo $BASHPID > /run/dr-opened; exec sleep 60) >/dev/null 2>&1 &
for _ in $(seq 600); do [ ! -s /run/dr-opened ] || break; read -rt 0.05 <> <(:) || :; done; test -s /run/dr-opened`);
    await site.lab.unplugCassette(label, { force: true });
    await server('kill $(cat /run/dr-opened)');
    const torn = await reading;
    expect(last(torn)).toMatchObject({ level: 'structure', outcome: 'NOT VERIFIABLE' });
    expect(evidenceOf(torn)).toMatch(/è stata tolta/);
  });

  test('the command killed: the next one reads only what is left', async () => {
    const files = await blockReading();
    const child = dr('content');
    await filesRead(files);
    child.kill('SIGKILL');
    await server(unblock);
    const text = 'un altro pacco';
    await server(`cd ${repository}; printf '%s' '${text}' > x; mv x data/00/$(sha256sum < x | cut -c1-64)`);
    const again = await verified('content');
    expect(outcomes(again).at(-1)).toBe('content PASS');
    expect(last(again).figures).toMatchObject({ files_read: 1, bytes_read: text.length });
  });
});

/** A folder of the host with the cassette, shown to the controller. */
async function lent(mountPoint: string, work: () => Promise<void>): Promise<void> {
  const { access } = site.context;
  const borrower = { access, name: 'vi-dc1', enter: await site.lab.enterHost('vi-dc1') };
  await withHost(access, HOST, async (host) => {
    await withLentCassette({ access, host }, { mountPoint, label: 'LENT' }, borrower, work);
  });
}

describe('lent to a host that has no way to it', () => {
  test('a folder is read there, written nowhere, and gone afterwards', async () => {
    await server('mkdir /run/lent; printf whole >/run/lent/cassette.json');
    await lent('/run/lent', async () => {
      expect(await controller('cat /media/LENT/cassette.json')).toBe('whole');
      expect(await controller('touch /media/LENT/new 2>&1')).toMatch(/Read-only/);
    });
    expect(await controller('ls -d /media/LENT 2>&1')).toMatch(/No such file/);
    expect(await server('ls /run/lent')).toBe('cassette.json');
  });

  test('a medium of this machine is itself mounted there: read only, and not taken out meanwhile', async () => {
    await plugFresh();
    await lent(`/media/${label}`, async () => {
      expect(await controller('findmnt -no FSTYPE /media/LENT')).toBe('ext4');
      expect(await controller('cat /media/LENT/cassette.json')).toContain(label);
      expect(await controller('touch /media/LENT/new 2>&1')).toMatch(/Read-only/);
      await expect(site.lab.unplugCassette(label)).rejects.toMatchObject({ code: 'CASSETTE_BUSY' });
    });
    expect(await controller('ls -d /media/LENT /dev/dr-lent 2>&1')).toMatch(/(No such file.*){2}/s);
    await server(`touch /media/${label}/new`);
    await site.lab.unplugCassette(label);
  });

  test('what is not there is not lent, and the reason is said', async () => {
    await expect(lent('/nowhere', async () => await Promise.resolve())).rejects.toMatchObject({
      code: 'CASSETTE_NOT_LENT',
      message: expect.stringMatching(/nowhere.*No such file/),
    });
  });
});

test('one at a time: a second verification of the site is refused', async () => {
  await plugFresh();
  const [one, other] = await Promise.allSettled([verified('structure'), verified('structure')]);
  expect([one.status, other.status].toSorted()).toEqual(['fulfilled', 'rejected']);
  const refused = one.status === 'rejected' ? one : other;
  expect(refused).toMatchObject({ reason: { code: 'VERIFY_RUNNING' } });
});

describe('the bubble', () => {
  test('killed while it is up: nothing of it stays', async () => {
    await plugFresh();
    const child = dr('recoverability');
    await until(
      'the bubble',
      async () => (await listLabs()).find(({ name, state }) => name === BUBBLE_LAB && state === 'running'),
      120_000,
    );
    child.kill('SIGKILL');
    await until('the bubble to be gone', async () => ((await hasBubble()) ? undefined : true), 60_000);
  });

  test('domain and shares come back in it, people log on, and nothing of it stays', async () => {
    await plugFresh();
    // While people log on in there: no link to Lucca, and no line to anybody.
    let links: Promise<Pick<LabStatus, 'wan' | 'lines'>> | undefined;
    const progress = (text: string): void => {
      if (text.startsWith('PASS')) links ??= labStatus(BUBBLE_LAB);
    };
    const verification = await verify(
      { ...site.context, progress },
      { site: 'viareggio', upTo: 'recoverability', days: 1 },
      recoverInBubble,
    );
    expect(await links).toMatchObject({ wan: { up: false }, lines: [] });
    expect(evidenceOf(verification)).toBe('');
    expect(outcomes(verification).at(-1)).toBe('recoverability PASS');
    const ids = last(verification).checks.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'files.content',
        'access.canaries',
        'access.denied-read',
        'ad.dbcheck',
        'desk.logon.vi-desk1',
      ]),
    );
    expect(await hasBubble()).toBe(false);
    expect(await server(`mountpoint /media/${label}`)).toMatch(/is a mountpoint/);
  });
});
