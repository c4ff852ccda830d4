/** What levels and outcomes are called. */
import type { CheckOutcome } from '../core/check.ts';
import type { Level } from './verification.ts';

type Words = { it: string; en: string };

export const levelNames: Record<Level, Words> = {
  presence: { it: 'presenza', en: 'presence' },
  freshness: { it: 'età', en: 'freshness' },
  structure: { it: 'struttura', en: 'structure' },
  content: { it: 'contenuto', en: 'content' },
  recoverability: { it: 'ripristino', en: 'recoverability' },
};

export const outcomeWords: Record<CheckOutcome, Words> = {
  PASS: { it: 'superata', en: 'passed' },
  FAIL: { it: 'NON SUPERATA', en: 'FAILED' },
  'NOT VERIFIABLE': { it: 'NON VERIFICABILE', en: 'NOT VERIFIABLE' },
};
