/**
 * `<step>.sent.json` beside the draft: who took the letter so far. It is written after the mail server accepted, so that asking again
 * sends nothing twice. It holds fingerprints, no address.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DrError, isMissingFile } from '../../core/errors.ts';
import { writeWhole } from '../../core/files.ts';

const recordSchema = z.strictObject({
  messageId: z.string(),
  sentAtUtc: z.iso.datetime(),
  /** True once nobody is left who should get it. */
  complete: z.boolean(),
  accepted: z.array(z.string()),
  hook: z.boolean(),
});
export type SentRecord = z.infer<typeof recordSchema>;

/** Undefined when nothing was sent. @throws DrError LETTER_RECORD */
export async function readSentRecord(path: string): Promise<SentRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    // ENOTDIR: a file stands where the folder should be; writing the draft says so.
    if (isMissingFile(error) || (error instanceof Error && 'code' in error && error.code === 'ENOTDIR'))
      return undefined;
    throw new DrError(
      'LETTER_RECORD',
      `"${path}" non si può leggere: non si sa se la lettera sia già partita. / Whether the letter left already cannot be read.`,
      'Chiedere a un destinatario; per inviarla di nuovo togliere il file. / Ask one of those it is for; to send it again, take the file away.',
      { cause: error },
    );
  }
}

/** @throws DrError LETTER_NOT_RECORDED */
export async function writeSentRecord(path: string, record: SentRecord): Promise<void> {
  try {
    await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw new DrError(
      'LETTER_NOT_RECORDED',
      `La lettera è partita, ma "${path}" non si può scrivere. / The letter left, but that could not be written down.`,
      "Non ripetere l'invio; liberare spazio sul disco e segnare il passo come fatto. / Do not send again; make room on the disk and mark the step as done.",
      { cause: error },
    );
  }
}

/** Recognises an address without holding it; differs from run to run. */
export function fingerprint(runId: string, address: string): string {
  return createHash('sha256').update(`${runId}\n${address.toLowerCase()}`).digest('hex').slice(0, 16);
}
