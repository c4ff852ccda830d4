/** The ledger of custody as a set and as a file: copies meet in any order, and nothing that was changed by hand goes unnoticed. */
import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustodyEvent } from '../cassette/entry.ts';
import {
  emptyLedger,
  type Ledger,
  ledgerText,
  mergeLedgers,
  orderedEntries,
  parseLedger,
} from '../cassette/ledger.ts';
import { begun, names, publicKey, received, say, sent, signers, usual, written } from './custody-fixtures.ts';

const FILE = 'custody.jsonl';
const read = (text: string) => parseLedger(FILE, text, signers);
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Copies of one ledger that were written apart, and met now and then. */
const copies = fc
  .array(
    fc.record({
      copy: fc.nat({ max: 2 }),
      meets: fc.option(fc.nat({ max: 2 }), { freq: 2 }),
      by: fc.constantFrom(...names),
      hour: fc.nat({ max: 200 }),
      event: fc.constantFrom<CustodyEvent>(
        begun('LUCCA-DR-A'),
        written('LUCCA-DR-A', 3),
        sent('LUCCA-DR-A'),
        received('LUCCA-DR-A'),
        begun('LUCCA-DR-B', 2),
      ),
    }),
    { maxLength: 12 },
  )
  .map((story) => {
    const held: Ledger[] = [emptyLedger, emptyLedger, emptyLedger];
    for (const { copy, meets, by, hour, event } of story) {
      const known = mergeLedgers(held[copy] ?? emptyLedger, held[meets ?? copy] ?? emptyLedger);
      held[copy] = say(known, { by, hour, event });
    }
    return held;
  });

describe('copies that meet', () => {
  test('in whatever order, they come to the same, byte for byte', () => {
    fc.assert(
      fc.property(copies, ([a = emptyLedger, b = emptyLedger, c = emptyLedger]) => {
        const whole = ledgerText(mergeLedgers(a, b, c));
        expect(ledgerText(mergeLedgers(b, a))).toBe(ledgerText(mergeLedgers(a, b)));
        expect(ledgerText(mergeLedgers(mergeLedgers(a, b), c))).toBe(whole);
        expect(ledgerText(mergeLedgers(a, mergeLedgers(c, b)))).toBe(whole);
        expect(ledgerText(mergeLedgers(a, a))).toBe(ledgerText(a));
      }),
      { numRuns: 60 },
    );
  });

  test('what was written is read again, and every entry stands after those that it names', () => {
    fc.assert(
      fc.property(copies, (held) => {
        const whole = mergeLedgers(...held);
        expect(read(ledgerText(whole))).toEqual({ ledger: expect.any(Map), problems: [] });
        expect(ledgerText(read(ledgerText(whole)).ledger)).toBe(ledgerText(whole));
        const seen = new Set<string>();
        for (const { digest, parents } of orderedEntries(whole)) {
          expect(parents.filter((parent) => !seen.has(parent))).toEqual([]);
          seen.add(digest);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a ledger that was edited by hand', () => {
  const text = ledgerText(usual());
  const bytes = Buffer.from(text);

  test('any byte that is changed is noticed, and its line named', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const edited = Buffer.from(bytes);
        edited[at] = (edited[at] ?? 0) ^ change;
        const { ledger, problems } = read(edited.toString('utf8'));
        expect(problems).not.toEqual([]);
        const line = bytes.subarray(0, at).toString().split('\n').length;
        // A line end that is gone makes one line of two.
        expect([line, line + 1]).toContain(problems[0]?.line);
        expect(ledger.size).toBeGreaterThanOrEqual(usual().size - 2);
      }),
      { numRuns: 400 },
    );
  });

  test('a byte that is taken out or put in is noticed', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        const withOne = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]);
        for (const edited of [without, withOne])
          expect(read(edited.toString('utf8')).problems).not.toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test.for(linesOf(text).map((_, index) => index))('line %i that is taken out is missed', (index) => {
    const { ledger, problems } = read(joined(linesOf(text).toSpliced(index, 1)));
    expect(problems).not.toEqual([]);
    expect(ledger.size).toBe(index === usual().size ? usual().size : usual().size - 1);
  });

  test('the line after one that was taken out is named', () => {
    expect(read(joined(linesOf(text).toSpliced(2, 1))).problems).toMatchObject([
      { file: FILE, line: 3, textIt: expect.stringMatching(/erano 6, sono 5/) },
    ]);
  });

  test('two lines that changed places', () => {
    const lines = linesOf(text);
    const [first = '', second = ''] = lines.slice(1, 3);
    const { ledger, problems } = read(joined(lines.toSpliced(1, 2, second, first)));
    expect(problems).toMatchObject([{ line: 2, textIt: 'riga fuori posto' }]);
    expect(ledger).toEqual(usual());
  });

  test('a line written twice, an empty line, no line at all, and what is no ledger', () => {
    const lines = linesOf(text);
    expect(read(joined(lines.toSpliced(1, 0, lines[0] ?? ''))).problems).not.toEqual([]);
    expect(read(joined(lines.toSpliced(1, 0, ''))).problems).toMatchObject([{ line: 2 }]);
    expect(read('').problems).toMatchObject([{ line: 1 }]);
    expect(read('{"a":1}\n\0\n').problems.map(({ line }) => line)).toEqual([1, 2]);
  });

  test('the same entry spelled differently is not the entry', () => {
    const respelled = linesOf(text).with(0, `${linesOf(text)[0]?.replace('{"format":1,', '{ "format":1,')}`);
    expect(read(joined(respelled)).problems).toMatchObject([
      { line: 1, textIt: expect.stringContaining('modificata') },
    ]);
  });
});

describe('who signed', () => {
  test('a signer whom nobody knows is named; the others are read, and nothing of it is lost once the key is known', () => {
    const text = ledgerText(say(usual(), { by: 'site:elsewhere', hour: 11, event: received('LUCCA-DR-B') }));
    const { ledger, problems } = read(text);
    expect(problems).toMatchObject([{ line: 7, textIt: expect.stringContaining('site:elsewhere') }]);
    expect(ledger).toEqual(usual());
  });

  test('another key under a known name is a bad signature', () => {
    const forged = new Map(names.map((name) => [name, publicKey('site:viareggio')]));
    const { problems } = parseLedger(FILE, ledgerText(usual()), forged);
    expect(problems).toMatchObject(
      [1, 2, 3, 5, 6].map((line) => ({
        line,
        textEn: expect.stringMatching(/signature of .* is not valid/),
      })),
    );
  });
});
