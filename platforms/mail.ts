/** The only door to nodemailer (loaded when it is needed): writes a letter as RFC 5322 has it, and hands it to a mail server (SMTP). */
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SMTPTransportOptions } from 'nodemailer';
import { DrError } from '../core/errors.ts';
import type { MailList } from '../inventory/mail-lists.ts';
import type { SmtpSettings } from '../inventory/notifications-schema.ts';
import type { DeliveryFailure } from './delivery.ts';
import { certificateFileFailure, mailFailure, partlyRefused, secretFailure } from './mail-failures.ts';
import { readSecret } from './secrets.ts';

export type MailContent = {
  messageId: string;
  /** An office's mailbox. */
  from: string;
  fromName: string;
  /** Names of lists, of letters and spaces: the header shows these only, so that nobody learns the others' addresses. */
  to: readonly string[];
  subject: string;
  text: string;
};

export type Recipient = { list: MailList; address: string };

/** A message as it stands in the draft, and who gets it. */
export type OutgoingMail = { raw: Buffer; messageId: string; recipients: readonly Recipient[] };

/** `secrets` is the folder with the file `smtp-password`, where the server wants a user. */
export type MailSettings = SmtpSettings & { secrets?: string | undefined };

/** `accepted` are indices of the recipients that the server took: also a failure may have some (a part of them was refused). */
export type Delivery =
  | { outcome: 'sent'; accepted: number[]; messageId: string }
  | (DeliveryFailure & { accepted: number[] });

/** The same for the same attempt of a step, so that a repeated sending can be recognised by whoever gets it twice. */
export function messageIdFor(runId: string, step: string, attempt: number, from: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([runId, step, attempt]))
    .digest('hex');
  return `<dr-${digest.slice(0, 32)}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** The message as bytes, with CRLF line ends: what is shown as a draft is what leaves. */
export async function composeMail(content: MailContent): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    messageId: content.messageId,
    from: { name: content.fromName, address: content.from },
    // An empty group of that name (RFC 5322, 3.4). As an object the library would drop it.
    to: content.to.map((name) => `${name}:;`),
    subject: content.subject,
    text: content.text,
    // Keeps absence notes from being sent back.
    headers: { 'Auto-Submitted': 'auto-generated' },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

/** Sends to every recipient in one transaction. Never throws for what a server, the network or the settings do. */
export async function sendMail(settings: MailSettings, mail: OutgoingMail): Promise<Delivery> {
  const options = await transportOptions(settings);
  if ('outcome' in options) return { ...options, accepted: [] };
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options);
  try {
    const { rejected } = await transport.sendMail({
      envelope: { from: settings.from, to: mail.recipients.map(({ address }) => address) },
      raw: mail.raw,
      // The others are limits of silence: a server that answers a byte a minute would pass them.
      signal: AbortSignal.timeout(settings.timeoutSeconds * 4000),
    });
    const accepted = mail.recipients.flatMap(({ address }, index) =>
      rejected.some((one) => one.toLowerCase() === address.toLowerCase()) ? [] : [index],
    );
    if (accepted.length === mail.recipients.length)
      return { outcome: 'sent', accepted, messageId: mail.messageId };
    return { ...partlyRefused(mail.recipients, accepted), accepted };
  } catch (error) {
    return { ...mailFailure(error, settings), accepted: [] };
  } finally {
    transport.close();
  }
}

async function transportOptions(settings: MailSettings): Promise<SMTPTransportOptions | DeliveryFailure> {
  const { host, port, security, user, caFile, serverName } = settings;
  const silenceMs = settings.timeoutSeconds * 1000;
  try {
    const ca = caFile === undefined ? undefined : await readCertificate(caFile);
    const password = user === undefined ? undefined : await readSecret('smtp-password', settings.secrets);
    return {
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { minVersion: 'TLSv1.2', ...(ca && { ca }), ...(serverName && { servername: serverName }) },
      // A server that offers no log-on must not get the letter without one.
      ...(user !== undefined && { auth: { user, pass: password }, forceAuth: true }),
      dnsTimeout: silenceMs,
      connectionTimeout: silenceMs,
      greetingTimeout: silenceMs,
      socketTimeout: silenceMs,
      socketCloseTimeout: Math.min(silenceMs, 2000),
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  } catch (error) {
    return error instanceof DrError ? secretFailure(error) : certificateFileFailure();
  }
}

/** The TLS library takes any file, and then trusts nobody without saying why. @throws when it holds no certificate */
async function readCertificate(path: string): Promise<Buffer> {
  const pem = await readFile(path);
  void new X509Certificate(pem);
  return pem;
}
