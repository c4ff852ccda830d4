/**
 * The sign-in sheets that were printed, and the files that were typed in from them: `local/paper` of the inventory folder, which is never
 * committed nor copied into a run. Names stand nowhere else.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DrError, isMissingFile } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';

export const sheetSchema = z.strictObject({
  sheetId: z.string(),
  day: z.iso.date(),
  /** Printed beside the numbers 1, 2, 3 ...; the lines after them are empty, for whoever is not in the list. */
  names: z.array(z.string()),
  lines: z.number().int().positive(),
  /** Without it the digest would tell whoever has a list of the office's names which of them stand on the sheet. */
  nonce: z.string(),
  /** SHA-256 of all this: it stands on the paper. */
  digest: z.string(),
});
export type Sheet = z.infer<typeof sheetSchema>;

const EMPTY_LINES = 12;
const SHEET_SUFFIX = '.sheet.json';

export function paperFolder(inventoryFolder: string): string {
  return join(inventoryFolder, 'local', 'paper');
}

/** The sheet of a day with these names: the one that was printed before, else a new one, kept before anybody signs it. */
export async function sheetFor(folder: string, day: string, names: readonly string[]): Promise<Sheet> {
  const printed = await printedSheets(folder);
  const same = printed.find(
    (sheet) => sheet.day === day && JSON.stringify(sheet.names) === JSON.stringify(names),
  );
  if (same !== undefined) return same;
  const content = {
    day,
    names: [...names],
    lines: names.length + (names.length === 0 ? 2 : 1) * EMPTY_LINES,
    nonce: randomBytes(16).toString('hex'),
  };
  const digest = digestOf(JSON.stringify(content));
  const sheet = {
    sheetId: `P-${day.replaceAll('-', '')}-${digest.slice(0, 6).toUpperCase()}`,
    ...content,
    digest,
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, `${sheet.sheetId}${SHEET_SUFFIX}`), `${JSON.stringify(sheet, null, 2)}\n`);
  return sheet;
}

/** @throws DrError PAPER_SHEET when one of them cannot be read */
export async function printedSheets(folder: string): Promise<Sheet[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissingFile(error)) return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(SHEET_SUFFIX)).toSorted();
  return await Promise.all(files.map(async (name) => await readSheet(join(folder, name))));
}

async function readSheet(path: string): Promise<Sheet> {
  try {
    const sheet = sheetSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const { day, names, lines, nonce } = sheet;
    if (digestOf(JSON.stringify({ day, names, lines, nonce })) !== sheet.digest) throw new Error('digest');
    return sheet;
  } catch (error) {
    throw new DrError(
      'PAPER_SHEET',
      `Il foglio "${path}" non si legge o è stato modificato. / The sheet cannot be read, or was altered.`,
      'Rimetterlo dalla copia, oppure spostarlo altrove e ristampare. / Put it back from its copy, or move it away and print again.',
      // Its own words would quote the names.
      { cause: error instanceof Error ? error.name : undefined },
    );
  }
}

/** Keeps a file as it was typed in; the same bytes are kept once. Gives what takes it away again, where it was not there before. */
export async function keepEntered(folder: string, bytes: Buffer): Promise<() => Promise<void>> {
  const path = join(folder, `entered-${digestOf(bytes)}.csv`);
  if (existsSync(path)) return async () => await Promise.resolve();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(path, bytes);
  return async () => await rm(path);
}

/** SHA-256 in hexadecimal. */
export function digestOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
