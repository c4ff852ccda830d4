/**
 * The progress of reading a cassette: one JSON object a line, appended as each file is done, so that a run that is killed is continued.
 * A torn last line only means that one file is read again.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import { readIfThere, writeWhole } from '../core/files.ts';
import { parseJsonLine } from '../core/json-lines.ts';
import type { FileState, Reading } from './reading.ts';

const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    file: z.string(),
    bytes: z.number(),
    seenAtUtc: z.iso.datetime(),
    readAtUtc: z.iso.datetime().nullable(),
    right: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('begin'), atUtc: z.iso.datetime() }),
  z.strictObject({ kind: z.literal('end') }),
]);
type Line = z.infer<typeof lineSchema>;

/** One a repository: a cassette that was initialised again begins anew. */
export function readingFile(custodyFolder: string, label: string, repositoryId: string): string {
  return join(custodyFolder, `reading-${label}-${repositoryId.slice(0, 16)}.jsonl`);
}

/** Nothing where the cassette was never read. */
export async function loadReading(path: string): Promise<Reading> {
  const files = new Map<string, FileState>();
  let unfinishedSinceUtc: string | null = null;
  for (const line of ((await readIfThere(path)) ?? '').split('\n')) {
    const entry = parseJsonLine(lineSchema, line);
    if (entry?.kind === 'begin') unfinishedSinceUtc = entry.atUtc;
    if (entry?.kind === 'end') unfinishedSinceUtc = null;
    if (entry?.kind !== 'file') continue;
    const { kind: _, file, ...state } = entry;
    files.set(file, state);
  }
  return { files, unfinishedSinceUtc };
}

/** Appends to the log while files are read. */
export class ReadingLog {
  readonly #stream: WriteStream;

  private constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  }

  /** Writes down what is known before the reading begins, in place of all earlier lines. */
  static async begin(
    path: string,
    { files, unfinishedSinceUtc }: Reading,
    nowUtc: string,
  ): Promise<ReadingLog> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const known = [...files].map(([file, state]): Line => ({ kind: 'file', file, ...state }));
    const lines: Line[] = [...known, { kind: 'begin', atUtc: unfinishedSinceUtc ?? nowUtc }];
    await writeWhole(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return new ReadingLog(path);
  }

  done(file: string, state: FileState): void {
    this.#write({ kind: 'file', file, ...state });
  }

  /** `complete`: all that was planned was read; else the next run goes on. */
  async close(complete: boolean): Promise<void> {
    if (complete) this.#write({ kind: 'end' });
    this.#stream.end();
    await finished(this.#stream);
  }

  #write(line: Line): void {
    this.#stream.write(`${JSON.stringify(line)}\n`);
  }
}
