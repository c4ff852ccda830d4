/** Signs that say an outcome by their form as well as by their colour. */
import type { RtoClock, Verdict } from '../runbooks/clock/model.ts';
import { Html } from './html.ts';

type Sign = Verdict['outcome'] | RtoClock['outcome'];

const strokes = {
  PASS: '<path d="M4.5 8.4 7 10.9l4.7-5.4"/>',
  DECLARED: '<path d="M4 6h8M4 8.5h5.5"/>',
  FAIL: '<path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"/>',
  'NOT CARRIED OUT': '<path d="M8 4v5m0 2.4v.6"/>',
  'NOT VERIFIABLE': '<path d="M8 4v5m0 2.4v.6"/>',
} satisfies Record<Sign, string>;

const signClasses = {
  PASS: 'pass',
  DECLARED: 'declared',
  FAIL: 'fail',
  'NOT CARRIED OUT': 'unknown',
  'NOT VERIFIABLE': 'unknown',
} satisfies Record<Sign, string>;

/** Disc: passed. Speech: people said so. Square: failed. Diamond: not known. The words beside it say the same, so a screen reader skips it. */
export function icon(sign: Sign): Html {
  const shape = {
    PASS: '<circle cx="8" cy="8" r="7.5"/>',
    DECLARED: '<path d="M.5 1.5h15v11h-8l-4 3.5v-3.5h-3z"/>',
    FAIL: '<rect x="1" y="1" width="14" height="14" rx="1.5"/>',
    'NOT CARRIED OUT': '<path d="M8 0l8 8-8 8-8-8z"/>',
    'NOT VERIFIABLE': '<path d="M8 0l8 8-8 8-8-8z"/>',
  }[sign];
  const kind = signClasses[sign];
  return new Html(
    `<svg class="icon ${kind}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><g class="shape">${shape}</g><g class="stroke">${strokes[sign]}</g></svg>`,
  );
}
