/** The kill loop on the small run. `npm run chaos` does the same with the drill and as often as one likes. */
import { expect, test } from 'vitest';
import { repeatedSteps } from '../bench/chaos/evidence-checks.ts';
import { chaos } from '../bench/chaos/loop.ts';
import { drawMoment, randomOf } from '../bench/chaos/moments.ts';
import { smallSubject } from '../bench/chaos/small.ts';
import type { EvidenceEvent } from '../runbooks/evidence.ts';
import { asRecord } from '../runbooks/next-steps.ts';

test('killed at a dozen moments, runs end as they should: nothing done twice, nothing lost', async () => {
  await using subject = smallSubject();
  const said: string[] = [];
  const limits = { untilMs: performance.now() + 120_000, processLimitMs: 60_000 };
  const options = { subject, kills: 12, seed: 4, ...limits };
  const { kills, faults } = await chaos({ ...options, say: (text) => void said.push(text) });
  expect(faults, said.join('\n')).toEqual([]);
  expect(kills).toBe(12);
}, 180_000);

test('a seed draws the same moments again', () => {
  const draw = (seed: number): unknown => {
    const random = randomOf(seed, 3);
    return Array.from({ length: 5 }, () => drawMoment(random, { records: 60, delayMs: 20_000 }));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a step begun again after it was done is named, unless somebody asked for it', () => {
  const started = { type: 'step-started', step: 's', attempt: 1, origin: 'measured' } as const;
  const done = {
    type: 'step-finished',
    step: 's',
    attempt: 1,
    outcome: 'done',
    durationMs: 0,
    detail: '',
  } as const;
  const who = { role: 'rco', person: '' };
  const retry: EvidenceEvent = {
    ...{ type: 'answered', step: 's', attempt: 1, choice: 'retry', note: '', ...who },
    ...{ atUtc: '2026-01-02T03:04:05.000Z', origin: 'declared' },
  };
  const faultsOf = (...events: EvidenceEvent[]): string[] =>
    repeatedSteps(events.map((event, seq) => ({ ...asRecord(event, '2026-01-02T03:04:05.000Z'), seq })));
  expect(faultsOf(started, started, done)).toEqual([]);
  expect(faultsOf(started, done, retry, started, done)).toEqual([]);
  expect(faultsOf(started, done, started)).toEqual([
    'step s begun again (record 2) after it was done (record 1)',
  ]);
});
