/** Times as they are typed at Lucca: winter and summer, the two nights on which the clocks change, and what is no time. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRome } from '../core/rome-time.ts';

const winter = '2026-11-24T10:00:00.000Z';

test.each([
  { said: '9:30', now: winter, instant: '2026-11-24T08:30:00.000Z' },
  { said: '09.30', now: winter, instant: '2026-11-24T08:30:00.000Z' },
  { said: '  0:05 ', now: winter, instant: '2026-11-23T23:05:00.000Z' },
  { said: '23:59', now: winter, instant: '2026-11-24T22:59:00.000Z' },
  { said: '9:30', now: '2026-07-14T10:00:00.000Z', instant: '2026-07-14T07:30:00.000Z' },
  { said: '2026-07-14 09:30', now: winter, instant: '2026-07-14T07:30:00.000Z' },
  { said: '2026-11-24T09:30', now: '2026-07-14T10:00:00.000Z', instant: '2026-11-24T08:30:00.000Z' },
  { said: '2028-02-29 12:00', now: winter, instant: '2028-02-29T11:00:00.000Z' },
  { said: '2026-12-31 23:59', now: winter, instant: '2026-12-31T22:59:00.000Z' },
])('$said, typed at $now', ({ said, now, instant }) => {
  expect(parseRome(said, now)).toBe(instant);
});

test('today is the day at Lucca, not the one of UTC', () => {
  expect(parseRome('0:10', '2026-11-23T23:30:00.000Z')).toBe('2026-11-23T23:10:00.000Z');
  expect(parseRome('0:10', '2026-07-13T22:30:00.000Z')).toBe('2026-07-13T22:10:00.000Z');
});

describe('the nights on which the clocks change', () => {
  test.each([
    ['the last minute of winter', '2026-03-29 01:59', '2026-03-29T00:59:00.000Z'],
    ['an hour that there is not is the one after it', '2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    ['the first minute of summer', '2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
    ['the last hour of summer', '2026-10-25 01:59', '2026-10-24T23:59:00.000Z'],
    ['an hour that comes twice is the first', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['the first hour of winter', '2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
  ])('%s', (_name, said, instant) => {
    expect(parseRome(said, winter)).toBe(instant);
  });
});

test.each([
  '',
  'adesso',
  '9',
  '9:5',
  '930',
  '24:00',
  '12:60',
  '-1:00',
  '9:30 di sera',
  '09:30:00',
  '９:30',
  '2026-11-24',
  '2026-11-31 09:30',
  '2026-02-29 09:30',
  '2026-00-10 09:30',
  '2026-13-10 09:30',
  '2026-11-00 09:30',
  '24/11/2026 09:30',
  '26-11-24 09:30',
  '0000-01-01 09:30',
  '0099-12-31 09:30',
  '2026-11-24T09:30:00.000Z',
  '2026-11-24  09:30',
])('"%s" is no time, and is told in words', (said) => {
  expect(() => parseRome(said, winter)).toThrowError(
    expect.objectContaining({ code: 'TIME_FORM', hint: expect.stringContaining('9:30') }),
  );
});

/** As a clock at Lucca shows it, in the form in which it is typed. */
const clockAtLucca = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Rome',
  dateStyle: 'short',
  timeStyle: 'short',
});

test('the minute that a clock at Lucca shows is read as a minute at which it shows the same', () => {
  const minutes = fc.integer({ min: Date.UTC(1985, 0) / 60_000, max: Date.UTC(2100, 0) / 60_000 });
  fc.assert(
    fc.property(minutes, (minute) => {
      const instant = minute * 60_000;
      const shown = clockAtLucca.format(instant);
      const read = Date.parse(parseRome(shown, winter));
      expect(clockAtLucca.format(read)).toBe(shown);
      // Only the second of the two equal hours in autumn is read as the first.
      if (read !== instant) expect(instant - read).toBe(3_600_000);
    }),
    { numRuns: 300 },
  );
});

test('any hour of a change night is read as itself, but for the one that comes twice', () => {
  const autumn = Date.parse('2026-10-24T22:00:00.000Z');
  const wrong = Array.from({ length: 6 * 60 }, (_, minute) => autumn + minute * 60_000).filter(
    (instant) => Date.parse(parseRome(clockAtLucca.format(instant), winter)) !== instant,
  );
  expect(wrong).toHaveLength(60);
  expect(new Date(wrong[0] ?? 0).toISOString()).toBe('2026-10-25T01:00:00.000Z');
});

test('what is no time is refused, never guessed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (said) => {
      fc.pre(!/^\s*(\d{4}-\d\d-\d\d[ T])?\d{1,2}[:.]\d\d\s*$/.test(said));
      expect(() => parseRome(said, winter)).toThrowError(expect.objectContaining({ code: 'TIME_FORM' }));
    }),
  );
});
