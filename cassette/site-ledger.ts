/** The copy of the ledger that stays at a site, as files of this computer. */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn, readIfThere, writeWhole } from '../core/files.ts';
import { withFileLock } from '../platforms/file-lock.ts';
import { type Ledger, ledgerText, mergeLedgers, parseLedger } from './ledger.ts';
import { type CustodyPlace, ledgerFile } from './place.ts';
import type { Signers } from './signers.ts';

export type LedgerFile = { name: string; text: string };

/** The name under which a ledger with something wrong in it is kept. */
export function asideName(stem: string, nowUtc: string): string {
  return `${stem}.damaged-${nowUtc.replaceAll(/[-:.]/g, '')}.jsonl`;
}

/** `<site>.jsonl` and those of it that were set aside. */
export async function readSiteLedger(place: CustodyPlace, site: string): Promise<LedgerFile[]> {
  const names = (await namesIn(place.directory)).filter(
    (name) => name === `${site}.jsonl` || (name.startsWith(`${site}.damaged-`) && name.endsWith('.jsonl')),
  );
  return await Promise.all(
    names
      .toSorted()
      .map(async (name) => ({ name, text: await readFile(join(place.directory, name), 'utf8') })),
  );
}

/** Adds what is new to the site's file. One in which something is wrong is set aside, never overwritten. @throws DrError FILE_BUSY */
export async function writeSiteLedger(
  place: CustodyPlace,
  site: string,
  ledger: Ledger,
  { signers, nowUtc }: { signers: Signers; nowUtc: string },
): Promise<void> {
  const path = ledgerFile(place, site);
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  await withFileLock(`${path}.lock`, async () => {
    const before = await readIfThere(path);
    const read = before === undefined ? undefined : parseLedger(path, before, signers);
    const text = ledgerText(mergeLedgers(ledger, read?.ledger ?? new Map()));
    if (text === before) return;
    if (read !== undefined && read.problems.length > 0) {
      await rename(path, join(place.directory, asideName(site, nowUtc)));
    }
    await writeWhole(path, text);
  });
}
