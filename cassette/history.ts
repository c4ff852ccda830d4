/** The history of a site's verifications: one JSON object a line, only ever appended to, so that any instant may be its writer's last. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, syncFolder } from '../core/files.ts';
import { parseJsonLine } from '../core/json-lines.ts';
import { type Verification, verificationSchema } from './verification.ts';

export type History = {
  /** Oldest first. */
  verifications: readonly Verification[];
  /** Lines that say nothing that is known: torn by a power cut, or written by hand. They stay in the file. */
  unreadableLines: number;
};

/** `verification-<site>.jsonl` in the folder of custody. */
export function historyFile(custodyFolder: string, site: string): string {
  return join(custodyFolder, `verification-${site}.jsonl`);
}

/** Appends one verification and waits until it is on the disk. A torn last line of an earlier writer is left where it is, as a line of its own. */
export async function appendVerification(custodyFolder: string, verification: Verification): Promise<void> {
  await mkdir(custodyFolder, { recursive: true, mode: 0o700 });
  const file = await open(historyFile(custodyFolder, verification.site), 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const torn = size > 0 && last.toString() !== '\n';
    await file.appendFile(`${torn ? '\n' : ''}${JSON.stringify(verification)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(custodyFolder);
}

/** All that was verified at a site; nothing where it never was. */
export async function readHistory(custodyFolder: string, site: string): Promise<History> {
  const lines = ((await readIfThere(historyFile(custodyFolder, site))) ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const verifications = lines
    .map((line) => parseJsonLine(verificationSchema, line))
    .filter((found) => found !== undefined);
  return { verifications, unreadableLines: lines.length - verifications.length };
}
