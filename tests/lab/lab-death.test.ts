/** Labs that die in all ways, and labs side by side. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cgroupName } from '../../lab/down.ts';
import { labDown, labDownAll, labStatus, labUp, listLabs } from '../../lab/lab.ts';
import { type LabPaths, labPaths } from '../../lab/paths.ts';
import { findSupervisor } from '../../lab/supervisor.ts';
import { run, tryRun } from '../../platforms/exec.ts';
import {
  type Marks,
  machineMounts,
  machineNetwork,
  marksOf,
  on,
  only,
  remainsOf,
  removeEverything,
  stateFolder,
  until,
} from './lab-harness.ts';

const two = only('lu-fs1', 'vi-fs1');
const small = { inventory: two, dataDiskBytes: 2 ** 28 };

afterAll(removeEverything);

describe('kill -9', () => {
  test('of the supervisor: the lab is dead, down clears it away, up makes it anew', async () => {
    const lab = await labUp({ name: 'dies', ...small });
    await lab.createCassetteDisk({ label: 'BLANK', sizeBytes: 2 ** 27 });
    await lab.plugCassette('BLANK', 'vi-fs1');
    await on(lab, 'lu-fs1', 'head -c 50000000 /dev/urandom > /srv/unwritten');
    const { pid } = await lab.status();
    const marks = marksOf(lab, pid);
    process.kill(pid, 'SIGKILL');
    await until('the death', async () => (await findSupervisor(labPaths('dies'))) === undefined || undefined);
    await expect(labStatus('dies')).rejects.toMatchObject({ code: 'LAB_NOT_RUNNING' });
    expect(await listLabs()).toMatchObject([{ name: 'dies', state: 'dead' }]);

    const again = await labUp({ name: 'dies', ...small });
    expect(await on(again, 'lu-fs1', 'ls -A /srv')).toBe('lost+found');
    const marksAgain = marksOf(again, (await again.status()).pid);
    process.kill((await again.status()).pid, 'SIGKILL');
    await labDown('dies');
    expect(await remainsOf(marks, 'dies')).toEqual([]);
    expect(await remainsOf(marksAgain, 'dies')).toEqual([]);
  });

  /** How far `lab up` has got when it is killed. */
  const stages: [stage: string, reached: (paths: LabPaths) => boolean][] = [
    ['its folder is there', ({ directory }) => existsSync(directory)],
    ['the supervisor begins', ({ logs }) => existsSync(join(logs, 'supervisor.log'))],
    ['its networks are ready', ({ stateFile }) => existsSync(stateFile)],
    ['hosts boot', ({ logs }) => existsSync(join(logs, 'lu-fs1.log'))],
  ];

  test.for(stages)('of lab up when %s: down leaves nothing', async ([, reached]) => {
    const [network, mounts] = [await machineNetwork(), machineMounts()];
    const paths = labPaths('cut-off');
    const marks = await killWhen(paths, () => reached(paths));
    await labDown('cut-off');
    expect(await remainsOf(marks, 'cut-off')).toEqual([]);
    expect(await machineNetwork()).toBe(network);
    expect(machineMounts()).toBe(mounts);
    expect(processesNaming(paths.directory)).toEqual([]);
  });

  test.for(stages)('of lab up when %s: up again ends with a whole lab', async ([, reached]) => {
    const paths = labPaths('cut-off');
    await killWhen(paths, () => reached(paths));
    const lab = await labUp({ name: 'cut-off', ...small });
    expect(await on(lab, 'lu-fs1', 'systemctl is-system-running --wait; findmnt -no FSTYPE /srv')).toBe(
      'running\next4',
    );
    expect(await on(lab, 'vi-fs1', 'ping -q -c 1 10.55.1.20 >/dev/null && echo there')).toBe('there');
    await labDown('cut-off');
  });
});

describe('two labs', () => {
  test('stand side by side with the same addresses, and go one by one', async () => {
    const names = ['left', 'right'] as const;
    const [left, right] = await Promise.all(names.map(async (name) => await labUp({ name, ...small })));
    if (left === undefined || right === undefined) throw new Error('no labs');
    for (const lab of [left, right]) await on(lab, 'lu-fs1', `echo ${lab.name} > /srv/who`);
    expect(await on(left, 'lu-fs1', 'cat /srv/who; hostname -I')).toBe('left\n10.55.1.20');
    expect(await on(right, 'lu-fs1', 'cat /srv/who; hostname -I')).toBe('right\n10.55.1.20');
    await left.setWan({ up: false });
    expect((await right.status()).wan.up).toBe(true);
    const marks = marksOf(left, (await left.status()).pid);
    await labDown('left');
    expect(await remainsOf(marks, 'left')).toEqual([]);
    expect(await on(right, 'lu-fs1', 'cat /srv/who')).toBe('right');
    expect(await labDownAll()).toEqual(['right']);
    expect(readdirSync(join(stateFolder, 'labs'))).toEqual([]);
  });

  test('at once from three processes is one lab: they wait for one another', async () => {
    const program = join(import.meta.dirname, 'lab-up-child.ts');
    const ups = await Promise.all([1, 2, 3].map(() => tryRun(process.execPath, [program, 'both'])));
    for (const { exitCode, stderr } of ups) expect(stderr.slice(0, 500) + exitCode).toBe('0');
    expect((await labStatus('both')).hosts.map((host) => host.state)).toEqual(['running', 'running']);
    await labDown('both');
  });
});

describe('what a lab cannot do without', () => {
  const child = [join(import.meta.dirname, 'lab-up-child.ts'), 'lacking'];

  test('root', async () => {
    const options = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    const { exitCode, stderr } = await tryRun('setpriv', [...options, ...child], { cwd: '/' });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('NO_ROOT');
  });

  test('the image of its hosts', async () => {
    const { exitCode, stderr } = await tryRun(process.execPath, child, {
      env: { DR_LAB_IMAGE: '/nowhere' },
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('LAB_IMAGE_MISSING');
  });

  test('room on the disk; and nothing of it is left', async () => {
    const room = join(stateFolder, 'little-room');
    mkdirSync(room);
    const script =
      'room=$1; shift; mount -t tmpfs -o size=100m little "$room"; "$@"; status=$?; ls "$room/labs"; exit $status';
    const { exitCode, stdout, stderr } = await tryRun(
      'unshare',
      ['--mount', 'bash', '-c', script, 'little', room, process.execPath, ...child],
      { env: { DR_STATE: room } },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('LAB_DISK');
    expect(stdout).toBe('');
  });
});

/** Starts `lab up` in a process of its own and kills it as soon as `reached` says so; gives what it might leave behind. */
async function killWhen(paths: LabPaths, reached: () => boolean): Promise<Marks> {
  const abort = new AbortController();
  const up = tryRun(process.execPath, [join(import.meta.dirname, 'lab-up-child.ts'), paths.name], {
    cancelSignal: abort.signal,
    killSignal: 'SIGKILL',
  });
  await until('lab up', () => reached() || undefined);
  abort.abort();
  await up;
  const inodes = await run('find', [paths.directory, '-name', '*.img*', '-printf', '%i\\n']);
  return {
    processNamespace: 'none of its own yet',
    inodes: new Set(inodes.split('\n').filter(Boolean)),
    cgroup: cgroupName(paths),
  };
}

function processesNaming(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
