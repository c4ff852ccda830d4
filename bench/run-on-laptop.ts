/** Starts a contender's program on the laptop of a bench site, bounded in time. */
import { run } from '../platforms/exec.ts';
import type { BenchSite } from './site.ts';

/** Longer than any contender takes on a machine that does anything else at all. */
const TIMEOUT_MS = 10 * 60_000;

/** Gives what it printed. @throws DrError EXEC_FAILED when it fails or takes too long */
export async function runOnLaptop(
  site: BenchSite,
  command: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const [program = '', ...args] = [...site.onLaptop, ...command];
  return await run(program, args, {
    env: { ...site.environment, ...environment },
    cwd: site.folder,
    timeout: TIMEOUT_MS,
  });
}
