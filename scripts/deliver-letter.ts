/** Delivers one letter of a run: always as a draft in the run's folder, and by mail and hook where it is to be sent. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';
import { mailListNames } from '../inventory/mail-lists.ts';
import type { NotificationsOutcome } from '../inventory/notifications.ts';
import { type DeliveryFailure, deliveryFailure } from '../platforms/delivery.ts';
import { composeMail, messageIdFor } from '../platforms/mail.ts';
import { isDrillLetter, type Letter } from './letters/letter.ts';
import { sendLetter } from './letters/send-letter.ts';
import { readSentRecord } from './letters/sent-record.ts';

export type LetterRequest = {
  letter: Letter;
  runDirectory: string;
  /** Names the draft: `letters/<step>.eml`. */
  step: string;
  attempt: number;
  runId: string;
  /** write: nothing but the draft, whatever the settings; send: also by every way that is configured. */
  mode: 'write' | 'send';
  notifications: NotificationsOutcome;
  /** Folder with `smtp-password`; else DR_SECRETS. */
  secrets?: string | undefined;
};

/** `draft` is the path of the .eml file, null when it could not be written. */
export type LetterOutcome =
  | { outcome: 'written'; draft: string }
  /** `accepted`: how many mail recipients have it, those of earlier attempts included. */
  | { outcome: 'sent'; draft: string; accepted: number; messageId: string }
  /** It left in an earlier call; nothing was done. */
  | { outcome: 'unchanged'; draft: string; messageId: string; sentAtUtc: string }
  | (DeliveryFailure & { draft: string | null });

/** Where nobody filled in a sender yet. */
const noSender = 'mittente-da-compilare@example.invalid';

/**
 * Whatever goes wrong with the delivery is in the outcome.
 * @throws DrError LETTER_STEP when `step` can't be a file's name
 */
export async function deliverLetter(request: LetterRequest): Promise<LetterOutcome> {
  const { letter, step, runId, attempt, mode, notifications } = request;
  if (!/^[a-z0-9][a-z0-9.-]*$/i.test(step)) throw badStep(step);
  const folder = join(request.runDirectory, 'letters');
  const draft = join(folder, `${step}.eml`);
  const recordPath = join(folder, `${step}.sent.json`);
  const from = notifications.notifications?.smtp?.from ?? noSender;
  const messageId = messageIdFor(runId, step, attempt, from);
  let written: string | null = null;
  try {
    const record = await readSentRecord(recordPath);
    // The draft of a letter that left stays as it left.
    if (record?.complete === true)
      return { outcome: 'unchanged', draft, messageId: record.messageId, sentAtUtc: record.sentAtUtc };
    const raw = await composeMail({
      messageId,
      from,
      fromName: 'Camera di Commercio di Lucca',
      to: letter.lists.map((list) => mailListNames[list].it),
      subject: letter.subject,
      text: letter.text,
    });
    await writeDraft(folder, draft, raw);
    written = draft;
    if (mode === 'write') return { outcome: 'written', draft };
    if (isDrillLetter(letter)) return { ...drillNotSent(), draft };
    return { ...(await sendLetter({ ...request, raw, messageId, recordPath, record })), draft };
  } catch (error) {
    return { outcome: 'failed', ...toErrorRecord(error), draft: written };
  }
}

async function writeDraft(folder: string, draft: string, raw: Buffer): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(draft, raw);
  } catch (error) {
    throw new DrError(
      'LETTER_NOT_WRITTEN',
      `La bozza "${draft}" non si può scrivere: nulla è stato inviato. / The draft cannot be written: nothing was sent.`,
      'Controllare spazio e permessi della cartella. / Look at the space and the permissions of the folder.',
      { cause: error },
    );
  }
}

/** The last fence: whoever asks for it, an exercise must not alarm anybody. */
function drillNotSent(): DeliveryFailure {
  return deliveryFailure(
    'LETTER_OF_DRILL',
    { it: "la lettera di un'esercitazione non si invia", en: "an exercise's letter is not sent" },
    { it: 'La bozza è nella cartella della prova.', en: "The draft is in the run's folder." },
  );
}

function badStep(step: string): DrError {
  return new DrError(
    'LETTER_STEP',
    `"${step}" non può dare il nome a una bozza. / It cannot name a draft.`,
    'Usare lettere, cifre, punti e trattini. / Use letters, digits, dots and hyphens.',
  );
}
