/** What is remembered of verifications and of reading: files that may be torn at any byte, shares of days, ages that are not today's. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, integer, nat, property, tuple } from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appendVerification, historyFile, readHistory } from '../cassette/history.ts';
import { coverageOf, type FileState, planReading, type Reading, withPresent } from '../cassette/reading.ts';
import { loadReading, ReadingLog } from '../cassette/reading-log.ts';
import { outcomeOf, standingsOf } from '../cassette/standing.ts';
import { trendOf } from '../cassette/trend.ts';
import type { Level, LevelResult, Subject, Verification } from '../cassette/verification.ts';
import type { CheckOutcome } from '../core/check.ts';
import { verificationsSection } from '../report/sections/verifications.ts';
import { trendLines, verificationLines } from '../report/verification-lines.ts';

const DAY_MS = 86_400_000;
const now = '2026-11-24T12:00:00.000Z';
const daysAgo = (days: number): string => new Date(Date.parse(now) - days * DAY_MS).toISOString();

const today: Subject = { label: 'A', repositoryId: 'r1', snapshotId: 's2', snapshotAtUtc: daysAgo(0.1) };

function result(level: Level, outcome: CheckOutcome = 'PASS', more: Partial<LevelResult> = {}): LevelResult {
  return {
    level,
    outcome,
    checks: [{ id: 'x', titleIt: 'x', titleEn: 'x', outcome, evidence: 'prova', durationMs: 1 }],
    subject: today,
    startedAtUtc: now,
    durationMs: 1,
    figures: {},
    ...more,
  };
}

function verification(
  startedAtUtc: string,
  results: LevelResult[],
  requested: Level = 'content',
): Verification {
  return { id: startedAtUtc, site: 'viareggio', requested, startedAtUtc, durationMs: 1, results };
}

const files = (count: number): { file: string; bytes: number }[] =>
  Array.from({ length: count }, (_, index) => ({ file: `data/${index}`, bytes: 100 + index }));
function readAll(reading: Reading, plan: readonly string[], atUtc: string): Reading {
  const next = new Map<string, FileState>(reading.files);
  for (const file of plan) {
    const state = next.get(file);
    if (state) next.set(file, { ...state, readAtUtc: atUtc, right: true });
  }
  return { files: next, unfinishedSinceUtc: null };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dr-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the history', () => {
  test('gives back what was appended, in order; nothing before the first', async () => {
    expect(await readHistory(folder, 'viareggio')).toEqual({ verifications: [], unreadableLines: 0 });
    const some = [3, 2, 1].map((days) => verification(daysAgo(days), [result('presence')]));
    for (const one of some) await appendVerification(folder, one);
    expect(await readHistory(folder, 'viareggio')).toEqual({ verifications: some, unreadableLines: 0 });
  });

  test('cut off at any byte of its last line: the others stay, and the next one is whole', async () => {
    const [one, two, three] = [3, 2, 1].map((days) => verification(daysAgo(days), [result('presence')]));
    if (!one || !two || !three) throw new Error();
    await appendVerification(folder, one);
    const path = historyFile(folder, 'viareggio');
    const before = readFileSync(path).length;
    await appendVerification(folder, two);
    const after = readFileSync(path).length;
    for (let size = after - 1; size > before; size -= 17) {
      truncateSync(path, size);
      await appendVerification(folder, three);
      const { verifications } = await readHistory(folder, 'viareggio');
      expect(verifications[0]).toEqual(one);
      expect(verifications.at(-1)).toEqual(three);
      writeFileSync(path, '');
      await appendVerification(folder, one);
      await appendVerification(folder, two);
    }
  });

  test('a line by another hand is counted, not believed', async () => {
    await appendVerification(folder, verification(now, [result('presence')]));
    appendFileSync(historyFile(folder, 'viareggio'), '{"outcome":"PASS"}\n');
    expect(await readHistory(folder, 'viareggio')).toMatchObject({
      verifications: [{ id: now }],
      unreadableLines: 1,
    });
  });
});

describe('what is known of a level now', () => {
  test.for<[what: string, then: Subject | null, about: string]>([
    ['of the same snapshot', today, 'same'],
    ['of an older snapshot', { ...today, snapshotId: 's1' }, 'older-snapshot'],
    ['of another cassette', { ...today, label: 'B' }, 'other-cassette'],
    ['of the same label, initialised again', { ...today, repositoryId: 'r0' }, 'other-cassette'],
    ['of no cassette', null, 'unknown'],
  ])('%s', ([, then, about]) => {
    const past = verification(daysAgo(3), [
      result('content', 'PASS', { subject: then, startedAtUtc: daysAgo(3) }),
    ]);
    const content = standingsOf([past], today, now).find(({ level }) => level === 'content');
    expect(content?.last).toMatchObject({ about, ageMs: 3 * DAY_MS });
  });

  test('a level that was not carried out this time shows its last result with its age, never as of today', () => {
    const past = verification(daysAgo(3), [
      result('content', 'PASS', { subject: { ...today, snapshotId: 's1' }, startedAtUtc: daysAgo(3) }),
    ]);
    const present = verification(now, [result('presence'), result('freshness', 'FAIL')]);
    const lines = verificationLines(present, standingsOf([past], today, now)).map(({ text }) => text);
    const content = lines.find((line) => line.includes('contenuto'));
    expect(content).toMatch(/^– .*non questa volta.*3 g 00 h fa.*PASS.*s1.*snapshot più vecchio/);
    expect(lines.at(-1)).toMatch(/^FAIL/);
    expect(lines.some((line) => line.startsWith('✓ contenuto'))).toBe(false);
  });

  test.for<[what: string, results: LevelResult[], outcome: CheckOutcome]>([
    ['all that was asked for passed', [result('presence'), result('freshness')], 'PASS'],
    ['a FAIL', [result('presence'), result('freshness', 'FAIL')], 'FAIL'],
    ['not reached', [result('presence')], 'NOT VERIFIABLE'],
    ['not verifiable', [result('presence', 'NOT VERIFIABLE')], 'NOT VERIFIABLE'],
  ])('as a whole: %s', ([, results, outcome]) => {
    expect(outcomeOf(verification(now, results, 'freshness'))).toBe(outcome);
  });
});

describe('the trend', () => {
  test('a column a day of Rome, the last of each day, and the age against the RPO', () => {
    const figures = { snapshot_age_seconds: 43_200, rpo_seconds: 86_400 };
    const some = [
      verification('2026-11-22T22:30:00.000Z', [result('presence')]), // the 22nd, 23:30 at Rome
      verification('2026-11-23T07:00:00.000Z', [result('presence', 'FAIL')]),
      verification('2026-11-23T23:30:00.000Z', [
        result('presence'),
        result('freshness', 'PASS', { figures }),
      ]), // the 24th at Rome
      verification('2026-11-25T07:00:00.000Z', [result('presence')]), // after the day that is asked for
    ];
    const trend = trendOf(some, 3, now);
    expect(trend.map(({ day, outcomes, timesRpo }) => [day, outcomes.presence, timesRpo])).toEqual([
      ['2026-11-22', 'PASS', null],
      ['2026-11-23', 'FAIL', null],
      ['2026-11-24', 'PASS', 0.5],
    ]);
    const lines = trendLines('viareggio', trend, 0).map(({ text }) => text);
    expect(lines[1]).toMatch(/■✗■$/);
    expect(lines[6]).toMatch(/··▅$/);
  });
});

describe('in the report', () => {
  test('nothing where nothing was verified', () => {
    expect(verificationsSection(trendOf([], 30, now)).source).toBe('');
  });

  test('a row a level with its days, and the age against the RPO', () => {
    const figures = { snapshot_age_seconds: 200_000, rpo_seconds: 86_400 };
    const some = [
      verification(daysAgo(1), [result('presence'), result('freshness', 'FAIL', { figures })]),
      verification(now, [result('presence', 'NOT VERIFIABLE')]),
    ];
    const { source } = verificationsSection(trendOf(some, 30, now));
    expect(source.match(/<rect class="pass"/g)).toHaveLength(1);
    expect(source.match(/<rect class="fail"/g)).toHaveLength(2); // the level, and the age over the RPO
    expect(source.match(/<rect class="unknown"/g)).toHaveLength(1);
    expect(source).toContain('2,3 volte');
    expect(source).toContain('mai eseguita');
  });
});

describe('reading a share a day', () => {
  const nothing: Reading = { files: new Map(), unfinishedSinceUtc: null };

  test('whatever comes and goes, run daily nothing is ever older than the days allow', () => {
    assert(
      property(
        integer({ min: 1, max: 9 }),
        array(tuple(nat(12), nat(12)), { minLength: 3, maxLength: 25 }),
        (days, changes) => {
          let reading = nothing;
          let [from, to] = [0, 5];
          changes.forEach(([added, removed], day) => {
            [from, to] = [Math.min(from + removed, to + added), to + added];
            const at = new Date(Date.parse(now) + day * DAY_MS).toISOString();
            reading = withPresent(reading, files(to).slice(from), at);
            reading = readAll(reading, planReading(reading, days, at).files, at);
            expect(coverageOf(reading, days, at).overdueBytes).toBe(0);
            if (days === 1)
              expect(coverageOf(reading, 1, at).coveredBytes).toBe(coverageOf(reading, 1, at).totalBytes);
          });
        },
      ),
    );
  });

  test('all of an unchanged cassette is read within the days', () => {
    let reading = nothing;
    for (let day = 0; day < 7; day += 1) {
      const at = new Date(Date.parse(now) + day * DAY_MS).toISOString();
      reading = withPresent(reading, files(50), at);
      const plan = planReading(reading, 7, at);
      expect(plan.files.length).toBeLessThan(17); // a seventh, and on the last day what tomorrow would be too old
      reading = readAll(reading, plan.files, at);
    }
    const { coveredBytes, totalBytes } = coverageOf(
      reading,
      7,
      new Date(Date.parse(now) + 6 * DAY_MS).toISOString(),
    );
    expect(coveredBytes).toBe(totalBytes);
  });

  test('what was wrong is read again first, whatever its age', () => {
    const seen = withPresent(nothing, files(20), daysAgo(1));
    const all = new Map(readAll(seen, [...seen.files.keys()], daysAgo(1)).files);
    const broken = all.get('data/13');
    if (broken) all.set('data/13', { ...broken, right: false });
    expect(planReading({ files: all, unfinishedSinceUtc: null }, 7, now).files[0]).toBe('data/13');
  });

  test('a file of another size is another file', () => {
    const read = readAll(withPresent(nothing, files(1), daysAgo(1)), ['data/0'], daysAgo(1));
    expect(withPresent(read, [{ file: 'data/0', bytes: 7 }], now).files.get('data/0')).toMatchObject({
      readAtUtc: null,
    });
  });

  test('a run that was cut off is continued for a day, and then made anew', async () => {
    const path = join(folder, 'reading.jsonl');
    const first = withPresent(nothing, files(10), daysAgo(0.5));
    const log = await ReadingLog.begin(path, first, daysAgo(0.5));
    for (const file of ['data/0', 'data/1', 'data/2'])
      log.done(file, {
        bytes: first.files.get(file)?.bytes ?? 0,
        seenAtUtc: daysAgo(0.5),
        readAtUtc: daysAgo(0.4),
        right: true,
      });
    await log.close(false);
    appendFileSync(path, '{"kind":"file","fi');
    const soon = withPresent(await loadReading(path), files(10), now);
    expect(planReading(soon, 1, now)).toMatchObject({ carriedBytes: 303, files: { length: 7 } });
    const later = new Date(Date.parse(now) + DAY_MS).toISOString();
    expect(planReading(withPresent(await loadReading(path), files(10), later), 1, later).files).toHaveLength(
      10,
    );
  });

  test('a run that came to its end is not continued: the next one reads anew', async () => {
    const path = join(folder, 'reading.jsonl');
    const reading = readAll(
      withPresent(nothing, files(4), daysAgo(0.1)),
      ['data/0', 'data/1', 'data/2', 'data/3'],
      daysAgo(0.1),
    );
    await (await ReadingLog.begin(path, reading, daysAgo(0.1))).close(true);
    expect(planReading(withPresent(await loadReading(path), files(4), now), 1, now).files).toHaveLength(4);
  });
});
