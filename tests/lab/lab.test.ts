import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labDown, labStatus, labUp, openLab } from '../../lab/lab.ts';
import { requireImage } from '../../lab/requirements.ts';
import { loadAccess } from '../../platforms/access.ts';
import { projectDirectory } from '../../platforms/cache.ts';
import { run } from '../../platforms/exec.ts';
import { pluggedMedia } from '../../platforms/restic/media.ts';
import { RemoteHost, withHost } from '../../platforms/ssh.ts';
import {
  inventory,
  type Marks,
  machineMounts,
  machineNetwork,
  marksOf,
  on,
  remainsOf,
  removeEverything,
  stateFolder,
  tryOn,
  until,
} from './lab-harness.ts';

const secret = 'operator-secret-4711';
const newerRestic = mkdtempSync(join(tmpdir(), 'dr-restic-'));
const canary = join(tmpdir(), `dr-canary-${process.pid}`);
let network: string;
let mounts: string;
let lab: Lab;
let marks: Marks;

beforeAll(async () => {
  process.env['DR_TEST_SECRET'] = secret;
  writeFileSync(join(newerRestic, 'restic'), '#!/bin/sh\necho "restic 9.9.9 compiled for a test"\n', {
    mode: 0o755,
  });
  process.env['PATH'] = `${newerRestic}:${process.env['PATH']}`;
  mkdirSync(canary);
  network = await machineNetwork();
  mounts = machineMounts();
  lab = await labUp({ name: 'whole', inventory, dataDiskBytes: 2 ** 30 });
  marks = marksOf(lab, (await lab.status()).pid);
});

afterAll(async () => {
  rmSync(newerRestic, { recursive: true });
  rmSync(canary, { recursive: true, force: true });
  await removeEverything();
});

async function linkAfterUp(options: { linked?: boolean; rateMbit?: number }): Promise<unknown> {
  await labUp({ name: 'whole', inventory, dataDiskBytes: 2 ** 30, ...options });
  return (await lab.status()).wan;
}

describe('a lab that is up', () => {
  test('every host is a systemd machine with all its units well', async () => {
    const states = await Promise.all(
      inventory.hosts.map(async ({ name }) => [
        name,
        await on(lab, name, 'systemctl is-system-running --wait || systemctl --failed; hostname --fqdn'),
      ]),
    );
    const well = inventory.hosts.map(({ name }) => [name, `running\n${name}.${inventory.domain.dnsDomain}`]);
    expect(states).toEqual(well);
  });

  test('only file servers have a data disk, and a bare host runs no role', async () => {
    expect(await on(lab, 'lu-fs1', 'findmnt --noheadings --output FSTYPE,SIZE /srv')).toMatch(
      /^ext4\s+9\d\d[.\d]*M$/,
    );
    expect((await tryOn(lab, 'lu-dc1', 'mountpoint /srv')).exitCode).not.toBe(0);
    for (const name of ['lu-dc1', 'lu-fs1', 'vi-ws1']) {
      const units = await on(lab, name, 'systemctl list-units --state=active --plain --no-legend --no-pager');
      expect(units).toMatch(/ssh\.service/);
      expect(units).toMatch(/pcscd\.socket/);
      expect(units).not.toMatch(/smbd|samba|winbind|nmbd|cups/);
    }
  });

  test('FUSE works, which restic and smbnetfs need', async () => {
    expect(await on(lab, 'vi-fs1', '[ -c /dev/fuse ] && exec 5<>/dev/fuse && echo open')).toBe('open');
  });

  test("a newer restic of this machine is the hosts' restic", async () => {
    expect(await on(lab, 'lu-fs1', 'restic version')).toContain('9.9.9');
  });

  test('up again leaves what is on alone', async () => {
    const before = await lab.status();
    await labUp({ name: 'whole', inventory, dataDiskBytes: 2 ** 30 });
    const after = await lab.status();
    expect(after.pid).toBe(before.pid);
    for (const [index, each] of after.hosts.entries()) {
      expect(Number(each.uptimeSeconds)).toBeGreaterThanOrEqual(Number(before.hosts[index]?.uptimeSeconds));
    }
  });

  test('a lab that stands keeps the rate of its link, and gets no link that is not wanted', async () => {
    expect(await linkAfterUp({ linked: false, rateMbit: 50 })).toMatchObject({ up: false, rateMbit: 50 });
    expect(await linkAfterUp({ linked: false })).toMatchObject({ up: false, rateMbit: 50 });
    const { rateMbit } = inventory.wan;
    expect(await linkAfterUp({ rateMbit })).toMatchObject({ up: true, rateMbit });
  });

  test('the machine outside has no interface, route, rule, mount or setting of it', async () => {
    expect(await machineNetwork()).toBe(network);
    expect(machineMounts()).toBe(mounts);
  });

  test('its folder is for the owner only', () => {
    expect(statSync(lab.directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(lab.directory, 'id_ed25519')).mode & 0o777).toBe(0o600);
  });
});

