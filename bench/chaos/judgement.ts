/** What a loop of kills has shown, and the exit status that goes with it. */
import type { ChaosResult } from './loop.ts';

export type Judgement = { status: 0 | 1 | 3; sentence: string };

/** Fewer kills than were asked for prove less than was asked for: that is neither clean nor a fault. */
export function judgement(
  { kills, faults }: Pick<ChaosResult, 'kills' | 'faults'>,
  wanted: { kills: number; minutes: number },
): Judgement {
  const made = `${kills} of ${wanted.kills} kills`;
  if (faults.length > 0) return { status: 1, sentence: `${faults.length} FAULTS, ${made}` };
  if (kills < wanted.kills)
    return {
      status: 3,
      sentence: `NOT ENOUGH KILLS: clean so far, but the ${wanted.minutes} minutes were over after ${made}; give it more with --minutes`,
    };
  return { status: 0, sentence: `clean, ${made}` };
}
