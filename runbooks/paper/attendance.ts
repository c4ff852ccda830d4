/** What was written on sign-in sheets (plan 3.3), typed in afterwards: read and checked, every error at once, with no name in it. */
import { type CsvRow, parseCsv } from './csv.ts';

/** A printed sheet: its day, and the numbers that stand on it, from 1. */
export type PrintedSheet = { sheetId: string; day: string; lines: number };

/** One person's coming and going, in minutes since midnight. */
export type AttendanceEntry = {
  line: number;
  sheetId: string;
  day: string;
  number: number;
  inMinutes: number;
  outMinutes: number;
  note: string;
};

/** What is wrong on a line of the file, and what to write instead. */
export type Problem = { line: number; it: string; en: string };

export type Known = {
  sheets: readonly PrintedSheet[];
  /** First and last day on which people signed by hand, `YYYY-MM-DD` in Rome. */
  crisis: { from: string; until: string };
};

/** Columns by their Italian and English heads. */
const columns = {
  sheet: ['foglio', 'sheet'],
  day: ['giorno', 'day'],
  number: ['numero', 'number'],
  in: ['entrata', 'in'],
  out: ['uscita', 'out'],
  note: ['nota', 'note'],
} as const;
type Column = keyof typeof columns;
type Cells = Record<Column, string>;

export const templateHead = Object.values(columns).map(([it]) => it);

/** A sheet as a table to fill in: a row for each number, with the times left out. */
export function templateOf({ sheetId, day, lines }: PrintedSheet): string {
  const rows = Array.from({ length: lines }, (_, index) => [sheetId, day, index + 1, '', '', ''].join(';'));
  return `\uFEFF${[templateHead.join(';'), ...rows].join('\r\n')}\r\n`;
}

/** Rows without times are people who did not come. Nothing is taken where anything is wrong. */
export function readAttendance(
  bytes: Uint8Array,
  known: Known,
): { entries: AttendanceEntry[] } | { problems: Problem[] } {
  const read = parseCsv(bytes);
  if ('trouble' in read) return { problems: [read.trouble] };
  const [head, ...rows] = read.rows;
  const order = headOf(head);
  if ('problem' in order) return { problems: [order.problem] };
  const results = rows.map((row) => readRow(row, order.at, known));
  const entries = results.flatMap((result) => ('entry' in result ? [result.entry] : []));
  const problems = [
    ...results.flatMap((result) => ('problems' in result ? result.problems : [])),
    ...clashes(entries),
  ].toSorted((a, b) => a.line - b.line);
  if (problems.length > 0) return { problems };
  return entries.length > 0 ? { entries } : { problems: [nothing] };
}

type Order = Map<Column, number>;

function headOf(head: CsvRow | undefined): { at: Order } | { problem: Problem } {
  const names = (head?.fields ?? []).map((name) => name.toLowerCase());
  const at: Order = new Map();
  for (const column of columnNames) {
    const found = names.flatMap((name, index) =>
      columns[column].some((own) => own === name) ? [index] : [],
    );
    const [index] = found;
    if (index === undefined || found.length > 1) return { problem: badHead(head?.line ?? 1) };
    at.set(column, index);
  }
  return { at };
}

const columnNames: readonly Column[] = ['sheet', 'day', 'number', 'in', 'out', 'note'];

type RowResult = { entry: AttendanceEntry } | { problems: Problem[] } | { absent: true };

function readRow({ line, fields }: CsvRow, order: Order, known: Known): RowResult {
  if (fields.length > order.size) return { problems: [tooMany(line)] };
  const cell = (column: Column): string => fields[order.get(column) ?? -1] ?? '';
  const cells: Cells = {
    sheet: cell('sheet'),
    day: cell('day'),
    number: cell('number'),
    in: cell('in'),
    out: cell('out'),
    note: cell('note'),
  };
  if (cells.in === '' && cells.out === '') return { absent: true };
  const problems: Problem[] = [];
  const wrong = (it: string, en: string): undefined => {
    problems.push({ line, it, en });
    return undefined;
  };
  const sheet = sheetOf(cells, known, wrong);
  const day = dayOf(cells, sheet, known, wrong);
  const number = numberOf(cells, sheet, wrong);
  const inMinutes = timeOf(cells.in, 'entrata / in', wrong);
  const outMinutes = timeOf(cells.out, 'uscita / out', wrong);
  if (inMinutes !== undefined && outMinutes !== undefined && outMinutes <= inMinutes)
    wrong(
      `uscita ${cells.out} non dopo l'entrata ${cells.in}: correggere una delle due (chi resta oltre mezzanotte esce alle 23:59)`,
      `out ${cells.out} is not after in ${cells.in}: correct one of the two (who stays past midnight leaves at 23:59)`,
    );
  if (problems.length > 0) return { problems };
  if (!sheet || day === undefined || number === undefined) return { problems };
  if (inMinutes === undefined || outMinutes === undefined) return { problems };
  return { entry: { line, sheetId: sheet.sheetId, day, number, inMinutes, outMinutes, note: cells.note } };
}