describe('a host sees nothing of this machine', () => {
  const everywhere = [
    'cat /proc/mounts /proc/self/mountinfo /proc/swaps',
    "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/mountinfo 2>/dev/null | tr '\\0' '\\n'",
    'ls -l /proc/[0-9]*/fd /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null',
    'find /sys/ -name backing_file -exec cat {} + 2>/dev/null',
    'cat /etc/hostname /etc/hosts /etc/resolv.conf /etc/machine-id; cat /etc/apt/sources.list* 2>/dev/null',
    'env; hostname; journalctl --no-pager',
  ].join('; ');

  let loop: string;
  beforeAll(async () => {
    // A loop device of the machine's own: the kernel tells everybody where its file is.
    const file = join(canary, 'disk');
    writeFileSync(file, Buffer.alloc(2 ** 20));
    loop = (await run('losetup', ['--find', '--show', file])).trim();
  });
  afterAll(async () => await run('losetup', ['--detach', loop]));

  test.for(['lu-fs1', 'vi-ws1'])('%s: no path, name or secret', async (name) => {
    const { stdout } = await tryOn(lab, name, everywhere);
    expect(stdout.length).toBeGreaterThan(5_000);
    const machine = [
      projectDirectory().replace(/\/$/, ''),
      stateFolder,
      requireImage(),
      secret,
      newerRestic,
      canary,
    ];
    for (const text of [...machine, hostname(), `${homedir()}/.`]) expect(stdout).not.toContain(text);
  });

  test('no file of the project, the home folders or the package sources', async () => {
    const found = await on(
      lab,
      'lu-fs1',
      `find / -xdev -path /usr/share/javascript -prune -o \\( -name package.json -o -name 'dr-canary-*' -o -name 'sources.list' -o -name '*.sources' -o -name node_modules \\) -print; ls -A /home /mnt /media /opt`,
    );
    expect(found.split('\n').filter((line) => line !== '' && !line.endsWith(':'))).toEqual([]);
    expect(await on(lab, 'lu-fs1', 'ls -A /root')).toBe('.bashrc\n.profile\n.ssh');
    expect((await tryOn(lab, 'lu-fs1', `ls ${projectDirectory()}`)).exitCode).not.toBe(0);
  });

  test('only its own processes and its own cable', async () => {
    const count = Number(await on(lab, 'vi-dc1', 'ls -d /proc/[0-9]* | wc -l'));
    expect(count).toBeLessThan(30);
    const links = await on(lab, 'vi-dc1', "ip -oneline link | awk '{ print $2 }'");
    expect(links.split('\n')).toEqual(['lo:', expect.stringMatching(/^eth0@/)]);
  });

  test('no disk of the machine can be opened, not even by making its device node', async () => {
    for (const number of ['8 0', '254 0', '259 0', '7 0']) {
      const { exitCode, stderr } = await tryOn(lab, 'lu-fs1', `mknod /tmp/disk b ${number}`);
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('not permitted');
    }
  });
});

