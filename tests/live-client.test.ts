/** The parts of the page's code that need no page. */
import { expect, test } from 'vitest';
import { countdown, duration, stopwatch, target } from '../report/live/client/figures.js';
import { romeToUtc } from '../report/live/client/rome.js';
import { type RtoState, remainingAfter, rtoState } from '../report/live/client/rto.js';
import type { RunView } from '../runbooks/view/run-view.ts';
import { HOUR_MS, LiveRun, rtoOf } from './live-fixtures.ts';

test.each([
  ['2026-11-23T08:30', '2026-11-23T07:30:00.000Z'],
  ['2026-07-01T08:30:15', '2026-07-01T06:30:15.000Z'],
  ['2027-01-01T00:30', '2026-12-31T23:30:00.000Z'],
  // The hour that comes twice: the first one. The hour that never comes: none.
  ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ['2026-03-29T02:30', null],
  ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
  ['', null],
  ['2026-02-30T10:00', null],
  ['2026-11-23', null],
  ['ieri alle 8', null],
])('"%s" at Rome is %s', (local, utc) => {
  expect(romeToUtc(local)).toBe(utc);
});

test.each([
  [0, '0:00:00'],
  [72 * HOUR_MS, '72:00:00'],
  [HOUR_MS - 1, '0:59:59'],
  [-1_500, '−0:00:01'],
  [-100 * HOUR_MS, '−100:00:00'],
])('%i ms count down as %s', (ms, shown) => {
  expect(countdown(ms)).toBe(shown);
});

test.each([
  [stopwatch(65_000), '1:05'],
  [stopwatch(-1), '0:00'],
  [stopwatch(2 * HOUR_MS + 189_000), '2:03:09'],
  [duration(18_420).it, '18,4 s'],
  [duration(18_420).en, '18.4 s'],
  [duration(59_970).it, '1 min 00 s'],
  [duration(8.2 * HOUR_MS).it, '8 h 12 min'],
  [target(72 * HOUR_MS).it, '72 h'],
  [target(90_000).en, '90 s'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});

const states: [RtoState, number | null, (view: RunView) => void][] = [
  ['not-started', null, () => undefined],
  ['running', 8 * HOUR_MS, () => undefined],
  ['near', 7.2 * HOUR_MS, () => undefined],
  ['near', 0, () => undefined],
  ['missed', -1, () => undefined],
  ['verified', HOUR_MS, ({ run }) => (rtoOf(run).actualMs = 71 * HOUR_MS)],
  ['verified-late', -HOUR_MS, ({ run }) => (rtoOf(run).actualMs = 73 * HOUR_MS)],
  ['verified-late', HOUR_MS, ({ run }) => Object.assign(rtoOf(run), { actualMs: HOUR_MS, outcome: 'FAIL' })],
  ['stopped', HOUR_MS, (view) => (view.rtoRunning = false)],
];
test.each(states)('the count is %s with %s ms left', (state, leftMs, how) => {
  const view = new LiveRun().activate().current();
  how(view);
  expect(rtoState(view, leftMs)).toBe(state);
});

test('what is left goes down while it counts, and stands still when it does not', () => {
  const view = { ...new LiveRun().current(), rtoRunning: true, rtoRemainingMs: 1_000 };
  expect(remainingAfter(view, 1_500)).toBe(-500);
  expect(remainingAfter({ ...view, rtoRunning: false }, 1_500)).toBe(1_000);
  expect(remainingAfter({ ...view, rtoRemainingMs: null }, 1_500)).toBeNull();
});
