/** Records with a key are written once, whoever writes them again; logs from before there were keys are read as ever. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type EvidenceEvent,
  EvidenceLog,
  evidenceLine,
  readEvidence,
  verifyLines,
} from '../runbooks/evidence/evidence.ts';
import { evidencePaths } from './evidence-paths.ts';

const newPath = evidencePaths('evidence-keys');
let path: string;
beforeEach(() => {
  path = newPath();
});

const note = (text: string): EvidenceEvent => ({
  type: 'note',
  textIt: text,
  textEn: text,
  origin: 'measured',
});
const textsIn = (file: string): string[] =>
  readEvidence(file).map(({ event }) => (event.type === 'note' ? event.textIt : event.type));
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const broken = (line: number) =>
  expect.objectContaining({ code: 'EVIDENCE_BROKEN', message: expect.stringContaining(`riga ${line}.`) });

function written(texts: readonly string[]): string[] {
  const log = new EvidenceLog(path);
  for (const [index, text] of texts.entries())
    log.append(note(text), index % 2 === 0 ? `k/${index}` : undefined);
  return linesOf(path);
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a key', () => {
  test('on record already: nothing is written, and nobody is told', () => {
    const log = new EvidenceLog(path);
    const told: number[] = [];
    log.subscribe(({ seq }) => told.push(seq));
    const first = log.append(note('a'), 'k');
    expect(log.append(note('b'), 'k')).toBe(first);
    expect(linesOf(path)).toHaveLength(1);
    expect(told).toEqual([0]);
  });

  test('also after the log is opened again, by another process', () => {
    new EvidenceLog(path).append(note('a'), 'k');
    const before = readFileSync(path, 'utf8');
    const again = new EvidenceLog(path);
    expect(again.append(note('b'), 'k')).toMatchObject({ seq: 0, event: { textIt: 'a' } });
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(again.append(note('c'), 'other').seq).toBe(1);
  });

  test('of a record that was cut off is free again', () => {
    const log = new EvidenceLog(path);
    log.append(note('a'), 'k1');
    log.append(note('b'), 'k2');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -5));
    const again = new EvidenceLog(path);
    expect(again.append(note('b again'), 'k2').seq).toBe(1);
    expect(readEvidence(path).map(({ key }) => key)).toEqual(['k1', 'k2']);
  });

  test('of an event that the schema refused is free again', () => {
    const log = new EvidenceLog(path);
    const wrong: unknown = { type: 'note' };
    expect(() => log.append(wrong as EvidenceEvent, 'k')).toThrowError();
    expect(log.append(note('a'), 'k').seq).toBe(0);
  });

  test('is under the hash like the rest of the record', () => {
    new EvidenceLog(path).append(note('a'), 'key-one');
    writeFileSync(path, readFileSync(path, 'utf8').replace('key-one', 'key-two'));
    expect(() => readEvidence(path)).toThrowError(broken(1));
  });

  test('without one, the same is written as often as it is said', () => {
    const log = new EvidenceLog(path);
    log.append(note('a'));
    log.append(note('a'));
    expect(linesOf(path)).toHaveLength(2);
    expect(linesOf(path)[0]).not.toContain('"key"');
  });

  test('whatever is written, in however many processes, each key is there once', () => {
    const writing = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.boolean()), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(writing, (all) => {
        rmSync(path, { force: true });
        let log = new EvidenceLog(path);
        for (const [key, reopen] of all) {
          if (reopen) log = new EvidenceLog(path);
          log.append(note('x'), key);
        }
        const keys = all.length === 0 ? [] : readEvidence(path).map(({ key }) => key);
        const known = keys.filter((key) => key !== undefined);
        expect(new Set(known).size).toBe(known.length);
        expect(known.toSorted()).toEqual([...new Set(all.flatMap(([key]) => key ?? []))].toSorted());
        expect(keys.filter((key) => key === undefined)).toHaveLength(
          all.filter(([key]) => key === undefined).length,
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('records that are written together', () => {
  test('are records like others, of which all but the last say that one more belongs to them', () => {
    const log = new EvidenceLog(path);
    const told: [number, number][] = [];
    log.subscribe(({ seq }) => told.push([seq, log.records.length]));
    log.append(note('a'));
    log.appendTogether([note('b'), note('c'), note('d')], 'k');
    log.appendTogether([]);
    log.append(note('e'));
    expect(readEvidence(path)).toEqual(log.records);
    expect(log.records.map(({ seq, key, more }) => [seq, key, more])).toEqual([
      [0, undefined, undefined],
      [1, 'k', true],
      [2, undefined, true],
      [3, undefined, undefined],
      [4, undefined, undefined],
    ]);
    expect(told).toEqual([
      [0, 1],
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 5],
    ]);
  });

  test('are written once for a key, also by another process', () => {
    new EvidenceLog(path).appendTogether([note('a'), note('b')], 'k');
    const again = new EvidenceLog(path);
    expect([again.has('k'), again.has('other'), again.has(undefined)]).toEqual([true, false, false]);
    again.appendTogether([note('c'), note('d')], 'k');
    expect(textsIn(path)).toEqual(['a', 'b']);
  });

  test('of which the schema refuses one are not written at all', () => {
    const log = new EvidenceLog(path);
    const wrong: unknown = { type: 'note' };
    expect(() => log.appendTogether([note('a'), wrong as EvidenceEvent], 'k')).toThrowError();
    expect([log.records.length, log.has('k')]).toEqual([0, false]);
    log.appendTogether([note('a'), note('b')], 'k');
    expect(textsIn(path)).toEqual(['a', 'b']);
  });

  test('count wholly or not at all, wherever the writer was cut off, and can be written again', () => {
    const log = new EvidenceLog(path);
    log.append(note('a'));
    const before = readFileSync(path).length;
    log.appendTogether([note('b'), note('c'), note('d')], 'k');
    const whole = readFileSync(path);
    for (let size = before; size < whole.length; size += 1) {
      writeFileSync(path, whole.subarray(0, size));
      expect(textsIn(path)).toEqual(['a']);
      if (size % 50 !== 0) continue;
      const again = new EvidenceLog(path);
      again.appendTogether([note('b'), note('c')], 'k');
      expect(textsIn(path)).toEqual(['a', 'b', 'c']);
    }
  });
});

describe('lines that came from elsewhere', () => {
  test('are the records of the file, and go on after some of them', () => {
    const lines = written(['a', 'b', 'c', 'd']);
    const whole = verifyLines(lines, 'database');
    expect(whole).toEqual(readEvidence(path));
    expect(verifyLines(lines.slice(2), 'database', whole.slice(0, 2))).toEqual(whole);
    expect(whole.map(evidenceLine).join('')).toBe(readFileSync(path, 'utf8'));
    expect(verifyLines([], 'database')).toEqual([]);
  });

  test.each([
    { name: 'one is missing', change: (lines: string[]) => lines.toSpliced(1, 1), line: 2 },
    { name: 'the first is missing', change: (lines: string[]) => lines.slice(1), line: 1 },
    { name: 'one comes twice', change: (lines: string[]) => lines.toSpliced(1, 0, lines[1] ?? ''), line: 3 },
    { name: 'two changed places', change: ([a = '', b = '', c = '']: string[]) => [a, c, b], line: 2 },
    {
      name: 'one was altered',
      change: (lines: string[]) => lines.map((one) => one.replace('"b"', '"B"')),
      line: 2,
    },
    { name: 'one is half', change: ([a = '', b = '']: string[]) => [a, b.slice(0, 40)], line: 2 },
    { name: 'one is empty', change: (lines: string[]) => lines.toSpliced(2, 0, ''), line: 3 },
  ])('are refused where $name', ({ change, line }) => {
    expect(() => verifyLines(change(written(['a', 'b', 'c'])), 'database')).toThrowError(broken(line));
  });

  test('of another run do not go on after ours', () => {
    const ours = verifyLines(written(['a', 'b']), 'ours');
    path = `${path}.other`;
    const theirs = written(['x', 'y', 'z']);
    expect(() => verifyLines(theirs.slice(2), 'theirs', ours)).toThrowError(broken(3));
  });
});

test('a log from before there were keys, or people in it, is still read and written on', () => {
  const events = [
    {
      type: 'run-started',
      runId: 'r',
      kind: 'drill',
      scenario: 'D1',
      rtoTargetSeconds: 1,
      rpoTargetSeconds: 1,
      rtoSource: '',
      rpoSource: '',
      versions: {},
      operator: 'o',
    },
    {
      type: 'plan',
      steps: [{ step: 's', titleIt: 's', titleEn: 's', clause: '6', kind: 'machine', interval: 'machine' }],
    },
    { type: 'milestone', name: 'activation', atUtc: '2026-01-01T00:00:00.000Z', origin: 'measured' },
  ];
  let previous = '0'.repeat(64);
  const lines = events.map((event, seq) => {
    const body = {
      seq,
      atUtc: '2026-01-01T00:00:00.000Z',
      monotonicMs: seq,
      process: '1-1',
      previous,
      event,
    };
    previous = sha256(JSON.stringify(body));
    return JSON.stringify({ ...body, hash: previous });
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
  const log = new EvidenceLog(path);
  expect(log.records.map(({ key, event }) => [key, event.type])).toEqual(
    events.map(({ type }) => [undefined, type]),
  );
  log.append(note('a'), 'k');
  expect(linesOf(path).slice(0, 3)).toEqual(lines);
  expect(readEvidence(path)).toHaveLength(4);
});
