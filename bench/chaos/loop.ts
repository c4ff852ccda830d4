/** Kills runs until enough kills were made, brings each run to its end, and says what was not as it should be. */
import { linesOf, lostLines } from './evidence-checks.ts';
import { drawMoment, type Moment, momentText, randomOf } from './moments.ts';
import { type Life, live } from './process.ts';
import type { Subject, SubjectRun } from './subject.ts';

export type ChaosOptions = {
  subject: Subject;
  kills: number;
  seed: number;
  /** The number of the first run; another than 1 to replay one that failed. */
  firstRun?: number;
  /** After it nothing is killed any more; the run that is under way is brought to its end. */
  untilMs: number;
  /** No process may take longer. */
  processLimitMs: number;
  say: (text: string) => void;
};

export type ChaosResult = { runs: number; kills: number; resumes: number; faults: string[] };

/** A process that finds nothing to go on with, or a run that is over already, says so with one of these. */
const NOTHING_BEGUN = /\bNO_RUNS\b/;
const OVER_ALREADY = /\bRUN_FINISHED\b/;

export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { subject, kills, seed, say, untilMs } = options;
  const result: ChaosResult = { runs: 0, kills: 0, resumes: 0, faults: [] };
  for (let run = options.firstRun ?? 1; result.kills < kills && performance.now() < untilMs; run += 1) {
    const prepared = await subject.prepare(run);
    const faults = await oneRun(prepared, run, options, result);
    result.runs += 1;
    for (const fault of faults) say(`run ${run} FAULT ${fault}`);
    say(
      `run ${run}: ${faults.length === 0 ? 'clean' : `${faults.length} faults (seed ${seed}, --from ${run})`}`,
    );
    if (faults.length > 0) await prepared.clearAway();
    result.faults.push(...faults.map((fault) => `run ${run}: ${fault}`));
  }
  return result;
}

async function oneRun(
  run: SubjectRun,
  number: number,
  options: ChaosOptions,
  result: ChaosResult,
): Promise<string[]> {
  const { subject, kills, seed, untilMs, processLimitMs, say } = options;
  const random = randomOf(seed, number);
  const faults: string[] = [];
  let before: string[] = [];
  let begun = false;
  for (;;) {
    // Drawn each time, so that the next one does not depend on how fast this machine is.
    const drawn = drawMoment(random, subject.range);
    const moment = result.kills < kills && performance.now() < untilMs ? drawn : undefined;
    const startedMs = performance.now();
    const child = run.start(begun);
    if (begun) result.resumes += 1;
    const life = await live(child, {
      databaseFolder: run.databaseFolder,
      knownRecords: before.length,
      moment,
      limitMs: processLimitMs,
    });
    const now = linesOf(run.evidencePath());
    faults.push(...lostLines(before, now));
    before = now;
    if (life.killed && moment !== undefined && performance.now() - startedMs < processLimitMs) {
      result.kills += 1;
      begun = true;
      say(killText(number, result.kills, moment, now));
      continue;
    }
    // Killed before anything of the run was written down.
    if (begun && now.length === 0 && NOTHING_BEGUN.test(life.tail)) {
      begun = false;
      continue;
    }
    faults.push(...endFaults(life));
    return [...faults, ...(await faultsOf(run))];
  }
}

function endFaults({ killed, status, tail }: Life): string[] {
  if (killed) return [`a process did not end in time:\n${tail}`];
  if (status === 0 || OVER_ALREADY.test(tail)) return [];
  return [`a process ended with status ${status}:\n${tail}`];
}

/** What can't be looked at is a fault too. */
async function faultsOf(run: SubjectRun): Promise<string[]> {
  try {
    return await run.faults();
  } catch (error) {
    return [error instanceof Error ? `${error.message} ${error.stack ?? ''}` : String(error)];
  }
}

/** Where it was hit: the last record that is on disk. */
function killText(run: number, kill: number, moment: Moment, lines: readonly string[]): string {
  const last = /"event":\{"type":"([^"]+)"(?:,"step":"([^"]+)")?/.exec(lines.at(-1) ?? '');
  const where = last === null ? 'nothing written' : `${lines.length - 1} ${last[1]} ${last[2] ?? ''}`.trim();
  return `run ${run} kill ${kill}: ${momentText(moment)}; last record: ${where}`;
}
