/** The kill loop on the small run. `npm run chaos` does the same with the drill and as often as one likes. */
import { expect, test } from 'vitest';
import { repeatedSteps } from '../bench/chaos/evidence-checks.ts';
import { judgement } from '../bench/chaos/judgement.ts';
import { chaos } from '../bench/chaos/loop.ts';
import { drawMoment, type Moment, randomOf } from '../bench/chaos/moments.ts';
import { smallSubject } from '../bench/chaos/small.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { asRecord } from '../runbooks/run/next-steps.ts';

const NOON = '2026-01-02T12:00:00.000Z';
const step = { step: 's', attempt: 1 };
const started: EvidenceEvent = { type: 'step-started', ...step, origin: 'measured' };
const done: EvidenceEvent = { type: 'step-finished', ...step, outcome: 'done', durationMs: 0, detail: '' };
const retry: EvidenceEvent = {
  type: 'answered',
  ...step,
  choice: 'retry',
  role: 'rco',
  person: '',
  note: '',
  atUtc: NOON,
  origin: 'declared',
};

test('killed at a dozen moments, runs end as they should: nothing done twice, nothing lost', async () => {
  await using subject = smallSubject();
  const said: string[] = [];
  const limits = { untilMs: performance.now() + 240_000, processLimitMs: 60_000 };
  const options = { subject, kills: 12, seed: 4, ...limits };
  const { kills, faults } = await chaos({ ...options, say: (text) => void said.push(text) });
  expect(faults, said.join('\n')).toEqual([]);
  expect(kills).toBe(12);
}, 300_000);

test.each([
  { made: 200, faults: [], status: 0, sentence: 'clean, 200 of 200 kills' },
  { made: 201, faults: [], status: 0, sentence: 'clean, 201 of 200 kills' },
  { made: 199, faults: [], status: 3, sentence: 'the 60 minutes were over after 199 of 200 kills' },
  { made: 0, faults: [], status: 3, sentence: 'after 0 of 200 kills' },
  { made: 200, faults: ['lost'], status: 1, sentence: '1 FAULTS, 200 of 200 kills' },
  { made: 3, faults: ['lost', 'twice'], status: 1, sentence: '2 FAULTS, 3 of 200 kills' },
])('$made kills of 200 and faults $faults: status $status', ({ made, faults, status, sentence }) => {
  const said = judgement({ kills: made, faults }, { kills: 200, minutes: 60 });
  expect(said).toMatchObject({ status, sentence: expect.stringContaining(sentence) });
});

test('a seed draws the same moments again', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a step begun again after it was done is named, unless somebody asked for it', () => {
  expect(faultsOf(started, started, done)).toEqual([]);
  expect(faultsOf(started, done, retry, started, done)).toEqual([]);
  expect(faultsOf(started, done, started)).toEqual([
    'step s begun again (record 2) after it was done (record 1)',
  ]);
});

function draw(seed: number): Moment[] {
  const random = randomOf(seed, 3);
  return Array.from({ length: 5 }, () => drawMoment(random, { records: 60, delayMs: 20_000 }));
}

function faultsOf(...events: EvidenceEvent[]): string[] {
  return repeatedSteps(events.map((event, seq) => ({ ...asRecord(event, NOON), seq })));
}
