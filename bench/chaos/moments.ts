/** When and what the loop kills: drawn from a seed, so that the same seed draws the same again. */

/** `program`: node alone, what it started lives on. `family`: node and all that it started. `database`: the family and the server. */
export const victims = ['program', 'family', 'database'] as const;
export type Victims = (typeof victims)[number];

export type Moment = {
  victims: Victims;
  /** Records that the process writes before; 0 counts from its start. */
  records: number;
  /** And so long after that record. */
  delayMs: number;
};

export type MomentRange = { records: number; delayMs: number };

/** Numbers from 0 up to 1. */
export type Random = () => number;

/** A generator of its own for each run, so that one run can be replayed without those before it. */
export function randomOf(seed: number, run: number): Random {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(run, 0x85eb_ca6b)) >>> 0;
  // mulberry32
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Long waits are rare and short ones common: most records come in bursts, and the steps between them take seconds. */
export function drawMoment(random: Random, range: MomentRange): Moment {
  const chosen = victims[Math.floor(random() * victims.length)] ?? 'program';
  return {
    victims: chosen,
    records: Math.floor(random() * (range.records + 1)),
    delayMs: Math.round(random() ** 2 * range.delayMs),
  };
}

export function momentText({ victims: who, records, delayMs }: Moment): string {
  return `${who}, ${records} records + ${delayMs} ms`;
}
