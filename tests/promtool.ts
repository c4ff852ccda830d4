/** Metrics before Prometheus' own judge (the set-up of the tests puts it into the cache). */
import { promtoolProgram } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';

/** `said` is empty where nothing is wrong, neither with the form nor with the names. */
export async function promtool(metrics: string): Promise<{ exitCode: number; said: string }> {
  const { exitCode, stdout, stderr } = await tryRun(promtoolProgram(), ['check', 'metrics'], {
    stdin: 'pipe',
    input: `${metrics.trimEnd()}\n`,
  });
  return { exitCode, said: `${stdout}${stderr}` };
}
