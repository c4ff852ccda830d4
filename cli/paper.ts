/** `dr paper`: sign-in sheets while the attendance system is away (plan 3.3), and what was written on them, entered afterwards. */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { DrError, isMissingFile } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';
import { romeDay } from '../core/rome-time.ts';
import { utcNow } from '../core/time.ts';
import { findingLine } from '../inventory/findings.ts';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import { applicationOnPaper } from '../inventory/lookup.ts';
import { loadPeople } from '../inventory/people.ts';
import { defaultReportsDirectory } from '../lab/drill.ts';
import { databaseFolder } from '../lab/paths.ts';
import { attendanceSheet } from '../report/attendance-sheet.ts';
import { stopDatabaseUnlessUsed } from '../runbooks/durable/postgres.ts';
import type { PaperEntry } from '../runbooks/evidence/services.ts';
import {
  type AttendanceEntry,
  isoDay,
  type Problem,
  readAttendance,
  templateOf,
} from '../runbooks/paper/attendance.ts';
import { crisisOf } from '../runbooks/paper/crisis.ts';
import { digestOf, keepEntered, paperFolder, printedSheets, sheetFor } from '../runbooks/paper/sheets.ts';
import { askRun, knownRun, personFolder, watchedRun } from './runs.ts';

type PrintFlags = { day?: string; out?: string; inventory?: string };
type EnterFlags = { run?: string; role: string };

/** Adds `dr paper` and its verbs. */
export function registerPaper(program: Command): void {
  const paper = program
    .command('paper')
    .description(
      'Ciò che si fa su carta quando un servizio è fermo. / What is done on paper while a service is down.',
    );
  const print = paper.command('print').description('Stampa un modulo. / Prints a form.');
  print
    .command('attendance')
    .description(
      'Foglio presenze di un giorno, con i nomi di inventory/local. / Sign-in sheet of a day, with the names of inventory/local.',
    )
    .option('--day <day>', 'il giorno, 2026-11-24; senza, oggi / the day; without, today', parseDay)
    .option(
      '--out <file>',
      'dove scriverlo, per esempio su una chiavetta / where to write it, for example a USB stick',
    )
    .option('--inventory <dir>', "cartella dell'inventario / folder of the inventory")
    .action(printAttendance);
  paper
    .command('enter')
    .argument('<file>', 'foglio compilato / sheet that was filled in, CSV')
    .description(
      'Registra le ore scritte sui fogli presenze, da un file CSV. / Enters the times written on sign-in sheets, from a CSV file.',
    )
    .option(
      '--run <run>',
      "l'esecuzione; senza, l'ultima non conclusa / the run; without, the newest that is not over",
    )
    .option(
      '--role <role>',
      'il ruolo di chi registra / the role of who enters it',
      'responsabile-sede-viareggio',
    )
    .action(enter);
}

async function printAttendance({
  day = romeDay(utcNow()),
  out,
  inventory: wanted,
}: PrintFlags): Promise<void> {
  const folder = inventoryFolder(wanted);
  const inventory = await requireInventory(wanted);
  const application = applicationOnPaper(inventory, 'attendance');
  const { people, findings } = await loadPeople(
    folder,
    inventory.roles.map(({ id }) => id),
  );
  for (const found of findings) process.stderr.write(`${findingLine(found)}\n`);
  // One person may hold several roles, and signs once.
  const names = [...new Set(people.map(({ name }) => name.normalize('NFC').trim()))];
  const place = paperFolder(folder);
  const path = out === undefined ? undefined : privatePath(out, folder);
  const sheet = await sheetFor(place, day, names);
  const html = path ?? join(place, `${sheet.sheetId}.html`);
  const csv = html.replace(/(\.html?)?$/i, '.csv');
  await mkdir(dirname(html), { recursive: true });
  await writeWhole(html, attendanceSheet(sheet, application, day.split('-').toReversed().join('/')));
  const kept = existsSync(csv);
  if (!kept) await writeWhole(csv, templateOf(sheet));
  process.stdout.write(
    [
      `Foglio / Sheet: ${sheet.sheetId}, ${day}; nomi / names: ${names.length}, righe / lines: ${sheet.lines}`,
      `SHA-256: ${sheet.digest}`,
      `Stampare / Print: ${html}`,
      `${kept ? 'Già lì, lasciato com’è / There already, left as it is' : 'Da compilare poi / To fill in afterwards'}: ${csv}`,
      `Poi / Then: dr paper enter ${csv}\n`,
    ].join('\n'),
  );
  if (names.length === 0)
    process.stderr.write(
      'ATTENZIONE: nessun nome in inventory/local/people.yaml: il foglio ha solo righe vuote. / WARNING: no name in inventory/local/people.yaml: the sheet has empty lines only.\n',
    );
}

