import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { DrError } from '../core/errors.ts';
import { run } from '../platforms/exec.ts';
import {
  type EvidenceEvent,
  EvidenceLog,
  milestoneNames,
  readEvidence,
} from '../runbooks/evidence/evidence.ts';
import { evidencePaths } from './evidence-paths.ts';

const newPath = evidencePaths('evidence');
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

const finished: EvidenceEvent = {
  type: 'step-finished',
  step: 'restore',
  attempt: 1,
  outcome: 'done',
  durationMs: 1,
  detail: '',
};

/** Events of the shapes that carry free text, numbers and dates. */
const anyEvent: fc.Arbitrary<EvidenceEvent> = fc.oneof(
  fc.record({
    type: fc.constant('note' as const),
    textIt: fc.string({ unit: 'binary' }),
    textEn: fc.string({ unit: 'grapheme' }),
    origin: fc.constantFrom('measured' as const, 'declared' as const, 'simulated' as const),
  }),
  fc.record({
    type: fc.constant('step-finished' as const),
    step: fc.string(),
    attempt: fc.integer({ min: 1, max: 9 }),
    outcome: fc.constantFrom('done' as const, 'failed' as const),
    durationMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
    detail: fc.string({ unit: 'binary' }),
  }),
  fc.record({
    type: fc.constant('milestone' as const),
    name: fc.constantFrom(...milestoneNames),
    atUtc: fc
      .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    origin: fc.constant('declared' as const),
  }),
);

/** The line that a reader calls altered, or undefined when it finds nothing wrong. */
function brokenLine(file: string): number | undefined {
  try {
    readEvidence(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'EVIDENCE_BROKEN') throw error;
    return Number(/at line (\d+)\./.exec(error.message)?.[1]);
  }
}

test('a missing log is an empty log', () => {
  expect(readEvidence(path)).toEqual([]);
});

test('a log goes on where the process before it ended', () => {
  new EvidenceLog(path).append(note('one'));
  new EvidenceLog(path).append(note('two'));
  const records = readEvidence(path);
  expect(records.map((record) => record.seq)).toEqual([0, 1]);
  expect(records[1]?.previous).toBe(records[0]?.hash);
});

test('subscribers see each record once it is on disk', () => {
  const log = new EvidenceLog(path);
  const seen: number[] = [];
  log.subscribe((record) => {
    expect(readEvidence(path).at(-1)).toEqual(record);
    seen.push(record.seq);
  });
  log.append(note('one'));
  log.append(note('two'));
  expect(seen).toEqual([0, 1]);
});

test.each([1, 20, 80])(
  'a last line torn %i characters before its end is left out, and overwritten',
  (cut) => {
    const log = new EvidenceLog(path);
    log.append(note('one'));
    log.append(note('two'));
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -cut));
    expect(readEvidence(path)).toHaveLength(1);
    new EvidenceLog(path).append(note('three'));
    expect(readEvidence(path).map(({ event }) => event)).toEqual([note('one'), note('three')]);
  },
);

test('a log that is nothing but a torn line starts anew', () => {
  writeFileSync(path, '{"seq":0,"atUtc":"2026-');
  new EvidenceLog(path).append(note('one'));
  expect(readEvidence(path)).toHaveLength(1);
});

test('a second writer is refused instead of breaking the chain', () => {
  const first = new EvidenceLog(path);
  const second = new EvidenceLog(path);
  first.append(note('one'));
  expect(() => second.append(note('two'))).toThrowError(expect.objectContaining({ code: 'EVIDENCE_BUSY' }));
  first.append(note('three'));
  expect(readEvidence(path)).toHaveLength(2);
});

test('an event that does not fit the schema leaves no trace', () => {
  const log = new EvidenceLog(path);
  log.append(note('one'));
  expect(() => log.append({ ...finished, durationMs: -1 })).toThrow();
  log.append(note('three'));
  expect(readEvidence(path)).toHaveLength(2);
});