type Wrong = (it: string, en: string) => undefined;

function sheetOf({ sheet }: Cells, { sheets }: Known, wrong: Wrong): PrintedSheet | undefined {
  const found = sheets.find(({ sheetId }) => sheetId === sheet.toUpperCase());
  return (
    found ??
    wrong(
      `il foglio "${sheet}" non è stato stampato da qui: copiare la sigla che sta in alto sul foglio`,
      `sheet "${sheet}" was not printed here: copy the id that stands at the top of the sheet`,
    )
  );
}

function dayOf(
  { day: written }: Cells,
  sheet: PrintedSheet | undefined,
  { crisis }: Known,
  wrong: Wrong,
): string | undefined {
  const day = isoDay(written);
  if (day === undefined)
    return wrong(
      `giorno "${written}" non è una data: scriverla come 2026-11-24 o 24/11/2026`,
      `day "${written}" is no date: write it like 2026-11-24 or 24/11/2026`,
    );
  if (sheet !== undefined && sheet.day !== day)
    return wrong(
      `il foglio ${sheet.sheetId} è del ${sheet.day}, non del ${day}: correggere il giorno o il foglio`,
      `sheet ${sheet.sheetId} is of ${sheet.day}, not of ${day}: correct the day or the sheet`,
    );
  if (day < crisis.from || day > crisis.until)
    return wrong(
      `il ${day} è fuori dalla crisi (${crisis.from} - ${crisis.until}): togliere la riga, o indicare l'esecuzione giusta con --run`,
      `${day} is outside the crisis (${crisis.from} - ${crisis.until}): remove the row, or name the right run with --run`,
    );
  return day;
}

function numberOf(
  { number: written }: Cells,
  sheet: PrintedSheet | undefined,
  wrong: Wrong,
): number | undefined {
  const number = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  if (sheet === undefined || (number >= 1 && number <= sheet.lines)) return number;
  return wrong(
    `il numero "${written}" non è sul foglio ${sheet.sheetId}, che va da 1 a ${sheet.lines}: correggerlo`,
    `number "${written}" is not on sheet ${sheet.sheetId}, which goes from 1 to ${sheet.lines}: correct it`,
  );
}

/** `8:30`, `08.30`, and `08:30:00` as Excel makes of it. */
function timeOf(written: string, column: string, wrong: Wrong): number | undefined {
  const found = /^(\d{1,2})[:.](\d{2})(?::00)?$/.exec(written);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  if (found !== null && hour < 24 && minute < 60) return hour * 60 + minute;
  if (written === '')
    return wrong(
      `manca l'ora (${column}): scriverla come 8:30`,
      `the time (${column}) is missing: write it like 8:30`,
    );
  return wrong(
    `"${written}" non è un'ora (${column}): scriverla come 8:30`,
    `"${written}" is no time (${column}): write it like 8:30`,
  );
}

/** `2026-11-24`, and `24/11/2026` as an Italian Excel makes of it. */
export function isoDay(written: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(written);
  const italian = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(written);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : [italian?.[3], italian?.[2], italian?.[1]];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text) ? undefined : text;
}

/** Who came twice on one day was away between. */
function clashes(entries: readonly AttendanceEntry[]): Problem[] {
  return entries.flatMap((entry, index) => {
    const before = entries
      .slice(0, index)
      .find(
        (other) =>
          other.sheetId === entry.sheetId &&
          other.number === entry.number &&
          other.inMinutes < entry.outMinutes &&
          entry.inMinutes < other.outMinutes,
      );
    if (before === undefined) return [];
    const same = before.inMinutes === entry.inMinutes && before.outMinutes === entry.outMinutes;
    return [same ? repeated(entry, before) : overlapping(entry, before)];
  });
}

function repeated({ line, number }: AttendanceEntry, before: AttendanceEntry): Problem {
  return {
    line,
    it: `il numero ${number} sta già alla riga ${before.line} con le stesse ore: togliere una delle due`,
    en: `number ${number} stands at line ${before.line} already, with the same times: remove one of the two`,
  };
}

function overlapping({ line, number }: AttendanceEntry, before: AttendanceEntry): Problem {
  return {
    line,
    it: `le ore del numero ${number} si sovrappongono a quelle della riga ${before.line}: correggerne una`,
    en: `the times of number ${number} overlap those of line ${before.line}: correct one of them`,
  };
}

function badHead(line: number): Problem {
  const head = templateHead.join(';');
  return {
    line,
    it: `la prima riga deve avere le colonne ${head}, una volta ciascuna: ricopiarla dal modello accanto al foglio`,
    en: `the first line must have the columns ${head}, each once: copy it from the template beside the sheet`,
  };
}

function tooMany(line: number): Problem {
  return {
    line,
    it: 'più colonne di quelle della prima riga: mettere la nota fra virgolette',
    en: 'more columns than in the first line: put the note in quotation marks',
  };
}

const nothing: Problem = {
  line: 1,
  it: 'nessuna riga ha le ore di entrata e di uscita: scriverle e salvare',
  en: 'no row has the times of coming and going: type them in and save',
};