/** @throws DrError PAPER_FILE with everything that is wrong in it, PAPER_UNREADABLE */
async function enter(file: string, flags: EnterFlags): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  // Also when the run is over, and its database at rest.
  const run = await knownRun(flags.run, 'start');
  try {
    using source = await watchedRun(run);
    const { run: state } = source.current();
    const folder = paperFolder(personFolder(run.settings));
    const known = { sheets: await printedSheets(folder), crisis: crisisOf(state, utcNow()) };
    const read = readAttendance(bytes, known);
    if ('problems' in read) throw notTaken(file, read.problems);
    const entered = summary(bytes, read.entries);
    const before = (state.paper ?? []).some(
      ({ sha256, superseded }) => sha256 === entered.sha256 && superseded.length === 0,
    );
    if (!before) {
      // Kept before it is on record: a digest in the evidence must never be without its file.
      const takeAway = await keepEntered(folder, bytes);
      const reply = await askRun(run, { type: 'paper', role: flags.role, entered });
      if (!reply.ok) {
        // What nobody executes now is taken when the run goes on.
        if (reply.code !== 'RUN_NOT_EXECUTED') await takeAway();
        throw new DrError(reply.code, reply.message, reply.hint);
      }
    }
    process.stdout.write(`${before ? 'Era già registrato, non cambia nulla. / Was entered already, nothing changes.' : 'Registrato. / Recorded.'} (${run.runId})
Fogli / sheets: ${entered.sheets.join(', ')}; giorni / days: ${entered.days}; persone / persons: ${entered.persons}; entrate e uscite / comings and goings: ${entered.entries}
SHA-256: ${entered.sha256}
`);
  } finally {
    await stopDatabaseUnlessUsed(databaseFolder());
  }
}

/** Counts and digests: nothing of one person. */
function summary(bytes: Buffer, entries: readonly AttendanceEntry[]): PaperEntry {
  const distinct = (of: (entry: AttendanceEntry) => string): string[] =>
    [...new Set(entries.map(of))].toSorted();
  return {
    kind: 'attendance',
    sha256: digestOf(bytes),
    sizeBytes: bytes.length,
    sheets: distinct(({ sheetId }) => sheetId),
    days: distinct(({ day }) => day).length,
    persons: distinct(({ sheetId, number }) => `${sheetId} ${number}`).length,
    entries: entries.length,
  };
}

/** Names must lie neither in the tree nor in a run's folder: both are copied. @throws DrError PAPER_PLACE */
function privatePath(out: string, inventory: string): string {
  const path = join(real(dirname(resolve(out))), basename(out));
  const inside = (folder: string): boolean => !relative(real(folder), path).startsWith('..');
  const copied = [join(import.meta.dirname, '..'), defaultReportsDirectory()];
  if (!copied.some(inside) || inside(join(inventory, 'local'))) return path;
  throw new DrError(
    'PAPER_PLACE',
    `"${path}" sta nella cartella del programma o dei rapporti, che si copiano: un foglio con nomi non può starci. / It lies in the folder of the program or of the reports, which get copied: a sheet with names cannot be there.`,
    'Scriverlo altrove, o togliere --out: resta in inventory/local/paper. / Write it elsewhere, or leave out --out: it stays in inventory/local/paper.',
  );
}

/** The real path of a folder; of one that is not there yet, that of the nearest one above it, and the rest. */
function real(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || dirname(path) === path
    ? realpathSync(path)
    : join(real(dirname(path)), basename(path));
}

function parseDay(text: string): string {
  const day = isoDay(text.trim());
  if (day === undefined) throw new InvalidArgumentError('2026-11-24');
  return day;
}

function unreadable(file: string, error: unknown): DrError {
  const reason = isMissingFile(error) ? 'non c’è / it is not there' : String(error);
  return new DrError(
    'PAPER_UNREADABLE',
    `Il file "${file}" non si legge: ${reason}. / The file cannot be read.`,
    'Indicare il file CSV compilato dal modello accanto al foglio. / Name the CSV file filled in from the template beside the sheet.',
  );
}

function notTaken(file: string, problems: readonly Problem[]): DrError {
  const lines = problems.map(({ line, it, en }) => `  riga / line ${line}: ${it}. / ${en}.`);
  return new DrError(
    'PAPER_FILE',
    `Nulla è stato registrato: in "${file}" ci sono errori (${problems.length}). / Nothing was entered: the file has errors.\n${lines.join('\n')}`,
    'Correggere tutte le righe nominate e ripetere il comando. / Correct all the lines named and run the command again.',
  );
}