describe('tampering', () => {
  const edits: [name: string, line: number, edit: (lines: string[]) => string[]][] = [
    ['a letter of an event', 2, edited(1, /due/, 'duo')],
    ['a time', 2, edited(1, /"atUtc":"2/, '"atUtc":"1')],
    ['the monotonic clock', 2, edited(1, /"monotonicMs":/, '"monotonicMs":1')],
    ['the process', 1, edited(0, /"process":"/, '"process":"9')],
    ['a sequence number', 3, edited(2, /"seq":2/, '"seq":3')],
    ['a digit of a hash', 1, edited(0, /[0-9a-f]"\}$/, 'x"}')],
    ['a digit of a previous hash', 2, edited(1, /"previous":"./, '"previous":"g')],
    ['a space between two keys', 3, edited(2, /,"event"/, ', "event"')],
    ['a key', 1, edited(0, /"textEn"/, '"textEN"')],
    ['a line removed', 2, (lines) => lines.toSpliced(1, 1)],
    ['two lines swapped', 1, ([one = '', two = '', three = '']) => [two, one, three]],
    ['a line repeated', 2, ([one = '', ...others]) => [one, one, ...others]],
    ['an empty line', 2, ([one = '', ...others]) => [one, '', ...others]],
    ['a byte order mark', 1, edited(0, /^/, '\uFEFF')],
    ['a carriage return', 1, edited(0, /$/, '\r')],
  ];

  test.each(edits)('%s is found at line %i', (_name, line, edit) => {
    const log = new EvidenceLog(path);
    for (const text of ['uno', 'due', 'tre']) log.append(note(text));
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(path, `${edit(lines).join('\n')}\n`);
    expect(brokenLine(path)).toBe(line);
  });

  test.each([
    ['out of sequence', { seq: 7 }],
    ['that does not follow from the one before', { previous: 'f'.repeat(64) }],
    ['of a shape that is not ours', { event: { type: 'note' } }],
  ])('a forged record with a right hash of its own, %s', (_name, forged) => {
    const log = new EvidenceLog(path);
    const first = log.append(note('uno'));
    const { hash: _, ...body } = { ...log.append(note('due')), ...forged };
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    writeFileSync(path, `${JSON.stringify(first)}\n${JSON.stringify({ ...body, hash })}\n`);
    expect(brokenLine(path)).toBe(2);
  });

  test('a byte that is not UTF-8 is found', () => {
    new EvidenceLog(path).append(note('perché'));
    const bytes = readFileSync(path);
    bytes[bytes.indexOf(0xc3)] = 0xff;
    writeFileSync(path, bytes);
    expect(brokenLine(path)).toBe(1);
  });

  test('a broken log takes no more records', () => {
    new EvidenceLog(path).append(note('one'));
    appendFileSync(path, '{}\n');
    expect(() => new EvidenceLog(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_BROKEN' }));
  });

  test('any mutation of one character is found, at its line', () => {
    const log = new EvidenceLog(path);
    for (const text of ['uno', 'due "virgolette" \\ /', 'perché 📁 \u0000']) log.append(note(text));
    const original = readFileSync(path, 'utf8');
    const copy = `${path}.copy`;
    fc.assert(
      fc.property(
        fc.nat(original.length - 1),
        fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom(' ', '\n', '"')),
        (at, character) => {
          const mutated = original.slice(0, at) + character + original.slice(at + 1);
          fc.pre(mutated.toWellFormed() !== original.toWellFormed());
          writeFileSync(copy, mutated);
          expect(brokenLine(copy)).toBe(original.slice(0, at).split('\n').length);
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('any sequence of events reads back as it was written', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 6 }), (events) => {
      rmSync(path, { force: true });
      for (const event of events) new EvidenceLog(path).append(event);
      expect(readEvidence(path).map(({ event }) => event)).toEqual(events);
    }),
    { numRuns: 60 },
  );
});

test('the chain can be verified with sed and sha256sum alone, as docs/report.md says', async () => {
  const log = new EvidenceLog(path);
  log.append(note('uno'));
  const last = log.append(note('perché "questo"'));
  const documented = readFileSync(join(import.meta.dirname, '..', 'docs', 'report.md'), 'utf8');
  const command = /^tail -n 1 evidence\.jsonl.*$/m.exec(documented)?.[0] ?? '';
  const sum = await run('sh', ['-c', command.replace('evidence.jsonl', '"$1"'), 'sh', path]);
  expect(sum.split(' ')[0]).toBe(last.hash);
});

function edited(index: number, from: RegExp, to: string): (lines: string[]) => string[] {
  return (lines) => lines.map((line, at) => (at === index ? line.replace(from, to) : line));
}
