/** Sends a letter by every way that the office configured, to whoever does not have it yet. */
import { utcNow } from '../../core/time.ts';
import { findingLine } from '../../inventory/findings.ts';
import { mailListNames } from '../../inventory/mail-lists.ts';
import type { NotificationsOutcome } from '../../inventory/notifications.ts';
import type { Notifications } from '../../inventory/notifications-schema.ts';
import { type DeliveryFailure, deliveryFailure } from '../../platforms/delivery.ts';
import { callHook, type HookDelivery } from '../../platforms/hook.ts';
import { type Delivery, type Recipient, sendMail } from '../../platforms/mail.ts';
import type { Letter } from './letter.ts';
import { fingerprint, type SentRecord, writeSentRecord } from './sent-record.ts';

type Sending = {
  letter: Letter;
  runId: string;
  step: string;
  attempt: number;
  notifications: NotificationsOutcome;
  secrets?: string | undefined;
  raw: Buffer;
  messageId: string;
  recordPath: string;
  /** Of an earlier attempt that reached only some. */
  record: SentRecord | undefined;
};

type SendOutcome = { outcome: 'sent'; accepted: number; messageId: string } | DeliveryFailure;

const file = 'inventory/local/notifications.yaml';

/** @throws DrError LETTER_NOT_RECORDED when it left and that could not be written down */
export async function sendLetter(sending: Sending): Promise<SendOutcome> {
  const { notifications, findings } = sending.notifications;
  if (notifications === null || (notifications.smtp === undefined && notifications.hook === undefined))
    return notConfigured(findings.map((found) => findingLine(found, 'inventory')));
  const pending = pendingRecipients(sending, notifications);
  // Side by side: the second way is there for the day on which the first does not work.
  const [mail, hook] = await Promise.all([
    byMail(sending, notifications, pending),
    byHook(sending, notifications),
  ]);
  const accepted = [
    ...(sending.record?.accepted ?? []),
    ...mail.accepted.map((index) => fingerprint(sending.runId, pending[index]?.address ?? '')),
  ];
  const failures = [mail, hook].filter((one) => one.outcome === 'failed');
  const hookDone =
    sending.record?.hook === true || (notifications.hook !== undefined && hook.outcome === 'sent');
  if (accepted.length > 0 || hookDone) {
    await writeSentRecord(sending.recordPath, {
      messageId: sending.messageId,
      sentAtUtc: utcNow(),
      complete: failures.length === 0,
      accepted,
      hook: hookDone,
    });
  }
  const failure = together(failures);
  return failure ?? { outcome: 'sent', accepted: accepted.length, messageId: sending.messageId };
}

/** One entry an address, and none for those who have the letter already. */
function pendingRecipients({ letter, runId, record }: Sending, { lists }: Notifications): Recipient[] {
  const seen = new Set(record?.accepted);
  return letter.lists.flatMap((list) =>
    lists[list].flatMap((address) => {
      const known = fingerprint(runId, address);
      if (seen.has(known)) return [];
      seen.add(known);
      return [{ list, address }];
    }),
  );
}

async function byMail(
  { letter, raw, messageId, secrets }: Sending,
  { smtp, lists }: Notifications,
  recipients: readonly Recipient[],
): Promise<Delivery> {
  if (smtp === undefined) return { outcome: 'sent', accepted: [], messageId };
  const empty = letter.lists.filter((list) => lists[list].length === 0);
  if (empty.length > 0) return { ...emptyLists(empty), accepted: [] };
  if (recipients.length === 0) return { outcome: 'sent', accepted: [], messageId };
  return await sendMail(
    { ...smtp, secrets: secrets ?? process.env['DR_SECRETS'] },
    { raw, messageId, recipients },
  );
}

async function byHook(
  { letter, messageId, runId, step, attempt, record }: Sending,
  { hook }: Notifications,
): Promise<HookDelivery> {
  if (hook === undefined || record?.hook === true) return { outcome: 'sent' };
  return await callHook(hook, { messageId, runId, step, attempt, ...letter });
}

/** Two failures are one outcome: the code of the first, the sentences of both. */
function together(failures: readonly DeliveryFailure[]): DeliveryFailure | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  return {
    outcome: 'failed',
    code: first.code,
    message: failures.map(({ message }) => message).join('\n'),
    hint: failures.map(({ hint }) => hint).join('\n'),
  };
}

function notConfigured(reasons: readonly string[]): DeliveryFailure {
  const why = reasons.length === 0 ? '' : `:\n${reasons.join('\n')}`;
  return deliveryFailure(
    'NOTIFICATIONS_MISSING',
    {
      it: 'non si sa come inviare le lettere; la bozza .eml è scritta',
      en: `how letters are sent is not known; the .eml draft is written${why}`,
    },
    {
      it: `Compilare ${file} ("smtp" o "hook", e "lists") come nel modello accanto e ripetere, o inviare la bozza a mano.`,
      en: `Fill in ${file} ("smtp" or "hook", and "lists") as the template beside it shows and repeat, or send the draft by hand.`,
    },
  );
}

function emptyLists(lists: Letter['lists']): DeliveryFailure {
  const [it, en] = (['it', 'en'] as const).map((language) =>
    lists.map((list) => `"${mailListNames[list][language]}" (${list})`).join(', '),
  );
  return deliveryFailure(
    'LIST_EMPTY',
    {
      it: `nessun indirizzo per: ${it}; la bozza .eml è scritta`,
      en: `no address for: ${en}; the .eml draft is written`,
    },
    {
      it: `Compilare "lists" in ${file} e ripetere, o inviare la bozza a mano.`,
      en: `Fill in "lists" in ${file} and repeat, or send the draft by hand.`,
    },
  );
}
