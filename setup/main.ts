/**
 * Runs the stages of the set-up that need Node 24 (setup/run.sh is the one before them):
 * `main.ts COMMAND [--json]`, the npm script that is set up for. People read stderr; with `--json`
 * one JSON object with every stage's result goes to stdout. Exit status: 0 all there, 2 something is missing.
 */
import { formatDurationMs, monotonicMs } from '../core/time.ts';
import { Screen } from './screen.ts';
import { runStages } from './stage.ts';
import { commandProviderStage } from './stages/command-provider.ts';
import { debianStage } from './stages/debian.ts';
import { imageStage, newerImageStage } from './stages/image.ts';
import { promtoolStage } from './stages/promtool.ts';
import { pulumiStage } from './stages/pulumi.ts';
import { surroundings } from './surroundings.ts';

const begun = monotonicMs();
using screen = new Screen();
const around = surroundings();
const command = process.argv[2] ?? '';
const stages = [
  debianStage(command),
  imageStage(),
  pulumiStage(around),
  commandProviderStage(around),
  ...(command === 'test' ? [promtoolStage(), newerImageStage()] : []),
];
const results = await runStages(stages, screen);

const well = results.every(({ outcome }) => outcome === 'ready' || outcome === 'done');
const durationMs = monotonicMs() - begun;
const ready = results.filter(({ outcome }) => outcome === 'ready').length;
process.stderr.write(
  `Preparazione / Set-up: ${well ? 'tutto pronto / all ready' : 'incompleta / incomplete'} (${ready}/${results.length} già pronti / already there), ${formatDurationMs(durationMs)}\n`,
);
if (process.argv.includes('--json'))
  process.stdout.write(`${JSON.stringify({ durationMs, stages: results })}\n`);
if (!well) process.exitCode = 2;
