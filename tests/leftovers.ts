/**
 * A whole test run leaves nothing on the machine, whatever else stands there. What it makes is known by its own folder for temporary
 * files: every program that it starts has the path in its environment, and every disk, state folder and lab lies inside.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stateDirectory } from '../platforms/cache.ts';
import { run } from '../platforms/exec.ts';
import { processesAbout } from '../platforms/processes.ts';

/** Guards clear away behind tests that were cut off (lab-guard.ts), a moment after them. */
const PATIENCE_MS = 30_000;
const ASKED_EVERY_MS = 100;
const MARK = 'DR_TEST_RUN';

/** Each project of a run calls it; the first one watches over all of them. */
export default function setup(): (() => Promise<void>) | undefined {
  if (process.env[MARK] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'dr-t-'));
  const guard = spawn(process.execPath, [join(import.meta.dirname, 'leftovers-guard.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  chmodSync(folder, 0o755); // some tests are somebody else in it
  process.env[MARK] = folder;
  process.env['TMPDIR'] = folder;
  const before = new Set(named());
  return async () => {
    guard.kill();
    const deadline = performance.now() + PATIENCE_MS;
    let left = await leftOf(folder, before);
    while (left.length > 0 && performance.now() < deadline) {
      await pause(ASKED_EVERY_MS);
      left = await leftOf(folder, before);
    }
    if (left.length === 0) {
      rmSync(folder, { recursive: true });
      return;
    }
    process.exitCode = 1;
    throw new Error(`The tests left on this machine:\n${left.map((one) => `  ${one}`).join('\n')}`);
  };
}

/** What has no path, only a name: it is ours if it was not there before. */
function named(): string[] {
  const labs = join(stateDirectory(), 'labs');
  return [
    ...namesIn('/run/netns').map((name) => `network namespace ${name}`),
    ...namesIn(labs).map((name) => `lab ${join(labs, name)}`),
    ...deadGroups().map((path) => `control group ${path}`),
  ];
}

async function leftOf(folder: string, before: ReadonlySet<string>): Promise<string[]> {
  const loops = await run('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE']);
  const lines = (text: string): string[] => text.split('\n').filter((line) => line.includes(folder));
  return [
    ...processesOf(folder).map((process) => `process ${process}`),
    ...lines(loops).map((line) => `loop device ${line}`),
    ...lines(readFileSync('/proc/self/mounts', 'utf8')).map((line) => `mount ${line}`),
    ...namesIn(folder).map((name) => `file ${join(folder, name)}`),
    ...named().filter((one) => !before.has(one)),
  ];
}

/** The test runner's own processes end with it. */
function processesOf(folder: string): string[] {
  return processesAbout(folder).filter((line) => !/^\d+ vitest/.test(line));
}

/** Of labs, without a living process: another run's lab on this machine has some. */
function deadGroups(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'cgroup2')
    .flatMap((fields) => namesIn(String(fields[1])).map((name) => join(String(fields[1]), name)))
    .filter(
      (path) => /\/drlab-[^/]*$/.test(path) && textOf(join(path, 'cgroup.events')).includes('populated 0'),
    );
}

/** Empty where there is none (any more). */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
