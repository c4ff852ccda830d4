/**
 * What people and media get wrong: each gives its own code, a sentence that names the thing, a hint that says what to type, status 1,
 * and leaves the machine and the cassette as they were.
 */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Access, loadAccess } from '../../platforms/access.ts';
import { run } from '../../platforms/exec.ts';
import { copySparse } from './disk-image.ts';
import { golden, type Viareggio, viareggio } from './golden.ts';
import { editYaml } from './inventory-folder.ts';
import { on, removeEverything, stateFolder } from './lab-harness.ts';
import { expectRefusal, type Refusal, runProgram, type ScriptRun } from './script-program.ts';

const { label } = golden;
const snapshot = golden.snapshotId.slice(0, 8);
const OTHER_LABEL = 'LUCCA-DR-B';

let site: Viareggio;
let access: Access;

beforeAll(async () => {
  site = await viareggio('bad-input', ['vi-dc1', 'vi-fs1'], { dataDiskBytes: 64 * 1024 ** 2 });
  access = await loadAccess(site.lab.accessFile);
});
afterAll(removeEverything);

const server = async (command: string): Promise<string> => await on(site.lab, 'vi-fs1', command);

/** What is on the file server's disk, and every byte of the cassette. */
async function state(): Promise<string> {
  return await server(
    'find /srv -mindepth 1 -not -name lost+found -printf "%p %s %T@\\n" | sort; find /media -type f -exec sha256sum {} + | sort | sha256sum',
  );
}

async function restoreFiles(
  args: Record<string, string> = {},
  environment: Record<string, string> = {},
): Promise<ScriptRun> {
  return await runProgram(
    'restore-files',
    { host: 'vi-fs1', label, snapshot, ...args },
    { ...site.place.environment, ...environment },
  );
}

/** Runs something that must be refused and must change nothing, neither on the disk nor on the cassette. */
async function expectUntouched(refusal: Refusal, work: () => Promise<ScriptRun>): Promise<ScriptRun> {
  const before = await state();
  const outcome = await work();
  expectRefusal(outcome, refusal);
  expect(await state()).toBe(before);
  return outcome;
}

/** A whole copy of the golden cassette, plugged in. */
async function plugFresh(): Promise<void> {
  await site.lab.unplugCassette(label).catch(() => undefined);
  await copySparse(golden.image, site.lab.cassetteImagePath(label));
  await site.lab.plugCassette(label, 'vi-fs1');
}

