/**
 * `npm run bench [-- run probes application drill-applications drill restore provision levels recoverability] [--runs 3] [--data 200m]`: each benchmark measures all its contenders side by side.
 * Prints medians, ranges and ratios, and writes them to .state/bench.json. Exit status: 0 all targets met, 1 one missed, 2 not carried out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorRecord } from '../core/errors.ts';
import { whenTold } from '../core/signals.ts';
import { parseSize } from '../core/sizes.ts';
import { utcNow } from '../core/time.ts';
import { DEFAULT_DATA_BYTES } from '../lab/data.ts';
import { labDown } from '../lab/lab.ts';
import { labNames } from '../lab/paths.ts';
import { withProcessLock } from '../lab/process-lock.ts';
import { drillVersions } from '../lab/versions.ts';
import { stateDirectory } from '../platforms/cache.ts';
import { benchApplication } from './application.ts';
import { type Comparison, loadAverage } from './compare.ts';
import { benchDrill } from './drill.ts';
import { benchDrillApplications } from './drill-applications.ts';
import { type Golden, goldenCassette } from './golden.ts';
import { benchProbes } from './probes.ts';
import { benchProvision, DESK_COUNTS } from './provision.ts';
import { benchRestore } from './restore.ts';
import { benchRun } from './run.ts';
import { comparisonText } from './table.ts';
import { benchLevels, benchRecoverability } from './verify.ts';

type Benchmark = (golden: Golden, runs: number, onProgress: (text: string) => void) => Promise<Comparison[]>;
type Options = { names: string[]; runs: number; dataBytes: number };
type OwnBenchmark = (options: Options, onProgress: (text: string) => void) => Promise<Comparison[]>;
/** Those that bring what they need. */
const onTheirOwn: Record<string, OwnBenchmark> = {
  run: async ({ runs }, onProgress) => await benchRun(runs, onProgress),
  probes: async ({ runs }, onProgress) => await benchProbes(runs, onProgress),
  application: async ({ dataBytes, runs }, onProgress) => await benchApplication(dataBytes, runs, onProgress),
  'drill-applications': async ({ dataBytes, runs }, onProgress) =>
    await benchDrillApplications(dataBytes, runs, onProgress),
};
/** Those that need a lab's worth of data on a cassette. */
const onCassette: Record<string, Benchmark[]> = {
  drill: [benchDrill],
  restore: [benchRestore],
  levels: [benchLevels],
  recoverability: [benchRecoverability],
  provision: DESK_COUNTS.map(
    (count): Benchmark =>
      async (golden, runs, onProgress) =>
        await benchProvision(count, golden, runs, onProgress),
  ),
};

whenTold(['SIGINT', 'SIGTERM', 'SIGHUP'], () => {
  // oxlint-disable-next-line unicorn/no-process-exit -- the benchmark under way goes on otherwise
  void removeBenchLabs().finally(() => process.exit(2));
});
try {
  process.exitCode = await main();
} catch (error) {
  const { code, message, hint } = toErrorRecord(error);
  process.stderr.write(`✗ ${message}\n  → ${hint}\n  [${code}]\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const chosen = options();
  return await withProcessLock('bench', async () => await measure(chosen));
}

async function measure({ names, runs, dataBytes }: Options): Promise<number> {
  await removeBenchLabs();
  const startedAtUtc = utcNow();
  const loadBefore = loadAverage();
  const comparisons: Comparison[] = [];
  const show = (measured: readonly Comparison[]): void => {
    for (const comparison of measured) process.stdout.write(comparisonText(comparison));
    comparisons.push(...measured);
  };
  for (const name of names) {
    const benchmark = onTheirOwn[name];
    if (benchmark !== undefined) show(await benchmark({ names, runs, dataBytes }, progress));
  }
  const others = names.filter((name) => name in onCassette);
  if (others.length > 0) {
    using golden = await goldenCassette(dataBytes, progress, { plain: others.includes('restore') });
    for (const name of others) {
      progress(name);
      for (const benchmark of onCassette[name] ?? []) show(await benchmark(golden, runs, progress));
    }
  }
  const machine = {
    processors: cpus().length,
    processor: cpus()[0]?.model ?? '',
    memoryBytes: totalmem(),
    kernel: release(),
    loadBefore,
  };
  const record = { startedAtUtc, runs, dataBytes, machine, versions: await drillVersions(), comparisons };
  mkdirSync(stateDirectory(), { recursive: true });
  writeFileSync(join(stateDirectory(), 'bench.json'), `${JSON.stringify(record, null, 2)}\n`);
  return comparisons.some(({ ratios }) => ratios.some(({ met }) => met === false)) ? 1 : 0;
}

function progress(text: string): void {
  process.stderr.write(`· ${text}\n`);
}

function options(): Options {
  const known = [...Object.keys(onTheirOwn), ...Object.keys(onCassette)];
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '3' }, data: { type: 'string' } },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  const runs = Number(values.runs);
  if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1)
    throw new Error(`npm run bench -- [${known.join(' ')}] [--runs 3] [--data 200m]`);
  const names = positionals.length > 0 ? positionals : known;
  return { names, runs, dataBytes: values.data === undefined ? DEFAULT_DATA_BYTES : parseSize(values.data) };
}

/** Those of a run that was killed, or that is being interrupted. */
async function removeBenchLabs(): Promise<void> {
  const names = (await labNames()).filter((name) => name.startsWith('bench-'));
  await Promise.all(names.map((name) => labDown(name)));
}
