/** A program of the office that carries a letter in another way than mail (an SMS gateway), or a sign of life to a watcher outside. */
import { withoutContacts } from '../core/contacts.ts';
import { DrError } from '../core/errors.ts';
import type { HookSettings } from '../inventory/notifications-schema.ts';
import { type DeliveryFailure, deliveryFailure } from './delivery.ts';
import { lastLines, tryRunWithin } from './exec.ts';
import { environmentWithoutSecrets } from './secrets.ts';

/** What the program reads on its standard input, as one JSON object. Addresses are not in it: it has its own, by name of list. */
export type HookLetter = {
  messageId: string;
  runId: string;
  step: string;
  attempt: number;
  lists: readonly string[];
  subject: string;
  text: string;
};

/** Says that a verification has ended, with whatever outcome. */
export type Heartbeat = { verificationId: string; site: string; outcome: string; endedAtUtc: string };

export type HookDelivery = { outcome: 'sent' } | DeliveryFailure;

/** Runs the program with its arguments as they are, never through a shell; status 0 means that it took the message. */
export async function callHook(
  settings: HookSettings,
  message: HookLetter | Heartbeat,
): Promise<HookDelivery> {
  const { program, args, timeoutSeconds } = settings;
  try {
    const { exitCode, stdout, stderr, timedOut } = await tryRunWithin(timeoutSeconds * 1000, program, args, {
      input: JSON.stringify(message),
      env: environmentWithoutSecrets(),
    });
    if (timedOut) return timeOut(program, timeoutSeconds);
    return exitCode === 0 ? { outcome: 'sent' } : refused(program, exitCode, stderr.trim() || stdout);
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    return notStarted(program, error);
  }
}

function timeOut(program: string, seconds: number): DeliveryFailure {
  return deliveryFailure(
    'HOOK_TIMEOUT',
    {
      it: `"${program}" non ha finito entro ${seconds} s ed è stato fermato: non si sa se il messaggio sia partito`,
      en: `it did not end within ${seconds} s and was stopped: whether the message left is not known`,
    },
    {
      it: 'Controllare il servizio; alzare "timeoutSeconds" se è solo lento.',
      en: 'Look at the service; raise "timeoutSeconds" if it is merely slow.',
    },
  );
}

function refused(program: string, exitCode: number, output: string): DeliveryFailure {
  const said = withoutContacts(lastLines(output, 5)) || '-';
  return deliveryFailure(
    'HOOK_FAILED',
    {
      it: `"${program}" è terminato con stato ${exitCode}: ${said}`,
      en: `it ended with status ${exitCode}`,
    },
    {
      it: "Provare il programma a mano con lo stesso JSON sull'ingresso.",
      en: 'Try the program by hand with the same JSON on its input.',
    },
  );
}

function notStarted(program: string, error: DrError): DeliveryFailure {
  return deliveryFailure(
    'HOOK_NOT_STARTED',
    {
      it: `"${program}" non si può avviare (${withoutContacts(lastLines(error.message, 1))})`,
      en: 'it cannot be started',
    },
    {
      it: 'Correggere "program" in inventory/local/notifications.yaml.',
      en: 'Correct "program" in inventory/local/notifications.yaml.',
    },
  );
}
