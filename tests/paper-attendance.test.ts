import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AttendanceEntry,
  type Known,
  readAttendance,
  templateHead,
  templateOf,
} from '../runbooks/paper/attendance.ts';
import { crisisOf } from '../runbooks/paper/crisis.ts';

const monday = { sheetId: 'P-20261123-A1B2C3', day: '2026-11-23', lines: 20 };
const tuesday = { sheetId: 'P-20261124-D4E5F6', day: '2026-11-24', lines: 20 };
const sunday = { sheetId: 'P-20261122-0A0B0C', day: '2026-11-22', lines: 20 };
const known: Known = {
  sheets: [monday, tuesday, sunday],
  crisis: { from: '2026-11-23', until: '2026-11-25' },
};
const head = templateHead.join(';');
const row = (...cells: string[]): string => [monday.sheetId, monday.day, ...cells].join(';');
const good = row('1', '8:30', '13:00', '');

function read(text: string | Uint8Array) {
  return readAttendance(typeof text === 'string' ? Buffer.from(text) : text, known);
}

function problems(text: string | Uint8Array): [line: number, it: string, en: string][] {
  const result = read(text);
  return 'problems' in result ? result.problems.map(({ line, it, en }) => [line, it, en]) : [];
}

describe('what is wrong is said with its line and what to write', () => {
  const cases: [name: string, text: string | Uint8Array, line: number, it: RegExp, en: RegExp][] = [
    [
      'no number of the sheet',
      row('21', '8:30', '13:00', ''),
      2,
      /numero "21" non è sul foglio .* da 1 a 20/,
      /from 1 to 20/,
    ],
    ['a number that is none', row('uno', '8:30', '13:00', ''), 2, /numero "uno"/, /number "uno"/],
    ['the number zero', row('0', '8:30', '13:00', ''), 2, /numero "0"/, /number "0"/],
    [
      'out before in',
      row('1', '13:00', '8:30', ''),
      2,
      /uscita 8:30 non dopo l'entrata 13:00/,
      /out 8:30 is not after in 13:00/,
    ],
    ['out at the very time of in', row('1', '8:30', '8:30', ''), 2, /non dopo/, /not after/],
    ['no time', row('1', '25:00', '13:00', ''), 2, /"25:00" non è un'ora \(entrata/, /"25:00" is no time/],
    ['no out', row('1', '8:30', '', ''), 2, /manca l'ora \(uscita/, /\(uscita \/ out\) is missing/],
    ['no in', row('1', '', '13:00', ''), 2, /manca l'ora \(entrata/, /\(entrata \/ in\) is missing/],
    [
      'a date that is none',
      `${monday.sheetId};31/02/2026;1;8:30;13:00;`,
      2,
      /"31\/02\/2026" non è una data/,
      /no date/,
    ],
    [
      'another sheet’s day',
      `${monday.sheetId};2026-11-24;1;8:30;13:00;`,
      2,
      /è del 2026-11-23, non del 2026-11-24/,
      /is of 2026-11-23, not of/,
    ],
    [
      'before the crisis',
      `${sunday.sheetId};2026-11-22;1;8:30;13:00;`,
      2,
      /2026-11-22 è fuori dalla crisi \(2026-11-23 - 2026-11-25\).*--run/,
      /outside the crisis/,
    ],
    [
      'a sheet that was never printed',
      `P-1;${monday.day};1;8:30;13:00;`,
      2,
      /foglio "P-1" non è stato stampato/,
      /not printed here/,
    ],
    ['the same row twice', `${good}\n${good}`, 3, /numero 1 sta già alla riga 2/, /at line 2 already/],
    [
      'times that overlap',
      `${good}\n${row('1', '12:59', '18:00', '')}`,
      3,
      /si sovrappongono a quelle della riga 2/,
      /overlap those of line 2/,
    ],
    ['more columns than heads', row('1', '8:30', '13:00', 'a', 'b'), 2, /più colonne/, /more columns/],
    ['a quotation mark left open', row('1', '8:30', '13:00', '"medico'), 2, /virgolette/, /quotation mark/],
    [
      'Windows-1252, as Excel saves "CSV"',
      Buffer.from(`${head}\n${row('1', '8:30', '13:00', 'perché')}`, 'latin1'),
      2,
      /non sono UTF-8.*CSV UTF-8/,
      /not UTF-8/,
    ],
    ['UTF-16', Buffer.from(`\uFEFF${head}\n${good}`, 'utf16le'), 1, /non sono UTF-8/, /not UTF-8/],
  ];
  test.each(cases)('%s', (_name, text, line, it, en) => {
    const found = problems(typeof text === 'string' ? `${head}\n${text}` : text);
    expect(found).toEqual([[line, expect.stringMatching(it), expect.stringMatching(en)]]);
  });

  test.each([
    ['nothing at all', ''],
    ['no head', good],
    ['a head that lacks a column', `foglio;giorno;numero;entrata;uscita\n${good}`],
    ['a head with a column twice', `${head};nota\n${good}`],
  ])('%s: the head is asked for', (_name, text) => {
    expect(problems(text)).toEqual([[1, expect.stringContaining(head), expect.stringContaining(head)]]);
  });

  test('a template that nobody filled in', () => {
    expect(problems(templateOf(monday))).toEqual([
      [1, expect.stringMatching(/nessuna riga/), expect.anything()],
    ]);
  });

  test('everything at once, by line, and nothing half taken', () => {
    const text = [head, row('99', '9', '8:30', ''), good, '', good].join('\n');
    const lines = problems(text).map(([line]) => line);
    expect(lines).toEqual([2, 2, 5]);
    expect(read(text)).not.toHaveProperty('entries');
  });

  test('no cell but the one that is wrong is repeated', () => {
    const said = JSON.stringify(
      problems(`${head}\n${row('1', '8:30', '8:00', 'visita medica di Zefferina')}`),
    );
    expect(said).not.toContain('Zefferina');
  });
});

describe('as it is really saved', () => {
  const entry = {
    sheetId: monday.sheetId,
    day: monday.day,
    number: 1,
    inMinutes: 510,
    outMinutes: 780,
    note: '',
  };

  test.each([
    ['as the template has it', templateOf(monday).replace(';1;;;', ';1;8:30;13:00;')],
    [
      'Excel: semicolons, mark, dates and seconds of its own',
      `\uFEFF${head}\r\n${monday.sheetId};23/11/2026;1;08:30:00;13:00:00;\r\n`,
    ],
    ['Excel: sep=', `sep=;\r\n${head}\r\n${good}\r\n`],
    ['commas', `${head}\n${good}`.replaceAll(';', ',')],
    ['tabs', `${head}\n${good}`.replaceAll(';', '\t')],
    [
      'English heads, in another order',
      `note,out,in,number,day,sheet\n,13.00,8.30,01,${monday.day},${monday.sheetId.toLowerCase()}`,
    ],
    ['rows that Excel left empty', `${head}\n${good}\n;;;;;\n;;;;;`],
    ['people who did not come', `${head}\n${good}\n${row('2', '', '', 'ferie')}`],
  ])('%s', (_name, text) => {
    expect(read(text)).toMatchObject({ entries: [entry] });
  });

  test('who came twice is two entries', () => {
    expect(read(`${head}\n${good}\n${row('1', '13:00', '17:00', '')}`)).toMatchObject({ entries: [{}, {}] });
  });
});

const cell = fc
  .string({ unit: fc.constantFrom('a', 'è', ' ', ';', ',', '"', '\n', '\t', '7') })
  .map((note) => note.trim());
const dialect = fc.record({
  delimiter: fc.constantFrom(';', ',', '\t'),
  end: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  italianDates: fc.boolean(),
  seconds: fc.boolean(),
});
const entries = fc
  .uniqueArray(fc.tuple(fc.constantFrom(monday, tuesday), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    selector: ([sheet, number]) => `${sheet.sheetId} ${number}`,
  })
  .chain((keys) =>
    fc.tuple(
      ...keys.map(([{ sheetId, day }, number]) =>
        fc.record({
          sheetId: fc.constant(sheetId),
          day: fc.constant(day),
          number: fc.constant(number),
          inMinutes: fc.integer({ min: 0, max: 700 }),
          outMinutes: fc.integer({ min: 701, max: 1439 }),
          note: cell,
        }),
      ),
    ),
  );

type Written = Omit<AttendanceEntry, 'line'>;

function quoted(value: string): string {
  return /[;,\t"\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function saved(
  written: readonly Written[],
  how: typeof dialect extends fc.Arbitrary<infer D> ? D : never,
): string {
  const { delimiter, end, mark, italianDates, seconds } = how;
  const time = (minutes: number): string =>
    `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}${seconds ? ':00' : ''}`;
  const rows = written.map(({ sheetId, day, number, inMinutes, outMinutes, note }) => [
    sheetId,
    italianDates ? day.split('-').toReversed().join('/') : day,
    String(number),
    time(inMinutes),
    time(outMinutes),
    note,
  ]);
  const lines = [[...templateHead], ...rows].map((cells) => cells.map(quoted).join(delimiter));
  return `${mark ? '\uFEFF' : ''}${lines.join(end)}${end}`;
}

test('whatever is written, however it is saved, is read back as it was', () => {
  fc.assert(
    fc.property(entries, dialect, (written, how) => {
      const result = read(saved(written, how));
      if ('problems' in result) throw new Error(JSON.stringify(result.problems));
      expect(result.entries.map(({ line: _line, ...entry }) => entry)).toEqual(written);
    }),
    { numRuns: 300 },
  );
});

test('whatever bytes come, they are taken or refused, each problem with a line of the file', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({ unit: fc.constantFrom(...`${head}\n${good}"`.split('')), maxLength: 200 })
      .map((text) => Buffer.from(`${head}\n${text}`)),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      const result = read(given);
      const lines = Buffer.from(given).toString('latin1').split('\n').length;
      if ('problems' in result) {
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { line } of result.problems) expect(line).toBeLessThanOrEqual(lines);
      } else expect(result.entries.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

const milestone = (name: 'event' | 'accepted', atUtc: string) => ({
  name,
  atUtc,
  seq: 1,
  offsetMs: 0,
  origin: 'declared' as const,
  otherAtUtc: [],
});

describe('the crisis', () => {
  const run = {
    startedAtUtc: '2026-11-23T07:00:00.000Z',
    lastAtUtc: '2026-12-20T09:00:00.000Z',
    milestones: [],
  };
  test('begins with the event, in Rome’s days, and lasts until today while the run goes on', () => {
    const milestones = [milestone('event', '2026-11-21T23:30:00.000Z')];
    expect(crisisOf({ ...run, status: 'unfinished', milestones }, '2026-12-01T23:30:00.000Z')).toEqual({
      from: '2026-11-22',
      until: '2026-12-02',
    });
  });
  test('ends with the acceptance, whatever is entered later', () => {
    const milestones = [milestone('accepted', '2026-12-03T12:00:00.000Z')];
    expect(crisisOf({ ...run, status: 'completed', milestones }, '2026-12-31T12:00:00.000Z')).toEqual({
      from: '2026-11-23',
      until: '2026-12-03',
    });
  });
});
