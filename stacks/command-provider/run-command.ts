/** One run of one command: its environment, its output while it runs, and what is kept of it. */
import { existsSync } from 'node:fs';
import { ExecaError } from 'execa';
import { DrError } from '../../core/errors.ts';
import { run } from '../../platforms/exec.ts';
import { archiveAssets, findAssets } from './assets.ts';
import type { Bag, CommandInputs } from './inputs.ts';

const DEFAULT_INTERPRETER = ['/bin/sh', '-c'];
/** Output larger than this would not fit into the engine's state anyway. */
const OUTPUT_LIMIT_BYTES = 256 * 1024 ** 2;

export type Watch = {
  /** Called with each line that the command prints. */
  log: (line: string) => Promise<void>;
  /** Ends the command: SIGTERM, five seconds later SIGKILL. */
  cancelSignal: AbortSignal;
};

/**
 * Runs `command` through the interpreter. `previous` is what the run before it printed: the command finds it in its environment.
 * @throws Error in the official plugin's words: how it ended, the command, all that it printed.
 */
export async function runCommand(
  command: string,
  inputs: CommandInputs,
  previous: { stdout: string; stderr: string },
  { log, cancelSignal }: Watch,
): Promise<Bag> {
  const directory = inputs.dir ?? process.cwd();
  if (!existsSync(directory)) throw failure(`chdir ${directory}: no such file or directory`, command, '');
  const output = new Output(inputs.logging, log);
  const [program = '', ...args] = inputs.interpreter?.length ? inputs.interpreter : DEFAULT_INTERPRETER;
  try {
    await run(program, [...args, command], {
      cwd: directory,
      env: { ...inputs.environment, ...previousInEnvironment(inputs, previous) },
      ...(inputs.stdin ? { stdin: 'pipe', input: inputs.stdin } : {}),
      stdout: { transform: output.collect('stdout'), preserveNewlines: true },
      stderr: { transform: output.collect('stderr'), preserveNewlines: true },
      maxBuffer: OUTPUT_LIMIT_BYTES,
      cancelSignal,
    });
  } catch (error) {
    throw failure(howItEnded(error), command, output.all, error);
  } finally {
    await output.shown();
  }
  return {
    stdout: withoutLastNewline(output.stdout),
    stderr: withoutLastNewline(output.stderr),
    ...(inputs.assetPaths && { assets: await findAssets(directory, inputs.assetPaths) }),
    ...(inputs.archivePaths && { archive: await archiveAssets(directory, inputs.archivePaths) }),
  };
}

function previousInEnvironment(
  { addPreviousOutputInEnv = true }: CommandInputs,
  { stdout, stderr }: { stdout: string; stderr: string },
): Record<string, string> {
  if (!addPreviousOutputInEnv) return {};
  return {
    ...(stdout !== '' && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr !== '' && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

/** Takes both streams line by line: kept apart, kept in the order in which they came, and shown. */
class Output {
  stdout = '';
  stderr = '';
  all = '';
  readonly #logged: readonly string[];
  readonly #log: (line: string) => Promise<void>;
  readonly #shown: Promise<void>[] = [];

  constructor(logging: string | undefined, log: (line: string) => Promise<void>) {
    this.#logged = logging === undefined || logging === 'stdoutAndStderr' ? ['stdout', 'stderr'] : [logging];
    this.#log = log;
  }

  /** Ends when the engine has every line, so that none comes after the command's result. */
  async shown(): Promise<void> {
    await Promise.all(this.#shown);
  }

  collect(stream: 'stdout' | 'stderr'): (line: unknown) => Generator {
    const take = (text: string): void => {
      this[stream] += text;
      this.all += text;
      if (this.#logged.includes(stream)) this.#shown.push(this.#log(withoutLastNewline(text)));
    };
    return function* (line) {
      take(String(line));
      yield line;
    };
  }
}

function failure(how: string, command: string, output: string, cause?: unknown): Error {
  return new Error(`${how}: running ${JSON.stringify(command)}:\n${output}`, { cause });
}

function howItEnded(error: unknown): string {
  const cause = error instanceof DrError ? error.cause : error;
  if (!(cause instanceof ExecaError)) return String(cause);
  if (cause.exitCode !== undefined) return `exit status ${cause.exitCode}`;
  if (cause.signal !== undefined) return `signal: ${goSignalName(cause.signal)}`;
  return cause.originalMessage ?? cause.shortMessage;
}

const goSignalNames: Partial<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
};

function goSignalName(signal: string): string {
  return goSignalNames[signal] ?? signal;
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