describe('networks', () => {
  const across = 'ping -q -c 100 -i 0.002 -W 1 10.55.1.101';

  test('sites reach each other over the link, and hosts within a site without it', async () => {
    await lab.setWan({ up: false });
    expect(lost((await tryOn(lab, 'vi-ws1', 'ping -q -c 3 -i 0.05 -W 1 10.55.1.101')).stdout)).toBe(100);
    expect(lost(await on(lab, 'vi-ws1', 'ping -q -c 3 -i 0.05 10.55.2.20'))).toBe(0);
    await lab.setWan({ up: true });
    expect(lost(await on(lab, 'vi-ws1', across))).toBe(0);
  });

  test('packets are lost as the setting says', async () => {
    await lab.setWan({ lossPercent: 100 });
    expect(lost((await tryOn(lab, 'vi-ws1', 'ping -q -c 20 -i 0.01 -W 1 10.55.1.101')).stdout)).toBe(100);
    await lab.setWan({ lossPercent: 30 }); // each way: 51 % of the round trips
    const some = lost((await tryOn(lab, 'vi-ws1', across)).stdout);
    expect(some).toBeGreaterThan(30);
    expect(some).toBeLessThan(72);
    await lab.setWan({ lossPercent: 0 });
    expect(lost(await on(lab, 'vi-ws1', across))).toBe(0);
  });

  test('the rate is a limit', async () => {
    const access = await loadAccess(lab.accessFile);
    const sizeBytes = 2_000_000;
    const megabitsPerSecond = async (rateMbit: number): Promise<number> => {
      await lab.setWan({ rateMbit });
      return await withHost(access, 'lu-ws1', async (remote) => {
        const startedMs = performance.now();
        await remote.try(`head -c ${sizeBytes} /dev/zero`);
        return (sizeBytes * 8) / 1000 / (performance.now() - startedMs);
      });
    };
    const slow = await megabitsPerSecond(8);
    expect(slow).toBeLessThan(11);
    // The best of three: this machine may be busy with something else.
    const fast = [await megabitsPerSecond(100), await megabitsPerSecond(100), await megabitsPerSecond(100)];
    expect(Math.max(...fast) / slow).toBeGreaterThan(3);
  });

  test.for([
    { rateMbit: 0 },
    { rateMbit: 20_000 },
    { lossPercent: -1 },
    { lossPercent: 101 },
    { rateMbit: Number.NaN },
  ])('impossible settings are refused: %o', async (change) => {
    await expect(lab.setWan(change)).rejects.toMatchObject({ code: 'WAN_SETTING' });
  });

  test('desks are on the switch, and the fifth to eighth fit by the inventory alone', async () => {
    const fifth = {
      ...inventory,
      hosts: [...inventory.hosts, { ...host('vi-ws4'), name: 'vi-ws5', address: '10.55.2.105' }],
      desks: [
        ...inventory.desks,
        { ...desk('vi-ws4'), id: 'vi-desk5', workstation: 'vi-ws5', switchPort: 8 },
      ],
    };
    const bigger = await labUp({ name: 'whole', inventory: fifth, dataDiskBytes: 2 ** 30 });
    const { switchPorts } = await bigger.status();
    expect(switchPorts.map((port) => port.host)).toEqual([
      'vi-ws1',
      'vi-ws2',
      'vi-ws3',
      'vi-ws4',
      null,
      null,
      null,
      'vi-ws5',
    ]);
    expect(lost(await on(bigger, 'vi-ws5', 'ping -q -c 2 -i 0.05 10.55.2.10'))).toBe(0);
  });

  test('a ninth desk is refused, and so is an inventory that moves a host under its feet', async () => {
    const desks = Array.from({ length: 9 }, (_, index) => ({
      ...desk('vi-ws1'),
      id: `vi-desk${index + 1}`,
      workstation: `vi-ws${index + 1}`,
      switchPort: index + 1,
    }));
    const hosts = desks.map((each, index) => ({
      ...host('vi-ws1'),
      name: each.workstation,
      address: `10.55.2.${101 + index}`,
    }));
    await expect(labUp({ name: 'whole', inventory: { ...inventory, hosts, desks } })).rejects.toMatchObject({
      code: 'SWITCH_FULL',
    });
    const moved = inventory.hosts.map((each) =>
      each.name === 'lu-dc1' ? { ...each, address: '10.55.1.11' } : each,
    );
    await expect(labUp({ name: 'whole', inventory: { ...inventory, hosts: moved } })).rejects.toMatchObject({
      code: 'LAB_DIFFERS',
    });
  });
});

