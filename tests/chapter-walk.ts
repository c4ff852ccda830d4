/** A drill's runbook walked by one person from its first question to its end, with nothing but the page. */
import { expect } from 'vitest';
import type { Hand } from './hand.ts';

/** What is done otherwise than with the first answer that a step offers; also what else is done once the step waits. */
export type Detours = Record<string, (hand: Hand) => Promise<void>>;

export type Walk = {
  /** Steps in the order in which they were answered. */
  answered: string[];
  /** The run's verdict, as the page says it at the end. */
  verdict: string;
};

/** Sees the page at a step, before it is answered, or at the `end`. */
export type Look = (step: string) => Promise<void>;

/** @throws when nothing waits for a person for `patienceMs` and the run is not over */
export async function walkChapter(
  hand: Hand,
  detours: Detours,
  look: Look = async () => await Promise.resolve(),
  patienceMs = 30_000,
): Promise<Walk> {
  const answered: string[] = [];
  for (;;) {
    const next = await hand.whatWaits(patienceMs);
    if (next === undefined) break;
    await look(next);
    const detour = detours[next];
    // Each is made once: a step that comes back is answered like any other.
    delete detours[next];
    if (detour === undefined) await hand.answerFirst(next);
    else await detour(hand);
    answered.push(next);
  }
  await look('end');
  expect(Object.keys(detours)).toEqual([]);
  return { answered, verdict: await hand.page.locator('#outcome .word').innerText() };
}
