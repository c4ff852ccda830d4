/** Processes of this machine as /proc shows them: who started whom, who belongs to a folder, and killing them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The process and all that it and they started, as far as they have not been left behind. */
export function familyOf(pid: number): number[] {
  const parents = new Map(processes().map((one) => [one, parentOf(one)]));
  const family = [pid];
  // The list grows while it is walked.
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

/** Processes that this one has started and that work in `folder`. */
export function childrenIn(folder: string): number[] {
  return processes().filter((pid) => parentOf(pid) === process.pid && workingFolder(pid) === folder);
}

/** The database server of a folder and its helpers; none when it does not run. */
export function databaseProcesses(databaseFolder: string): number[] {
  const [first] = textOf(join(databaseFolder, 'data', 'postmaster.pid')).split('\n');
  const pid = z.coerce.number().int().positive().safeParse(first);
  // The file outlives a server that was killed, and the number may be another's by now.
  if (!pid.success || !textOf(`/proc/${pid.data}/cmdline`).includes(databaseFolder)) return [];
  return familyOf(pid.data);
}

/** Living processes, without this one, that have `folder` among their arguments or in the environment with which they were started. */
export function pidsAbout(folder: string): number[] {
  return processes()
    .filter((pid) => pid !== process.pid)
    .filter((pid) => ['cmdline', 'environ'].some((file) => textOf(`/proc/${pid}/${file}`).includes(folder)));
}

/** The same, each in one line. */
export function processesAbout(folder: string): string[] {
  return pidsAbout(folder).map((pid) => `${pid} ${commandLineOf(pid).slice(0, 160)}`);
}

/** Its words with blanks between them; empty when it is gone. */
export function commandLineOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** One that has ended and was not collected yet has no words any more. */
export function isAlive(pid: number): boolean {
  return commandLineOf(pid) !== '';
}

/** Kills them all at once. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it ended meanwhile
  }
}

/** Empty where there is none (any more). */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
