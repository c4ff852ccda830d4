/**
 * `npm run chaos -- [--kills 200] [--seed S] [--drill | --small] [--minutes 60] [--from RUN]`: kills runs with SIGKILL at moments
 * drawn from the seed and goes on with them until they are over. Exit status: 0 clean, 1 not, 2 not carried out, 3 clean so far, but the
 * minutes were over before all kills were made.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { formatDurationMs } from '../core/time.ts';
import { drillSubject } from './chaos/drill.ts';
import { judgement } from './chaos/judgement.ts';
import { chaos } from './chaos/loop.ts';
import { smallSubject } from './chaos/small.ts';

const PROCESS_LIMIT_MS = 20 * 60_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    from: { type: 'string', default: '1' },
    drill: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
  },
});
const kills = positive('kills', values.kills);
const minutes = positive('minutes', values.minutes);
const firstRun = positive('from', values.from);
const seed = values.seed === undefined ? randomInt(1, 1_000_000) : positive('seed', values.seed);

const startedMs = performance.now();
await using subject = values.small ? smallSubject() : drillSubject();
say(`chaos: ${subject.name}, seed ${seed}, ${kills} kills, at most ${minutes} minutes`);
const untilMs = startedMs + minutes * 60_000;
const result = await chaos({
  subject,
  kills,
  seed,
  firstRun,
  untilMs,
  processLimitMs: PROCESS_LIMIT_MS,
  say,
});
const took = formatDurationMs(performance.now() - startedMs, 'en');
const { status, sentence } = judgement(result, { kills, minutes });
say(`${sentence}: ${result.runs} runs, ${result.resumes} times gone on with, ${took}`);
for (const fault of result.faults) say(`- ${fault.split('\n')[0]}`);
process.exitCode = status;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  return refuse(`--${name} ${text}: a whole number above 0 is wanted`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  // oxlint-disable-next-line unicorn/no-process-exit -- nothing is under way yet
  process.exit(2);
}
