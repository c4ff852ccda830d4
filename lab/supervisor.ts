/**
 * A lab lives in the mount, network and pid namespaces of one process, its supervisor. When that process dies, the kernel takes
 * down everything in them; so a lab is found and ended through it, even when its folder and its records are gone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DrError } from '../core/errors.ts';
import { monotonicMs } from '../core/time.ts';
import { type ExecOutcome, lastLines, run, tryRun } from '../platforms/exec.ts';
import type { LabPaths } from './paths.ts';

const insideDirectory = join(import.meta.dirname, 'inside');
/** The lab's programs run with this path and no other variable of the operator's. */
export const LAB_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const DEATH_TIMEOUT_MS = 10_000;
/** A look reads the command line of every process of this machine. */
const LOOK_EVERY_MS = 30;

/** An argument that stands in the command line of each process that starts or is the supervisor, and of no other. */
function marker(paths: LabPaths): string {
  return `lucca-dr-lab:${paths.directory}`;
}

/**
 * Starts the supervisor and waits until it has made the lab's namespaces and networks.
 * @throws DrError LAB_START with what it said.
 */
export async function startSupervisor(paths: LabPaths, environment: Record<string, string>): Promise<number> {
  const log = join(paths.logs, 'supervisor.log');
  const namespaces = ['--mount', '--net', '--pid', '--propagation=slave', '--fork', '--kill-child'];
  const supervisor = ['bash', join(insideDirectory, 'supervisor.sh'), marker(paths)];
  const withLog = ['bash', '-c', 'exec "$@" </dev/null >"$LAB_LOG" 2>&1', 'supervisor'];
  await run('setsid', ['--fork', ...withLog, 'unshare', ...namespaces, ...supervisor], {
    stdout: 'ignore',
    stderr: 'ignore',
    env: { ...environment, LAB_LOG: log, PATH: LAB_PATH },
    extendEnv: false,
  });
  for (;;) {
    const alive = (await markedProcesses(paths)).length > 0;
    const said = await readFile(log, 'utf8').catch(() => '');
    const pid = said.includes('ready\n') ? await findSupervisor(paths) : undefined;
    if (pid !== undefined) return pid;
    if (!alive) throw startFailed(paths.name, said);
    await pause(LOOK_EVERY_MS);
  }
}

/** The supervisor's process id as this machine sees it, or undefined when the lab is not alive. */
export async function findSupervisor(paths: LabPaths): Promise<number | undefined> {
  return (await markedProcesses(paths)).find(isInitOfItsNamespace);
}

/** Ends the lab's processes, however many, and waits until the kernel has taken them away. */
export async function killSupervisor(paths: LabPaths): Promise<void> {
  const deadline = monotonicMs() + DEATH_TIMEOUT_MS;
  const killed = new Set<number>();
  for (;;) {
    // The supervisor first: then its parent sees it end, and ends by itself.
    const supervisor = await findSupervisor(paths);
    const targets = supervisor === undefined ? await markedProcesses(paths) : [supervisor];
    for (const pid of targets) {
      killHard(pid);
      killed.add(pid);
    }
    // A dying process loses its command line first; the supervisor ends only after all of its namespace have.
    while (![...killed].every(hasEnded)) {
      if (monotonicMs() > deadline) throw immortal(paths.name, [...killed]);
      await pause(10);
    }
    if ((await markedProcesses(paths)).length === 0) return;
    if (monotonicMs() > deadline) throw immortal(paths.name, [...killed]);
    await pause(LOOK_EVERY_MS);
  }
}

/** The program and arguments that run one of the scripts of lab/inside/ in the lab's namespaces. */
export function insideCommand(pid: number, script: string, args: readonly string[]): string[] {
  return [
    'nsenter',
    `--target=${pid}`,
    '--mount',
    '--net',
    '--pid',
    'bash',
    join(insideDirectory, script),
    ...args,
  ];
}