describe('cassettes', () => {
  const label = 'LUCCA-DR-A';
  const folder = `/media/${label}`;

  test('a formatted one says which it is, a blank one is a bare device', async () => {
    const image = await lab.createCassetteDisk({ label, sizeBytes: 2 ** 28, serial: 'LDR-0001' });
    expect(image).toBe(lab.cassetteImagePath(label));
    expect(await lab.plugCassette(label, 'lu-fs1')).toMatchObject({ mountPoint: folder });
    const media = await withHost(await loadAccess(lab.accessFile), 'lu-fs1', pluggedMedia);
    expect(media).toMatchObject([{ label, mediumSerial: 'LDR-0001', identity: null, holdsBackups: false }]);
    await on(lab, 'lu-fs1', `head -c 40000000 /dev/urandom > ${folder}/backup; sync`);

    await lab.createCassetteDisk({ label: 'BLANK', sizeBytes: 2 ** 27 });
    const { device, mountPoint } = await lab.plugCassette('BLANK', 'lu-fs1');
    expect(mountPoint).toBeNull();
    await on(lab, 'lu-fs1', `mkfs.ext4 -q -L OTHER ${device}`);
    await lab.unplugCassette('BLANK');
    expect(await lab.plugCassette('BLANK', 'vi-fs1')).toMatchObject({ mountPoint: '/media/OTHER' });
  });

  test('one place at a time, and only in a host that is on', async () => {
    await expect(lab.plugCassette(label, 'vi-fs1')).rejects.toMatchObject({ code: 'CASSETTE_PLUGGED' });
    await expect(lab.plugCassette('NONE', 'vi-fs1')).rejects.toMatchObject({ code: 'CASSETTE_UNKNOWN' });
    await expect(lab.plugCassette(label, 'nobody')).rejects.toMatchObject({ code: 'LAB_HOST' });
    await expect(lab.createCassetteDisk({ label, sizeBytes: 1 })).rejects.toMatchObject({
      code: 'CASSETTE_EXISTS',
    });
    await expect(lab.createCassetteDisk({ label: '../x', sizeBytes: 1 })).rejects.toMatchObject({
      code: 'CASSETTE_LABEL',
    });
    const { cassettes } = await lab.status();
    expect(cassettes.map((one) => [one.label, one.pluggedInto])).toEqual([
      ['BLANK', 'vi-fs1'],
      [label, 'lu-fs1'],
    ]);
  });

  test('moved to the other site, it holds what was written', async () => {
    const digest = await on(lab, 'lu-fs1', `sha256sum < ${folder}/backup`);
    await lab.unplugCassette(label);
    expect((await tryOn(lab, 'lu-fs1', `ls ${folder}`)).exitCode).not.toBe(0);
    await lab.plugCassette(label, 'vi-fs1');
    expect(await on(lab, 'vi-fs1', `sha256sum < ${folder}/backup`)).toBe(digest);
  });

  test('a slow one gives the same bytes, no faster than its rate, and leaves nothing when it comes out', async () => {
    await on(lab, 'vi-fs1', `head -c 2000000 /dev/urandom > ${folder}/small; sync`);
    const digest = await on(lab, 'vi-fs1', `sha256sum < ${folder}/small`);
    await lab.unplugCassette(label);
    const before = await on(lab, 'vi-fs1', 'mount; ps -eo args');
    await lab.plugCassette(label, 'vi-fs1', { readBytesPerSecond: 1_000_000 });
    const [read, nanoseconds] = (
      await on(lab, 'vi-fs1', `s=$(date +%s%N); sha256sum < ${folder}/small; echo $(($(date +%s%N) - s))`)
    ).split('\n');
    expect(read).toBe(digest);
    expect(Number(nanoseconds)).toBeGreaterThan(1.9e9);
    await lab.unplugCassette(label);
    expect(await on(lab, 'vi-fs1', 'mount; ps -eo args')).toBe(before);
    await lab.plugCassette(label, 'vi-fs1');
  });

  test('two slow ones in one host come out one by one', async () => {
    const both = [label, 'BLANK'];
    for (const one of both) {
      await lab.unplugCassette(one);
      await lab.plugCassette(one, 'vi-fs1', { readBytesPerSecond: 10_000_000 });
    }
    expect(await on(lab, 'vi-fs1', 'ls /run/slow-medium/*/7 | wc -l')).toBe('2');
    await lab.unplugCassette('BLANK');
    await on(lab, 'vi-fs1', `sha256sum < ${folder}/small`);
    await lab.unplugCassette(label);
    for (const one of both) await lab.plugCassette(one, 'vi-fs1');
  });

  /** Reads the file uncached until an error; it has read some when `started` is there. */
  const readForever = `exec 5< ${folder}/backup; while :; do dd iflag=direct bs=1M of=/dev/null <&5 2>/tmp/said || exit 5; exec 5< ${folder}/backup || exit 6; touch /tmp/started; done`;

  test('in use it does not come out; torn out, the reader gets an I/O error and the cassette is free', async () => {
    const reader = tryOn(lab, 'vi-fs1', readForever);
    await until(
      'the reader',
      async () => (await tryOn(lab, 'vi-fs1', 'test -e /tmp/started')).exitCode === 0 || undefined,
    );
    await expect(lab.unplugCassette(label)).rejects.toMatchObject({ code: 'CASSETTE_BUSY' });
    await lab.unplugCassette(label, { force: true });
    expect([5, 6]).toContain((await reader).exitCode);
    expect(await on(lab, 'vi-fs1', 'ls -A /media')).toBe('OTHER');
    expect(await lab.plugCassette(label, 'lu-fs1')).toMatchObject({ mountPoint: folder });
  });

  test('torn out while a program keeps a file open, it is free, and that program reads errors', async () => {
    const digest = await on(lab, 'lu-fs1', `sha256sum < ${folder}/backup`);
    await on(
      lab,
      'lu-fs1',
      `(exec 5< ${folder}/backup; exec sleep infinity) >/dev/null 2>&1 & echo $! > /tmp/holder`,
    );
    await lab.unplugCassette(label, { force: true });
    await lab.plugCassette(label, 'vi-fs1');
    expect(await on(lab, 'vi-fs1', `sha256sum < ${folder}/backup`)).toBe(digest);
    const held = await tryOn(
      lab,
      'lu-fs1',
      'dd iflag=direct bs=1M of=/dev/null < /proc/$(cat /tmp/holder)/fd/5',
    );
    expect(held.stderr).toContain('Input/output error');
  });

  test('torn out, what was not written yet is lost', async () => {
    const late = `${folder}/late`;
    await on(lab, 'vi-fs1', `mount -o remount,commit=600 ${folder} && echo late > ${late} && cat ${late}`);
    await lab.unplugCassette(label, { force: true });
    await lab.plugCassette(label, 'vi-fs1');
    expect(await on(lab, 'vi-fs1', `cat ${late} 2>/dev/null || true`)).toBe('');
  });

  test('torn out while a program reads the bare device, that program reads errors', async () => {
    const { device } = (await lab.status()).cassettes.find((one) => one.label === 'BLANK') ?? {};
    await on(lab, 'vi-fs1', `(exec 5< ${device}; exec sleep infinity) >/dev/null 2>&1 & echo $! > /tmp/raw`);
    await lab.unplugCassette('BLANK', { force: true });
    const held = await tryOn(
      lab,
      'vi-fs1',
      'dd iflag=direct bs=1M of=/dev/null < /proc/$(cat /tmp/raw)/fd/5',
    );
    expect(held.stderr).toContain('Input/output error');
    await lab.plugCassette('BLANK', 'vi-fs1');
  });

  test('a damaged one is still a device', async () => {
    await lab.unplugCassette('BLANK');
    writeFileSync(lab.cassetteImagePath('BLANK'), Buffer.alloc(4096));
    expect(await lab.plugCassette('BLANK', 'vi-fs1')).toMatchObject({ mountPoint: null });
    await lab.unplugCassette('BLANK');
    await lab.unplugCassette('BLANK'); // twice does nothing more
  });
});

