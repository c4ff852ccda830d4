/**
 * For tests that make labs: a state folder of their own, cleaned up also when the test run is killed; a smaller inventory;
 * commands on hosts; and what is left of a lab on this machine.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { requireInventory } from '../../inventory/load.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { cgroupName } from '../../lab/down.ts';
import { type Lab, labDownAll } from '../../lab/lab.ts';
import { databaseFolder, labPaths } from '../../lab/paths.ts';
import { loadAccess } from '../../platforms/access.ts';
import { run, spawnDuplex } from '../../platforms/exec.ts';
import { type RemoteOutcome, withHost } from '../../platforms/ssh.ts';
import { stopDatabase } from '../../runbooks/durable/postgres.ts';

const ASKED_EVERY_MS = 20;

export const stateFolder = mkdtempSync(join(tmpdir(), 'dr-lab-test-'));
process.env['DR_STATE'] = stateFolder;

/** Lives as long as this process, whose end it sees as the end of its input. */
const guard = await spawnDuplex(process.execPath, [join(import.meta.dirname, 'lab-guard.ts')]);

export const inventory = await requireInventory();

/** Call it once, after all tests of a file. */
export async function removeEverything(): Promise<void> {
  await labDownAll();
  // A run's database outlives its program while somebody looks at the run, as tests do.
  await stopDatabase(databaseFolder());
  rmSync(stateFolder, { recursive: true, force: true });
  guard.end();
}

/** The inventory with these hosts only, and the desks of those that are workstations. */
export function only(...names: string[]): Inventory {
  return {
    ...inventory,
    hosts: inventory.hosts.filter((host) => names.includes(host.name)),
    desks: inventory.desks.filter((desk) => names.includes(desk.workstation)),
  };
}

/** Runs a command line on a host; any status is a value. */
export async function tryOn(lab: Lab, host: string, command: string): Promise<RemoteOutcome> {
  return await withHost(await loadAccess(lab.accessFile), host, (remote) => remote.try(command));
}

/** The output of a command line that must succeed on a host. */
export async function on(lab: Lab, host: string, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tryOn(lab, host, command);
  if (exitCode !== 0) throw new Error(`${host}: ${command}: ${exitCode} ${stdout}${stderr}`);
  return stdout.trim();
}

/**
 * Waits until `condition` gives something; fails when `timeoutMs` have passed. It asks now and then, not all the time: what is waited
 * for needs the processor.
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Timed out waiting for ${what}`);
    await pause(ASKED_EVERY_MS);
  }
}

/** What a lab may not change on the machine, neither while it runs nor after. */
export async function machineNetwork(): Promise<string> {
  const parts = await Promise.all([
    run('ip', ['-oneline', 'address']),
    run('ip', ['route', 'show', 'table', 'all']),
    run('ip', ['netns', 'list']),
    run('nft', ['list', 'ruleset']),
  ]);
  const sysctls = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'].map((name) =>
    readFileSync(`/proc/sys/${name}`, 'utf8'),
  );
  return [...parts, ...sysctls].join('\n');
}

export function machineMounts(): string {
  return readFileSync('/proc/self/mounts', 'utf8');
}

/** The marks by which the remains of a lab would be known; take them while it runs. */
export type Marks = { processNamespace: string; inodes: Set<string>; cgroup: string };

export function marksOf(lab: Lab, pid: number): Marks {
  const disks = ['disks', 'cassettes'].flatMap((folder) =>
    readdirSync(join(lab.directory, folder)).map((file) => join(lab.directory, folder, file)),
  );
  return {
    processNamespace: readlinkSync(`/proc/${pid}/ns/pid`),
    inodes: new Set(disks.map((file) => String(statSync(file).ino))),
    cgroup: cgroupName(labPaths(lab.name)),
  };
}

/** Everything of a lab that is still on this machine; empty when nothing is. */
export async function remainsOf(marks: Marks, lab: string): Promise<string[]> {
  const loops = await run('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-INO']);
  return [
    ...loops.split('\n').filter((line) => marks.inodes.has(String(line.trim().split(/\s+/)[1]))),
    ...cgroupFolders().filter((path) => path.endsWith(`/${marks.cgroup}`)),
    ...processesIn(marks.processNamespace),
    ...readdirSync(join(stateFolder, 'labs')).filter((name) => name === lab),
    ...machineMounts()
      .split('\n')
      .filter((line) => line.includes(stateFolder)),
  ];
}

function cgroupFolders(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'cgroup2')
    .flatMap((fields) => readdirSync(String(fields[1])).map((name) => join(String(fields[1]), name)));
}

/** A zombie holds nothing any more: it waits for the machine's init to look at it. */
function processesIn(namespace: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [readOf(pid, () => readlinkSync(`/proc/${pid}/ns/pid`)), readOf(pid, () => statOf(pid))])
    .filter(([found, stat]) => found === namespace && !/^\d+ \(.*\) Z/s.test(String(stat)))
    .map(([, stat]) => String(stat));
}

function statOf(pid: string): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').slice(0, 60);
}

/** A process may end while it is looked at. */
function readOf(pid: string, read: () => string): string {
  try {
    return read();
  } catch {
    return `${pid} ended`;
  }
}

/** Copies a disk image, leaving its holes holes. */
export async function copySparse(from: string, to: string): Promise<void> {
  await run('cp', ['--sparse=always', from, to]);
}
