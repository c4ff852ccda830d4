/** Taking a lab away so that nothing is left of it, whatever state it is in. */
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { isMissingFile } from '../core/errors.ts';
import { monotonicMs } from '../core/time.ts';
import { run, tryRun } from '../platforms/exec.ts';
import type { LabPaths } from './paths.ts';
import { findSupervisor, killSupervisor, tryInside } from './supervisor.ts';

/** The kernel frees loop devices and control groups a little after the last process of the lab. */
const KERNEL_TIMEOUT_MS = 5_000;
const SELF_FREEING_MS = 1_000;
/** Each look at the loop devices is a program of its own. */
const LOOK_EVERY_MS = 50;

/** Ends the lab's processes and removes its loop devices, control groups and folder. Doing it twice does nothing more. */
export async function removeLab(paths: LabPaths): Promise<void> {
  const images = await imagesOf(paths);
  const pid = await findSupervisor(paths);
  if (pid !== undefined) await tryInside(pid, 'discard-disks.sh', []);
  await killSupervisor(paths);
  await detachLoops(images);
  const group = await cgroupDirectory(paths);
  if (group !== undefined) await removeCgroup(group);
  await rm(paths.directory, { recursive: true, force: true });
}

/** The lab's control group, below the root of the unified hierarchy. */
export function cgroupName(paths: LabPaths): string {
  return `drlab-${paths.id}`;
}

type Image = { inode: number; device: string };

async function imagesOf(paths: LabPaths): Promise<Image[]> {
  const files = await Promise.all([paths.disks, paths.cassettes].map(filesIn));
  return await Promise.all(
    files.flat().map(async (file) => {
      const { ino, dev } = await stat(file);
      return { inode: ino, device: `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}` };
    }),
  );
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).map((name) => join(directory, name));
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

const losetupSchema = z.object({
  loopdevices: z.array(
    z.object({
      name: z.string(),
      'back-ino': z.number(),
      'back-maj:min': z.string().transform((text) => text.trim()),
    }),
  ),
});

/**
 * A lab's loop devices free themselves; only one whose lab was killed in the moment of its making is still there a second later.
 * Not earlier: a device that was just freed may already be another lab's.
 */
async function detachLoops(images: readonly Image[]): Promise<void> {
  const startedMs = monotonicMs();
  for (;;) {
    const attached = await loopsOf(images);
    const waitedMs = monotonicMs() - startedMs;
    if (attached.length === 0 || waitedMs > KERNEL_TIMEOUT_MS) return;
    if (waitedMs > SELF_FREEING_MS) {
      await Promise.all(attached.map((device) => tryRun('losetup', ['--detach', device])));
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function loopsOf(images: readonly Image[]): Promise<string[]> {
  const output = await run('losetup', ['--list', '--json', '--output', 'NAME,BACK-INO,BACK-MAJ:MIN']);
  if (output.trim() === '') return [];
  return losetupSchema
    .parse(JSON.parse(output))
    .loopdevices.filter((loop) =>
      images.some((image) => image.inode === loop['back-ino'] && image.device === loop['back-maj:min']),
    )
    .map((loop) => loop.name);
}

async function cgroupDirectory(paths: LabPaths): Promise<string | undefined> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const mountPoint = mounts.find((fields) => fields[2] === 'cgroup2')?.[1];
  return mountPoint === undefined ? undefined : join(mountPoint, cgroupName(paths));
}

async function removeCgroup(directory: string): Promise<void> {
  const folders = await foldersBelow(directory);
  const deadline = monotonicMs() + KERNEL_TIMEOUT_MS;
  for (const folder of folders) {
    while (!(await tryRemoveFolder(folder, monotonicMs() > deadline))) await pause(5);
  }
}

/** Deepest first. */
async function foldersBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true, recursive: true });
    const inner = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    return [directory, ...inner].toSorted((a, b) => b.length - a.length);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

async function tryRemoveFolder(folder: string, isLastTry: boolean): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return true;
    if (isLastTry || !(error instanceof Error && 'code' in error && error.code === 'EBUSY')) throw error;
    return false;
  }
}