describe('a damaged cassette', () => {
  /** Shell for the repository's folder; `$pack` holds files, `$tree` folders. */
  const find = `pack=$(find data -type f -size +1M | head -1); tree=$(find data -type f -size -1024k | head -1)
flip() { chmod u+w "$1"; python3 -c 'import sys; f = open(sys.argv[1], "r+b"); n = len(f.read()) // 2; f.seek(n); b = f.read(1)[0]; f.seek(n); f.write(bytes([b ^ 1]))' "$1"; }
cut() { chmod u+w "$1"; truncate -s "$2" "$1"; }`;
  const damagedSays = /LUCCA-DR-A.*danneggiata/s;

  const damages: { what: string; how: string; says?: RegExp }[] = [
    { what: 'a flipped byte in a pack of files', how: 'flip $pack', says: /ciphertext verification failed/ },
    { what: 'a flipped byte in a pack of folders', how: 'flip $tree' },
    { what: 'a truncated pack', how: 'cut $pack 100000', says: /Load\(<data/ },
    { what: 'a pack that is gone', how: 'rm -f $pack' },
    { what: 'an empty pack of folders', how: 'cut $tree 0' },
    { what: 'a flipped byte in the index', how: 'flip index/*', says: /load <index/ },
    { what: 'a truncated index', how: 'cut index/* 100' },
    { what: 'an index that is gone', how: 'rm -f index/*', says: /not found in repository/ },
    { what: "a flipped byte in the snapshot's file", how: 'flip snapshots/*', says: /3bacee5b|snapshot/ },
    { what: "a truncated snapshot's file", how: 'cut snapshots/* 10' },
    { what: 'a flipped byte in the config', how: 'flip config', says: /config/ },
    { what: 'a truncated config', how: 'cut config 10' },
    { what: 'a config that is gone', how: 'rm -f config' },
    { what: 'a flipped byte in the key file', how: 'flip keys/*', says: /DR_KEY_DAMAGED/ },
    { what: 'a truncated key file', how: 'cut keys/* 20' },
    { what: 'key files that are gone', how: 'rm -f keys/*' },
    { what: 'no repository', how: 'cd ..; rm -rf restic', says: /danneggiata/ },
    { what: 'an unreadable identity', how: 'echo "{" > ../cassette.json', says: /cassette\.json/ },
    { what: 'an identity that is gone', how: 'rm ../cassette.json', says: /cassette\.json/ },
  ];

  test.for(damages)('with $what: the restore fails and says so', async ({ how, says = /./ }) => {
    await plugFresh();
    await server(`cd /media/${label}/restic; ${find}\n${how}; sync -f /media/${label}`);
    const refusal = { code: 'CASSETTE_DAMAGED', says: damagedSays, hint: /cassetta precedente/ };
    const outcome = await expectUntouched(refusal, async () => await restoreFiles());
    expect(JSON.stringify(outcome.answer)).toMatch(says);
  });

  test('with a snapshot that can not be read: "latest" does not quietly mean an older one', async () => {
    await plugFresh();
    await server(`cd /media/${label}/restic; touch snapshots/${'ab'.repeat(32)}; sync -f .`);
    const refusal = { code: 'CASSETTE_DAMAGED', says: /abababab/, hint: /cassetta precedente/ };
    await expectUntouched(refusal, async () => await restoreFiles({ snapshot: 'latest' }));
  });

  test('with a file system cut short: it is not taken for absent only', async () => {
    await site.lab.unplugCassette(label);
    await copySparse(golden.image, site.lab.cassetteImagePath(label));
    truncateSync(site.lab.cassetteImagePath(label), 2 ** 20);
    await site.lab.plugCassette(label, 'vi-fs1');
    const refusal = { code: 'CASSETTE_ABSENT', says: /LUCCA-DR-A/, hint: /non si legge.*precedente/ };
    await expectUntouched(refusal, async () => await restoreFiles());
  });

  test('the domain is not restored from it either', async () => {
    await plugFresh();
    await server(`cd /media/${label}/restic; ${find}\nflip index/*`);
    const before = await on(site.lab, 'vi-dc1', 'ls -A /var/lib/samba /etc/samba');
    const outcome = await runProgram(
      'restore-domain',
      { host: 'vi-dc1', label, snapshot, 'cassette-host': 'vi-fs1' },
      site.place.environment,
    );
    expectRefusal(outcome, { code: 'CASSETTE_DAMAGED', says: damagedSays, hint: /cassetta precedente/ });
    expect(await on(site.lab, 'vi-dc1', 'ls -A /var/lib/samba /etc/samba')).toBe(before);
    expect(await on(site.lab, 'vi-dc1', 'systemctl is-active samba-ad-dc || true')).toBe('inactive');
  });
});

describe('the wrong cassette, or none', () => {
  test('none is plugged in', async () => {
    await site.lab.unplugCassette(label);
    const refusal = { code: 'CASSETTE_ABSENT', says: /LUCCA-DR-A.*vi-fs1/, hint: /Inserire.*LUCCA-DR-A/ };
    await expectUntouched(refusal, async () => await restoreFiles());
  });

  test('another one is plugged in', async () => {
    await site.lab.createCassetteDisk({ label: OTHER_LABEL, serial: 'LDR-0002', sizeBytes: 2 ** 24 });
    await site.lab.plugCassette(OTHER_LABEL, 'vi-fs1');
    const refusal = {
      code: 'CASSETTE_WRONG_LABEL',
      says: /serve la cassetta LUCCA-DR-A, ma è inserita LUCCA-DR-B/,
      hint: /Togliere.*inserire LUCCA-DR-A/,
    };
    await expectUntouched(refusal, async () => await restoreFiles());
  });

  test('a blank one is plugged in', async () => {
    const blank = { code: 'CASSETTE_BLANK', says: /LUCCA-DR-B è vuota/, hint: /dr backup/ };
    await expectUntouched(blank, async () => await restoreFiles({ label: OTHER_LABEL }));
    await site.lab.unplugCassette(OTHER_LABEL);
  });

  test.for(['00000000', '', 'zz'])('the snapshot "%s" is not on it', async (unknown) => {
    await plugFresh();
    const refusal = { code: 'SNAPSHOT_UNKNOWN', says: /LUCCA-DR-A/, hint: new RegExp(`${snapshot} \\(20`) };
    await expectUntouched(refusal, async () => await restoreFiles({ snapshot: unknown }));
  });
});

describe('the passphrase', () => {
  beforeAll(plugFresh);

  test('is wrong', async () => {
    const refusal = {
      code: 'CASSETTE_PASSPHRASE',
      says: /LUCCA-DR-A.*frase segreta/,
      hint: /cassette-passphrase/,
    };
    await expectUntouched(
      refusal,
      async () => await restoreFiles({}, { DR_CASSETTE_PASSPHRASE: 'non è questa' }),
    );
  });

  test.for<[what: string, change: (folder: string) => void]>([
    ['missing', (folder) => rmSync(join(folder, 'cassette-passphrase'))],
    ['empty', (folder) => writeFileSync(join(folder, 'cassette-passphrase'), '\n')],
    ['in a folder that is not there', (folder) => rmSync(folder, { recursive: true })],
  ])('is %s', async ([what, change]) => {
    const folder = secrets(what.replaceAll(' ', '-'));
    change(folder);
    const refusal = {
      code: 'SECRET_MISSING',
      says: /cassette-passphrase/,
      hint: /--secrets.*DR_CASSETTE_PASSPHRASE/,
    };
    await expectUntouched(refusal, async () => await restoreFiles({}, { DR_SECRETS: folder }));
  });

  test.for([0o644, 0o640, 0o604])('stands in a file of mode %o', async (mode) => {
    const folder = secrets(`mode-${mode}`);
    chmodSync(join(folder, 'cassette-passphrase'), mode);
    const refusal = { code: 'SECRET_EXPOSED', says: /cassette-passphrase/, hint: /^chmod 600 / };
    await expectUntouched(refusal, async () => await restoreFiles({}, { DR_SECRETS: folder }));
  });
});

describe('the target', () => {
  beforeEach(plugFresh);

  const note = `/media/${label}/sizes/${golden.snapshotId}.json`;

  test.for([
    `echo '{"entries":1,"bytes":999999999999999}' > ${note}`,
    `echo '{"entries":1,"bytes":-7e300}' > ${note}`,
    `echo '{' > ${note}`,
  ])('is large enough, whatever the note in clear says (%s)', async (spoil) => {
    await server(`[ -s ${note} ]; ${spoil}`);
    expect(await restoreFiles()).toMatchObject({ exitCode: 0, answer: { changed: true } });
    await server('rm -r /srv/shares /srv/.dr-restored');
  });

  test.for([
    ['the note in clear says', 'true'],
    ['the encrypted tags say where there is no note', `rm ${note}`],
  ] as const)('is too small, as %s', async ([, change]) => {
    await server(
      `${change}; rm -f /srv/piena; fallocate -l $(( $(df --output=avail -B1 /srv | tail -1) - 10000000 )) /srv/piena`,
    );
    const refusal = { code: 'DISK_TOO_SMALL', says: /LUCCA-DR-A.*troppo piccolo/, hint: /disco più grande/ };
    await expectUntouched(refusal, async () => await restoreFiles());
  });

  test('turns out too small in the middle, because the snapshot does not say its size', async () => {
    const secret = readFileSync(join(golden.secrets, 'cassette-passphrase'), 'utf8').trim();
    await server(
      `cd /media/${label}; IFS= read -r RESTIC_PASSWORD <<< '${secret}'; export RESTIC_PASSWORD; restic --repo restic --no-cache tag --set lucca-dr ${snapshot} && sync -f .`,
    );
    const refusal = { code: 'DISK_TOO_SMALL', says: /troppo piccolo/, hint: /disco più grande/ };
    await expectUntouched(refusal, async () => await restoreFiles({ snapshot: 'latest' }));
    await server('rm /srv/piena');
  });

  test('holds other files', async () => {
    await server('mkdir -p /srv/shares; echo mio > /srv/shares/lavoro.txt');
    const refusal = { code: 'TARGET_NOT_EMPTY', says: /\/srv\/shares/, hint: /dr stack destroy viareggio/ };
    await expectUntouched(refusal, async () => await restoreFiles());
    expect(await server('cat /srv/shares/lavoro.txt; rm -r /srv/shares')).toBe('mio');
  });
});

test('a cassette pulled out in the middle: said, nothing that looks whole, and plugged in again the same command completes', async () => {
  await plugFresh();
  const restoring = restoreFiles();
  await server(
    'until [ "$(du -s /srv/.dr-restoring 2>/dev/null | cut -f1)" -gt 2000 ]; do :; done 2>/dev/null; pkill -STOP -x restic',
  );
  await site.lab.unplugCassette(label, { force: true });
  await server('pkill -CONT -x restic');
  expectRefusal(await restoring, {
    code: 'CASSETTE_REMOVED',
    says: /LUCCA-DR-A.*stata tolta/,
    hint: /Inserirla di nuovo/,
  });
  expect(await server('ls -A /srv')).toBe('lost+found');

  await site.lab.plugCassette(label, 'vi-fs1');
  const again = await restoreFiles();
  expect(again).toMatchObject({ exitCode: 0, answer: { changed: true } });
  expect(await restoreFiles()).toMatchObject({ exitCode: 0, answer: { changed: false } });
  expect(Number(await server('find /srv/shares -mindepth 1 | wc -l'))).toBe(golden.manifest.entries);
});

describe('the way to the host', () => {
  beforeAll(plugFresh);

  test('the host is not in the access file', async () => {
    const { 'vi-fs1': _gone, ...hosts } = access.hosts;
    const refusal = { code: 'HOST_UNKNOWN', says: /vi-fs1/, hint: /vi-dc1/ };
    expectRefusal(await restoreFiles({}, withAccess('fewer.yaml', { hosts })), refusal);
  });

  test('its key is another one than the pinned', async () => {
    const path = join(stateFolder, 'known_hosts');
    const text = readFileSync(access.knownHostsFile, 'utf8');
    const other = / ([A-Za-z0-9+/=]+)$/.exec(lineOf(text, 'vi-dc1'))?.[1] ?? '';
    writeFileSync(path, text.replace(lineOf(text, 'vi-fs1'), `vi-fs1 ssh-ed25519 ${other}`));
    const refusal = { code: 'HOST_KEY_CHANGED', says: /vi-fs1.*10\.55\.2\.20/, hint: /known_hosts/ };
    await expectUntouched(
      refusal,
      async () => await restoreFiles({}, withAccess('changed.yaml', { knownHostsFile: path })),
    );
  });

  test('its key is not pinned at all', async () => {
    const path = join(stateFolder, 'known_hosts_empty');
    writeFileSync(path, '');
    const refusal = { code: 'HOST_KEY_CHANGED', says: /vi-fs1/, hint: /known_hosts/ };
    expectRefusal(await restoreFiles({}, withAccess('empty.yaml', { knownHostsFile: path })), refusal);
  });

  test('it does not accept our key', async () => {
    const key = join(stateFolder, 'other-key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const refusal = {
      code: 'HOST_REFUSED',
      says: /vi-fs1.*10\.55\.2\.20/,
      hint: /privateKeyFile.*authorized_keys/,
    };
    expectRefusal(await restoreFiles({}, withAccess('refused.yaml', { privateKeyFile: key })), refusal);
  });

  test.for<keyof Pick<Access, 'privateKeyFile' | 'knownHostsFile'>>(['privateKeyFile', 'knownHostsFile'])(
    'the %s of the access file is not there',
    async (name) => {
      const refusal = { code: 'ACCESS_FILE', says: /non-esiste/, hint: new RegExp(name) };
      expectRefusal(await restoreFiles({}, withAccess('named.yaml', { [name]: '/non-esiste' })), refusal);
    },
  );

  test('our private key is no key', async () => {
    const key = join(stateFolder, 'no-key');
    writeFileSync(key, 'non è una chiave\n');
    const refusal = { code: 'ACCESS_FILE', says: /no-key/, hint: /privateKeyFile/ };
    expectRefusal(await restoreFiles({}, withAccess('no-key.yaml', { privateKeyFile: key })), refusal);
  });

  test.for<[what: string, text: string, says: RegExp]>([
    ['no YAML', 'hosts: [', /access|accesso/],
    ['empty', '', /accesso/],
    ['of wrong types', 'privateKeyFile: 7\nknownHostsFile: k\nhosts: {}\n', /privateKeyFile/],
    ['with an unknown key', 'privateKeyFile: a\nknownHostsFile: k\nhosts: {}\npassword: x\n', /"password"/],
  ])('the access file is %s', async ([what, text, says]) => {
    const file = accessFile(`malformed-${what.replaceAll(' ', '-')}.yaml`, text);
    const outcome = await restoreFiles({}, file);
    expectRefusal(outcome, { code: 'ACCESS_FILE', says: /malformed/, hint: /--access FILE/ });
    expect(JSON.stringify(outcome.answer)).toMatch(says.source === '"password"' ? /password/ : says);
  });

  test('there is no access file', async () => {
    const refusal = { code: 'ACCESS_FILE', says: /non-esiste/, hint: /DR_ACCESS/ };
    expectRefusal(await restoreFiles({}, { DR_ACCESS: '/non-esiste' }), refusal);
  });

  test('the host is off', async () => {
    await site.lab.unplugCassette(label);
    await site.lab.stopHosts(['vi-fs1']);
    const refusal = { code: 'HOST_UNREACHABLE', says: /vi-fs1.*10\.55\.2\.20/, hint: /accesa/ };
    expectRefusal(await restoreFiles(), refusal);
    await site.lab.startHosts(['vi-fs1']);
  });
});

describe('the inventory', () => {
  test('has an unknown key: named with file, line and column', async () => {
    const environment = broken('key', 'shares.yaml', (document) =>
      document.setIn(['shares', 0, 'colore'], 'blu'),
    );
    const refusal = { code: 'INVENTORY_INVALID', says: /shares\.yaml:\d+:\d+.*"colore"/s, hint: /dr check/ };
    expectRefusal(await restoreFiles({}, environment), refusal);
  });

  test('has a duplicate name: named with file, line and column', async () => {
    const environment = broken('duplicate', 'shares.yaml', (document) =>
      document.setIn(['shares', 1, 'name'], 'RegistroImprese'),
    );
    const refusal = {
      code: 'INVENTORY_INVALID',
      says: /shares\.yaml:\d+:\d+.*RegistroImprese/s,
      hint: /dr check/,
    };
    expectRefusal(await restoreFiles({}, environment), refusal);
  });

  test('is not there', async () => {
    const outcome = await restoreFiles({}, { DR_INVENTORY: '/non-esiste' });
    expectRefusal(outcome, { code: 'INVENTORY_FOLDER', says: /non-esiste/, hint: /./ });
  });
});

test.for<[what: string, args: Record<string, string>]>([
  ['an unknown option', { host: 'vi-fs1', label, snapshot, colore: 'blu' }],
  ['a missing option', { host: 'vi-fs1', label }],
])('%s ends with status 2 and shows how it is used', async ([, args]) => {
  const outcome = await runProgram('restore-files', args, site.place.environment);
  expect(outcome.exitCode).toBe(2);
  expect(outcome.answer).toMatchObject({ error: { code: 'USAGE' } });
  expect(outcome.stderr).toContain('node scripts/restore-files.ts');
});

function lineOf(knownHosts: string, name: string): string {
  return knownHosts.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';
}

/** The environment for a copy of the inventory with one change. */
function broken(name: string, file: string, change: Parameters<typeof editYaml>[1]): Record<string, string> {
  const folder = join(stateFolder, `inventory-${name}`);
  mkdirSync(folder);
  cpSync(String(process.env['DR_INVENTORY']), folder, { recursive: true });
  editYaml(join(folder, file), change);
  return { DR_INVENTORY: folder };
}

/** A copy of the secrets, to be spoilt. */
function secrets(name: string): string {
  const folder = join(stateFolder, name);
  cpSync(golden.secrets, folder, { recursive: true });
  return folder;
}

/** The environment for another access file. */
function accessFile(name: string, text: string): Record<string, string> {
  const path = join(stateFolder, name);
  writeFileSync(path, text);
  return { DR_ACCESS: path };
}

function withAccess(name: string, change: Partial<Access>): Record<string, string> {
  return accessFile(name, stringify({ ...access, ...change }));
}
