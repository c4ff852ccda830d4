/**
 * What a mail server or the way to it did wrong, in words. Servers like to repeat addresses in their answers, so only the
 * status of an answer is kept.
 */
import type { NodemailerError } from 'nodemailer';
import type { DrError } from '../core/errors.ts';
import { type MailList, mailListNames } from '../inventory/mail-lists.ts';
import type { SmtpSettings } from '../inventory/notifications-schema.ts';
import { type DeliveryFailure, deliveryFailure } from './delivery.ts';
import * as sentences from './mail-sentences.ts';
import { type Kind, notificationsFile } from './mail-sentences.ts';

/** `error` is what nodemailer threw. */
export function mailFailure(error: unknown, { host, port }: SmtpSettings): DeliveryFailure {
  const { code, says, hint } = kindOf(asMailError(error));
  const status = statusOf(asMailError(error));
  const where = `${host}:${port}${status === '' ? '' : ` (${status})`}`;
  return deliveryFailure(code, { it: `${where}: ${says.it}`, en: says.en }, hint);
}

/** Some recipients were taken and some not: names the lists, never the addresses. */
export function partlyRefused(
  recipients: readonly { list: MailList }[],
  accepted: readonly number[],
): DeliveryFailure {
  const refused = recipients.filter((_, index) => !accepted.includes(index)).map(({ list }) => list);
  const per = [...new Set(refused)].map((list) => {
    const [missed, all] = [refused, recipients.map((one) => one.list)].map(
      (lists) => lists.filter((one) => one === list).length,
    );
    return { missed, all, id: list, ...mailListNames[list] };
  });
  return deliveryFailure(
    'MAIL_PARTLY_REFUSED',
    {
      it: `la lettera è partita, ma il server ha rifiutato: ${per.map((one) => `${one.missed} di ${one.all} in "${one.it}" (${one.id})`).join('; ')}`,
      en: `the letter left, but the server refused ${per.map((one) => `${one.missed} of ${one.all} in "${one.en}"`).join('; ')}`,
    },
    {
      it: `Correggere gli indirizzi in ${notificationsFile} e ripetere: chi l'ha ricevuta non la riceverà due volte.`,
      en: `Correct the addresses in ${notificationsFile} and repeat: nobody who got it will get it twice.`,
    },
  );
}

export function secretFailure({ code, message, hint }: DrError): DeliveryFailure {
  return { outcome: 'failed', code, message, hint };
}

export function certificateFileFailure(): DeliveryFailure {
  return deliveryFailure(
    'MAIL_CERTIFICATE_FILE',
    {
      it: 'il file di "smtp.caFile" non si legge, o non contiene un certificato PEM',
      en: 'the file of "smtp.caFile" cannot be read, or holds no PEM certificate',
    },
    { it: `Correggerlo in ${notificationsFile}.`, en: `Correct it in ${notificationsFile}.` },
  );
}

function asMailError(error: unknown): NodemailerError {
  return error instanceof Error ? error : new Error(String(error));
}

/** `550 5.1.1` of an answer, and nothing of its text. */
function statusOf({ response, responseCode, originalCode }: NodemailerError): string {
  const answer = /^(\d{3})[ -](\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? '');
  if (answer !== null) return answer[0].replace('-', ' ').trim();
  return String(responseCode ?? originalCode ?? '');
}

function kindOf(error: NodemailerError): Kind {
  switch (error.code ?? '') {
    case 'ESOCKET':
      return socketKind(error.originalCode ?? '');
    case 'ETLS':
      return isCertificateCode(error.originalCode ?? '') ? sentences.certificate : sentences.noTls;
    case 'EDNS':
      return sentences.hostUnknown;
    case 'ETIMEDOUT':
    case 'EABORT':
      return error.timeoutType === undefined || error.timeoutType === 'SOCKET_TIMEOUT'
        ? sentences.silent
        : sentences.noAnswer;
    case 'EAUTH':
    case 'ENOAUTH':
      return sentences.logOn;
    case 'EENVELOPE':
      if (error.command === 'RCPT TO') return sentences.allRefused;
      if (error.command === 'DATA') return sentences.messageRefused;
      return error.responseCode === 530 ? sentences.logOn : sentences.senderRefused;
    case 'EMESSAGE':
      return sentences.messageRefused;
    case 'ECONNECTION':
      return error.responseCode === undefined ? sentences.lost : sentences.turnedAway;
    case 'EPROTOCOL':
      return error.responseCode === undefined ? sentences.noMailServer : sentences.turnedAway;
    default:
      return sentences.other;
  }
}

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/.test(code);
}

function socketKind(system: string): Kind {
  if (system === 'ECONNREFUSED') return sentences.nobodyListens;
  if (system === 'ETIMEDOUT') return sentences.noAnswer;
  if (system === 'ECONNRESET' || system === 'EPIPE') return sentences.lost;
  if (isCertificateCode(system)) return sentences.certificate;
  if (/SSL|TLS|EPROTO/.test(system)) return sentences.noTls;
  return sentences.unreachable;
}
