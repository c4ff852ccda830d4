/** Contenders measured side by side: one run of each in turn, again and again, so that a busy minute touches them all alike. */
import { readFileSync } from 'node:fs';
import { monotonicMs } from '../core/time.ts';

export type Contender = {
  name: string;
  /** Brings everything to the state from which each contender begins; not timed. */
  prepare: () => Promise<void>;
  /** The work. What it gives is its duration in ms where it measures that itself, else it is timed from outside. */
  work: () => Promise<number | undefined>;
  /** After the clock has stopped: throws unless the work was done as it should be. */
  check?: () => Promise<void>;
  /** One run is enough: it takes minutes, and what it shows does not hang on a tenth. */
  once?: boolean;
};

export type Row = {
  name: string;
  durationsMs: number[];
  medianMs: number;
  minMs: number;
  maxMs: number;
  /** One-minute load averages of the machine when each run began; above the number of its processors others were at work. */
  loads: number[];
};

export type Ratio = {
  text: string;
  value: number;
  /** The ratio that is aimed at, and whether it is an upper or a lower bound; undefined: for information. */
  target: { bound: 'at-most' | 'at-least'; value: number } | undefined;
  met: boolean | undefined;
};

export type Comparison = { title: string; notes: string[]; rows: Row[]; ratios: Ratio[] };

/** Runs every contender `runs` times, interleaved, or once where that is enough. A contender that fails fails the comparison. */
export async function compare(
  contenders: readonly Contender[],
  runs: number,
  onProgress: (text: string) => void,
): Promise<Row[]> {
  const measured = contenders.map(({ name }) => ({
    name,
    durationsMs: [] as number[],
    loads: [] as number[],
  }));
  for (let run = 1; run <= runs; run += 1) {
    for (const [index, contender] of contenders.entries()) {
      if (run > 1 && contender.once === true) continue;
      await contender.prepare();
      const load = loadAverage();
      const startedMs = monotonicMs();
      const own = await contender.work();
      const durationMs = own ?? monotonicMs() - startedMs;
      await contender.check?.();
      measured[index]?.durationsMs.push(durationMs);
      measured[index]?.loads.push(load);
      onProgress(`${run}/${runs} ${contender.name}: ${(durationMs / 1000).toFixed(2)} s (load ${load})`);
    }
  }
  return measured.map(({ name, durationsMs, loads }) => ({
    name,
    durationsMs,
    medianMs: median(durationsMs),
    minMs: Math.min(...durationsMs),
    maxMs: Math.max(...durationsMs),
    loads,
  }));
}

export function ratio(text: string, value: number, target?: Ratio['target']): Ratio {
  if (target === undefined) return { text, value, target, met: undefined };
  return {
    text,
    value,
    target,
    met: target.bound === 'at-most' ? value <= target.value : value >= target.value,
  };
}

/** @throws Error when there is no such row */
export function rowOf(rows: readonly Row[], name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`No contender is called ${name}`);
  return row;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}
