/** Running programs the way the set-up does: every line they print is progress, and they die with the set-up. */
import type { Options } from 'execa';
import { run } from '../platforms/exec.ts';
import type { Progress } from './stage.ts';

/**
 * Runs a program to its end; its output goes to `progress`. Also kill -9 of the set-up ends it.
 * @throws DrError EXEC_FAILED
 */
export async function runShowing(
  progress: Progress,
  program: string,
  args: readonly string[],
  options: Options = {},
): Promise<void> {
  const show = function* (line: unknown): Generator {
    progress.say(String(line));
    yield line;
  };
  await run('setpriv', ['--pdeathsig', 'KILL', program, ...args], { ...options, stdout: show, stderr: show });
}
