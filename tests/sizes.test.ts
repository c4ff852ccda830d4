import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes, parseSize } from '../core/sizes.ts';

const KIB = 1024;

describe('parseSize', () => {
  test.for<[string, number]>([
    ['200m', 200 * KIB ** 2],
    ['5g', 5 * KIB ** 3],
    ['5G', 5 * KIB ** 3],
    ['1.5 GiB', 1.5 * KIB ** 3],
    ['1,5g', 1.5 * KIB ** 3],
    ['64kb', 64 * KIB],
    ['4096', 4096],
    ['2t', 2 * KIB ** 4],
    [' 10 MB ', 10 * KIB ** 2],
  ])('%s', ([text, bytes]) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.for(['', '0', '-1m', 'm', '5x', '1e9', '5 g g', 'NaN', '99999999t', '0.0001'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'SIZE' }));
    },
  );
});

describe('formatBytes', () => {
  test.for<[number, string, string]>([
    [0, '0 B', '0 B'],
    [1023, '1023 B', '1023 B'],
    [1536, '1,5 KiB', '1.5 KiB'],
    [200 * KIB ** 2, '200 MiB', '200 MiB'],
    [KIB ** 2 - 1, '1 MiB', '1 MiB'],
    [5 * KIB ** 3, '5 GiB', '5 GiB'],
    [3000 * KIB ** 4, '3000 TiB', '3000 TiB'],
  ])('%d', ([bytes, it, en]) => {
    expect(formatBytes(bytes)).toBe(it);
    expect(formatBytes(bytes, 'en')).toBe(en);
  });

  test('what it writes reads back as about the same amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4000 * KIB ** 4 }), (bytes) => {
        expect(parseSize(formatBytes(bytes)) / bytes).toBeCloseTo(1, 1);
      }),
    );
  });
});