describe('power and disasters', () => {
  test('off and on, a host keeps its disks and its key; a restart from within works too', async () => {
    await on(lab, 'lu-fs1', 'echo kept > /etc/kept; echo kept > /srv/kept');
    await lab.stopHosts(['lu-fs1']);
    expect(await stateOf('lu-fs1')).toBe('stopped');
    await expect(lab.plugCassette('BLANK', 'lu-fs1')).rejects.toMatchObject({ code: 'HOST_OFF' });
    const access = await loadAccess(lab.accessFile);
    await expect(RemoteHost.connect(access, 'lu-fs1', 500)).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
    await lab.startHosts(['lu-fs1']);
    expect(await on(lab, 'lu-fs1', 'cat /etc/kept /srv/kept')).toBe('kept\nkept');
    const boot = await on(lab, 'lu-fs1', 'cat /proc/sys/kernel/random/boot_id');
    await tryOn(lab, 'lu-fs1', 'systemctl is-system-running --wait; systemctl reboot').catch(() => undefined);
    const again = await until(
      'the restart',
      async () => {
        const outcome = await tryOn(lab, 'lu-fs1', 'cat /proc/sys/kernel/random/boot_id').catch(
          () => undefined,
        );
        return outcome?.exitCode === 0 && outcome.stdout.trim() !== boot ? outcome : undefined;
      },
      60_000,
    );
    expect(again.exitCode).toBe(0);
    expect(await on(lab, 'lu-fs1', 'cat /etc/kept /srv/kept')).toBe('kept\nkept');
  });

  test('D3: the file server and its data are lost, the rest of Lucca goes on', async () => {
    await lab.disaster('D3');
    expect(await stateOf('lu-fs1')).toBe('destroyed');
    expect(await stateOf('lu-dc1')).toBe('running');
    await lab.startHosts(['lu-fs1']);
    expect((await tryOn(lab, 'lu-fs1', 'cat /etc/kept /srv/kept')).exitCode).not.toBe(0);
    expect(await on(lab, 'lu-fs1', 'systemctl is-system-running --wait')).toBe('running');
  });

  test('D2: Lucca is off and cut off, its disks are whole', async () => {
    await on(lab, 'lu-fs1', 'echo kept > /srv/kept');
    await lab.disaster('D2');
    const { hosts, wan } = await lab.status();
    expect(wan.up).toBe(false);
    for (const each of hosts) expect(each.state).toBe(each.site === 'lucca' ? 'stopped' : 'running');
    await lab.startHosts(['lu-fs1']);
    await lab.setWan({ up: true });
    expect(await on(lab, 'lu-fs1', 'cat /srv/kept')).toBe('kept');
  });

  test('D1: Lucca is gone, with the cassette that was in it; Viareggio goes on', async () => {
    await lab.unplugCassette('LUCCA-DR-A');
    await lab.plugCassette('LUCCA-DR-A', 'lu-fs1');
    await lab.disaster('D1');
    const { hosts, wan, cassettes } = await lab.status();
    expect(wan.up).toBe(false);
    for (const each of hosts) expect(each.state).toBe(each.site === 'lucca' ? 'destroyed' : 'running');
    expect(cassettes.map((one) => one.label)).toEqual(['BLANK']);
    expect(() => readFileSync(lab.dataDisk('lu-fs1'))).toThrow('ENOENT');
    expect(await on(lab, 'vi-fs1', 'echo alive')).toBe('alive');
    await lab.disaster('D1'); // twice does nothing more
  });
});