/** Runs one of the scripts of lab/inside/ in the lab's namespaces; a status other than 0 is a value. */
export async function tryInside(
  pid: number,
  script: string,
  args: readonly string[],
  input = '',
): Promise<ExecOutcome> {
  const [program = 'nsenter', ...words] = insideCommand(pid, script, args);
  return await tryRun(program, words, {
    stdin: 'pipe',
    input,
    env: { PATH: LAB_PATH },
    extendEnv: false,
  });
}

/**
 * Like {@link tryInside}, and gives what the script printed.
 * @throws DrError LAB_STEP with the last lines it said.
 */
export async function runInside(
  pid: number,
  script: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const outcome = await tryInside(pid, script, args, input);
  if (outcome.exitCode !== 0) throw insideFailed(script, outcome);
  return outcome.stdout;
}

/** DrError LAB_STEP: a script in the lab failed in a way that has no name of its own. */
export function insideFailed(script: string, outcome: ExecOutcome): DrError {
  return new DrError(
    'LAB_STEP',
    `Nel laboratorio "${script}" non è riuscito. / It failed in the lab: ${lastLines(outcome.stderr, 4)}`,
    'Leggere il messaggio qui sopra; "dr lab down" e poi "dr lab up" rifanno il laboratorio da capo. / Read the message; "dr lab down" and "dr lab up" make the lab anew.',
  );
}

async function markedProcesses(paths: LabPaths): Promise<number[]> {
  const wanted = marker(paths);
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const marked = await Promise.all(pids.map(async (pid) => (await commandLine(pid)).includes(wanted)));
  return pids.filter((_, index) => marked[index]);
}

/** How long a process may be seen without arguments while it changes from one program to another (execve). */
const EXEC_TIMEOUT_MS = 250;

/** The arguments of a process; none for a thread of the kernel, a zombie, or one that ended meanwhile. */
async function commandLine(pid: number): Promise<string[]> {
  const deadline = monotonicMs() + EXEC_TIMEOUT_MS;
  for (;;) {
    const text = readProc(pid, 'cmdline');
    if (text !== '') return text.split('\0');
    if (!couldHaveArguments(pid) || monotonicMs() > deadline) return [];
    await pause(1);
  }
}

/** From /proc/PID/stat: state is the first field after the name, flags the seventh. */
function couldHaveArguments(pid: number): boolean {
  const stat = readProc(pid, 'stat');
  const [state, , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isKernelThread = (Number(flags) & PF_KTHREAD) !== 0;
  return stat !== '' && state !== 'Z' && state !== 'X' && !isKernelThread;
}

/** include/linux/sched.h */
const PF_KTHREAD = 0x0020_0000;

/** `NSpid` lists the process's ids from our pid namespace inwards. */
function isInitOfItsNamespace(pid: number): boolean {
  return /^NSpid:\t\d+\t1$/m.test(readProc(pid, 'status'));
}

/** Gone, or a zombie whose parent has not looked yet. */
function hasEnded(pid: number): boolean {
  return /^(|.*\) [ZX] .*)$/s.test(readProc(pid, 'stat'));
}

/**
 * A process that ended meanwhile reads as empty. Nothing here waits for a disk: read one after another, all processes of a machine take some
 * milliseconds, and as promises ten times as long.
 */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function startFailed(name: string, said: string): DrError {
  return new DrError(
    'LAB_START',
    `Il laboratorio "${name}" non è partito. / The lab did not start: ${lastLines(said, 4) || '-'}`,
    'Leggere il messaggio qui sopra; la macchina deve concedere a root spazi dei nomi di rete, mount e processi. / Read the message; root must be allowed to make network, mount and pid namespaces here.',
  );
}

function immortal(name: string, pids: readonly number[]): DrError {
  return new DrError(
    'LAB_KILL',
    `I processi ${pids.join(', ')} del laboratorio "${name}" non finiscono. / These processes of the lab do not end.`,
    'Aspettano forse un disco: controllare con "ps" e ripetere "dr lab down". / They may wait for a disk: look with "ps" and run "dr lab down" again.',
  );
}
