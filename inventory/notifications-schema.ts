/** The schema of `local/notifications.yaml`, and its documentation. */
import { z } from 'zod';
import type { MailList } from './mail-lists.ts';
import { textLike, words } from './schema-common.ts';

const mailAddress = textLike(
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i,
  'serve un indirizzo di posta elettronica, per esempio ufficio@example.org',
  'a mail address is needed, for example office@example.org',
);
const hostName = textLike(
  /^[a-z0-9.:-]+$/i,
  'serve il nome o indirizzo di un server',
  'the name or address of a server is needed',
);

export const smtpSchema = z
  .strictObject({
    host: hostName,
    port: z.number().int().min(1).max(65_535),
    /** tls: from the first byte (port 465); starttls: required, never given up (587); none: a relay in the office's own network, without a password. */
    security: z.enum(['tls', 'starttls', 'none']),
    /** PEM file with the certificate (or authority) to trust instead of the public authorities; relative to the folder of this file. */
    caFile: words.optional(),
    /** The name that the certificate carries, where it is not `host`. */
    serverName: hostName.optional(),
    /** Its password is the secret `smtp-password` (a file in the secrets folder, or DR_SMTP_PASSWORD). */
    user: words.optional(),
    /** The sender: an office's mailbox, not a person's. */
    from: mailAddress,
    /** Longest silence of the server that is put up with. */
    timeoutSeconds: z.number().positive().max(600).default(30),
  })
  .superRefine(({ security, user }, context) => {
    if (security !== 'none' || user === undefined) return;
    const it =
      'con "security: none" la password passerebbe in chiaro: usare tls o starttls, o togliere "user"';
    const en =
      'with "security: none" the password would travel in the clear: use tls or starttls, or drop "user"';
    context.addIssue({ code: 'custom', path: ['user'], message: en, params: { it, en } });
  });
export type SmtpSettings = z.infer<typeof smtpSchema>;

/** A program that carries a letter in another way (an SMS gateway, a messaging service). */
export const hookSchema = z.strictObject({
  program: words,
  /** Given as they are, never to a shell. No secret in them: other users of the machine can read arguments. */
  args: z.array(z.string()).default([]),
  timeoutSeconds: z.number().positive().max(600).default(60),
});
export type HookSettings = z.infer<typeof hookSchema>;

const list = z.array(mailAddress).default([]);
// Key by key for the type's sake; a list that is missing here does not compile.
const listsSchema = z.strictObject({
  committee: list,
  'council-and-board': list,
  staff: list,
  suppliers: list,
  viareggio: list,
  press: list,
  'it-office': list,
} satisfies Record<MailList, typeof list>);

export const notificationsSchema = z.strictObject({
  smtp: smtpSchema.optional(),
  hook: hookSchema.optional(),
  /** A program that tells a watcher outside that a verification has ended (docs/schedule.md). */
  heartbeat: hookSchema.optional(),
  lists: listsSchema,
});
export type Notifications = z.infer<typeof notificationsSchema>;
