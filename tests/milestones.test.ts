/** When the RTO's count may end: only a service of which every check passed is verified. */
import { expect, test } from 'vitest';
import type { Check, checkOutcomes } from '../core/check.ts';
import { checksNotPassed, isVerified } from '../runbooks/evidence/milestones.ts';
import { asRecord } from '../runbooks/run/next-steps.ts';

type Outcome = (typeof checkOutcomes)[number];

const check = (id: string, outcome: Outcome): Check => ({
  id,
  titleIt: id,
  titleEn: id,
  outcome,
  evidence: '',
  durationMs: 0,
});

test.each<[string, [id: string, outcome: Outcome][], boolean]>([
  ['nothing was checked', [], false],
  [
    'all passed',
    [
      ['files', 'PASS'],
      ['domain', 'PASS'],
    ],
    true,
  ],
  [
    'one failed',
    [
      ['files', 'PASS'],
      ['domain', 'FAIL'],
    ],
    false,
  ],
  [
    'one could not be made',
    [
      ['files', 'PASS'],
      ['domain', 'NOT VERIFIABLE'],
    ],
    false,
  ],
  [
    'one was mended and made again',
    [
      ['files', 'FAIL'],
      ['domain', 'PASS'],
      ['files', 'PASS'],
    ],
    true,
  ],
  [
    'one broke since',
    [
      ['files', 'PASS'],
      ['files', 'FAIL'],
    ],
    false,
  ],
])('%s', (_name, made, verified) => {
  const records = made.map(([id, outcome]) => asRecord({ type: 'check', check: check(id, outcome) }, ''));
  expect(isVerified(records)).toBe(verified);
  expect(checksNotPassed(records).every(({ outcome }) => outcome !== 'PASS')).toBe(true);
});
