/**
 * The ledger of custody: a set of signed entries, each of which names the newest ones that its writer knew. Two copies that were written
 * apart are merged by taking the union. A file of it is a function of the set, so every change by hand shows itself.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import {
  type CustodyEvent,
  type Entry,
  entryLine,
  isSignedBy,
  parseEntry,
  parseJson,
  signEntry,
} from './entry.ts';
import type { Signers } from './signers.ts';

/** By digest. */
export type Ledger = ReadonlyMap<string, Entry>;

/** Something in a file that no writer of ours wrote so. `line` counts from 1. */
export type LedgerProblem = { file: string; line: number; textIt: string; textEn: string };

/** As a person reads it, the file and the line named. */
export function problemText({ file, line, textIt, textEn }: LedgerProblem): string {
  return `Registro di custodia ${file}:${line}: ${textIt}. / Ledger of custody: ${textEn}.`;
}

export const emptyLedger: Ledger = new Map();

/** Commutative, associative and idempotent: the order in which copies meet makes no difference. */
export function mergeLedgers(...ledgers: readonly Ledger[]): Ledger {
  return new Map(ledgers.flatMap((ledger) => [...ledger]));
}

/** Parents first, and of those that could come next the earliest, then by digest: the same set always gives the same order. */
export function orderedEntries(ledger: Ledger): Entry[] {
  const children = new Map<string, Entry[]>();
  const waiting = new Map<string, number>();
  for (const entry of ledger.values()) {
    const parents = new Set(entry.parents.filter((parent) => ledger.has(parent)));
    waiting.set(entry.digest, parents.size);
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const ready = [...ledger.values()]
    .filter(({ digest }) => waiting.get(digest) === 0)
    .toSorted(earliestFirst);
  const ordered: Entry[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    ordered.push(next);
    for (const child of children.get(next.digest) ?? []) {
      const left = (waiting.get(child.digest) ?? 1) - 1;
      waiting.set(child.digest, left);
      if (left > 0) continue;
      const at = ready.findIndex((other) => earliestFirst(child, other) < 0);
      ready.splice(at === -1 ? ready.length : at, 0, child);
    }
  }
  return ordered;
}

function earliestFirst(one: Entry, other: Entry): number {
  return Date.parse(one.atUtc) - Date.parse(other.atUtc) || (one.digest < other.digest ? -1 : 1);
}

/** The newest entries: those that no other one names. */
export function headsOf(ledger: Ledger): string[] {
  const named = new Set([...ledger.values()].flatMap(({ parents }) => parents));
  return [...ledger.keys()].filter((digest) => !named.has(digest)).toSorted();
}

/** The ledger with one entry more. */
export function appendEntry(
  ledger: Ledger,
  event: CustodyEvent,
  by: { signer: string; key: KeyObject },
  when: { writtenAtUtc: string; declaredAtUtc?: string | undefined },
): { ledger: Ledger; entry: Entry } {
  const { writtenAtUtc, declaredAtUtc } = when;
  const entry = signEntry(
    {
      format: 1,
      event,
      atUtc: declaredAtUtc ?? writtenAtUtc,
      origin: declaredAtUtc === undefined ? 'measured' : 'declared',
      writtenAtUtc,
      signer: by.signer,
      parents: headsOf(ledger),
    },
    by.key,
  );
  return { ledger: mergeLedgers(ledger, new Map([[entry.digest, entry]])), entry };
}

/** One entry a line, then a line that counts and seals them: the last entry has no other that would miss it. */
export function ledgerText(ledger: Ledger): string {
  const lines = orderedEntries(ledger).map((entry) => `${entryLine(entry)}\n`);
  return `${lines.join('')}${sealOf(lines.join(''), lines.length)}\n`;
}

const sealSchema = z.strictObject({ entries: z.number().int(), seal: z.string() });

function sealOf(text: string, entries: number): string {
  return JSON.stringify({ entries, seal: createHash('sha256').update(text).digest('hex') });
}

/**
 * Reads a ledger's text. Entries that are whole and signed by a known signer are in `ledger`, whatever else is wrong; everything that
 * is wrong is in `problems`, by line. No problem means that the text is, byte for byte, what {@link ledgerText} writes.
 */
export function parseLedger(
  file: string,
  text: string,
  signers: Signers,
): { ledger: Ledger; problems: LedgerProblem[] } {
  const problems: LedgerProblem[] = [];
  const tell = (line: number, textIt: string, textEn: string): void => {
    problems.push({ file, line, textIt, textEn });
  };
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line !== '');
  const seal = sealSchema.safeParse(parseJson(lines[last] ?? ''));
  const body = seal.success ? lines.slice(0, last) : lines.slice(0, last + 1);
  const good = new Map<string, Entry>();
  for (const [index, line] of body.entries()) {
    const entry = parseEntry(line);
    const key = entry && signers.get(entry.signer);
    if (entry === undefined)
      tell(index + 1, 'riga modificata o rovinata', 'the line was changed or is damaged');
    else if (key === undefined) {
      tell(
        index + 1,
        `firmata da chi non si conosce: ${entry.signer}`,
        `signed by somebody unknown: ${entry.signer}`,
      );
    } else if (!isSignedBy(entry, key)) {
      tell(
        index + 1,
        `la firma di ${entry.signer} non è valida`,
        `the signature of ${entry.signer} is not valid`,
      );
    } else good.set(entry.digest, entry);
  }
  if (problems.length === 0 && text !== ledgerText(good)) tellWhatDiffers();
  return { ledger: good, problems };

  function tellWhatDiffers(): void {
    const expected = ledgerText(good).split('\n');
    const at = lines.findIndex((line, index) => line !== expected[index]);
    if (!seal.success) {
      tell(
        last + 2,
        'manca la riga finale che conta le altre',
        'the last line, which counts the others, is missing',
      );
    } else if (seal.data.entries !== body.length) {
      tell(
        missingFrom(body, good) ?? last + 1,
        `righe tolte o aggiunte: erano ${seal.data.entries}, sono ${body.length}`,
        `lines were taken out or added: there were ${seal.data.entries}, there are ${body.length}`,
      );
    } else if (at !== -1 && at < last) {
      tell(at + 1, 'riga fuori posto', 'the line is out of its place');
    } else {
      tell(last + 1, 'il sigillo non corrisponde alle righe', 'the seal does not fit the lines');
    }
  }
}

/** The line of the first entry that names one which is not there. */
function missingFrom(lines: readonly string[], ledger: Ledger): number | undefined {
  const index = lines.findIndex(
    (line) => parseEntry(line)?.parents.some((parent) => !ledger.has(parent)) === true,
  );
  return index === -1 ? undefined : index + 1;
}
