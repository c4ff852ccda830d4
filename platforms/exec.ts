/** The only door to programs on this machine (execa, loaded with the first of them: most scripts work on other hosts only). */

import { Duplex, type Readable } from 'node:stream';
import type { Options } from 'execa';
import { DrError } from '../core/errors.ts';

export type ExecOutcome = { exitCode: number; stdout: string; stderr: string };

/**
 * Runs a program and waits for it. Arguments are never given to a shell.
 * @throws DrError EXEC_FAILED when it can't be started or ends with a status other than 0; secrets must not be in `args`.
 */
export async function run(program: string, args: readonly string[], options: Options = {}): Promise<string> {
  try {
    const { execa } = await import('execa');
    const result = await execa(program, args, { stdin: 'ignore', ...options });
    return String(result.stdout ?? '');
  } catch (error) {
    throw await execError(program, error);
  }
}

/** Like {@link run}, but a status other than 0 is a value; only a program that can't be started throws. */
export async function tryRun(
  program: string,
  args: readonly string[],
  options: Options = {},
): Promise<ExecOutcome> {
  const { execa } = await import('execa');
  const result = await execa(program, args, { stdin: 'ignore', ...options, reject: false });
  if (result.exitCode === undefined && result.signal === undefined) throw await execError(program, result);
  return {
    exitCode: result.exitCode ?? 128,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
}

/**
 * Like {@link tryRun} for a program that nobody vouches for: it gets `input`, and when its time is over it and all that it started
 * are killed, because a child of it that keeps the output open would be waited for.
 * @throws DrError EXEC_FAILED when it can't be started
 */
export async function tryRunWithin(
  timeoutMs: number,
  program: string,
  args: readonly string[],
  options: { input: string; env: NodeJS.ProcessEnv },
): Promise<ExecOutcome & { timedOut: boolean }> {
  const { execa } = await import('execa');
  const child = execa(program, args, { ...options, extendEnv: false, detached: true, reject: false });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeoutMs);
  const result = await child.finally(() => clearTimeout(timer));
  if (result.exitCode === undefined && result.signal === undefined && !timedOut)
    throw await execError(program, result);
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr, timedOut };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It ended by itself in the same moment.
  }
}

/** Runs a command line in a shell of this machine, as SSH does on another: the output as it is, any status a value. */
export async function tryShell(
  command: string,
  {
    stdin = '',
    onStderr,
    ...options
  }: { stdin?: string | Readable; onStderr?: (chunk: Buffer) => void; cancelSignal?: AbortSignal } = {},
): Promise<ExecOutcome> {
  const { execa } = await import('execa');
  const child = execa('sh', ['-c', command], {
    ...options,
    input: stdin,
    stripFinalNewline: false,
    reject: false,
  });
  if (onStderr) child.stderr.on('data', onStderr);
  const result = await child;
  if (result.exitCode === undefined && result.signal === undefined) throw await execError('sh', result);
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
}

/** Starts a command line in a shell of this machine whose output somebody else reads as it comes. */
export async function startShell(
  command: string,
): Promise<{ stdout: Readable; ended: Promise<ExecOutcome> }> {
  const { execa } = await import('execa');
  const child = execa('sh', ['-c', command], { stdin: 'ignore', buffer: { stdout: false }, reject: false });
  const ended = child.then(({ exitCode, stderr }) => ({
    exitCode: exitCode ?? 128,
    stdout: '',
    stderr,
  }));
  return { stdout: child.stdout, ended };
}

/** Starts a program and gives its output as a stream of bytes; a status other than 0 shows as an error of the stream. */
export async function spawnReadable(program: string, args: readonly string[]): Promise<Readable> {
  const { execa } = await import('execa');
  return execa(program, args, { stdin: 'ignore', buffer: false, reject: false }).readable({ binary: true });
}

/** Starts a program whose stdin and stdout the caller handles as one stream of bytes (a proxy, a pipe). Its exit status is not an error here. */
export async function spawnDuplex(program: string, args: readonly string[]): Promise<Duplex> {
  const { execa } = await import('execa');
  const child = execa(program, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
  });
  const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
  // One that still waits for its own other side would not see that nobody listens any more, and would keep this process waiting.
  stream.once('close', () => child.kill());
  stream.on('error', () => undefined); // shows as the end of the stream
  return stream;
}

/** Two programs that talk to each other. `ended` gives what they said on standard error, for whoever must explain why. */
export type Joined = { ended: Promise<string>; close: () => void };

/**
 * Starts two programs, each with the other's output as its input, over pipes of the kernel's: nothing of it passes through this process.
 * When one ends, so does what the other reads, and it ends too; `close` ends both.
 */
export async function spawnJoined(one: readonly string[], other: readonly string[]): Promise<Joined> {
  const { execa } = await import('execa');
  // The other waits for a byte: bash forgets the pipes of a coproc that has ended, also before they are in place.
  const program = `
count=$1; shift
coproc OTHER { read -rn 1; exec "\${@:count+1}"; }
exec <&"\${OTHER[0]}" >&"\${OTHER[1]}"
printf .
exec "\${@:1:count}"`;
  const child = execa('bash', ['-c', program, 'bash', String(one.length), ...one, ...other], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
  });
  return { ended: child.then(({ stderr }) => stderr), close: () => child.kill() };
}

/** Runs a program on the operator's own terminal (a shell on a host) and gives its exit status. */
export async function runOnTerminal(program: string, args: readonly string[]): Promise<number> {
  const { execa } = await import('execa');
  const result = await execa(program, args, { stdio: 'inherit', reject: false });
  if (result.exitCode === undefined && result.signal === undefined) throw await execError(program, result);
  return result.exitCode ?? 128;
}

async function execError(program: string, error: unknown): Promise<DrError> {
  const { ExecaError } = await import('execa');
  if (!(error instanceof ExecaError)) {
    return new DrError(
      'EXEC_FAILED',
      `${program}: ${String(error)}`,
      `Controllare che "${program}" sia installato.`,
      {
        cause: error,
      },
    );
  }
  const said = (error.stderr ?? '').trim() || error.shortMessage;
  return new DrError(
    'EXEC_FAILED',
    `${program}: ${lastLines(said, 5)}`,
    'Leggere il messaggio del programma qui sopra.',
    {
      cause: error,
    },
  );
}

/** The end of a program's output, where the reason usually stands. */
export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