describe('down', () => {
  test('takes everything away', async () => {
    await lab.unplugCassette('BLANK', { force: true });
    await lab.plugCassette('BLANK', 'vi-fs1', { readBytesPerSecond: 1_000_000 });
    expect((await remainsOf(marks, 'whole')).length).toBeGreaterThan(0);
    await labDown('whole');
    expect(await remainsOf(marks, 'whole')).toEqual([]);
    expect(await machineNetwork()).toBe(network);
    expect(machineMounts()).toBe(mounts);
    await labDown('whole'); // twice does nothing more
  });

  test('a lab that is not there is named, with the way to make it', async () => {
    await expect(labStatus('whole')).rejects.toMatchObject({ code: 'LAB_NOT_RUNNING' });
    await expect(openLab('Not a name')).rejects.toMatchObject({ code: 'LAB_NAME' });
    await expect(lab.startHosts(['lu-fs1'])).rejects.toMatchObject({ code: 'LAB_NOT_RUNNING' });
  });
});

function host(name: string): (typeof inventory.hosts)[number] {
  const found = inventory.hosts.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function desk(workstation: string): (typeof inventory.desks)[number] {
  const found = inventory.desks.find((each) => each.workstation === workstation);
  if (found === undefined) throw new Error(workstation);
  return found;
}

/** Per cent, as ping says it. */
function lost(output: string): number {
  return Number(/([\d.]+)% packet loss/.exec(output)?.[1]);
}

async function stateOf(name: string): Promise<string | undefined> {
  return (await lab.status()).hosts.find((each) => each.name === name)?.state;
}
