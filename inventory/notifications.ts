/**
 * Where the plan's letters go and how: `local/notifications.yaml` of the inventory folder, never committed. A restore must not wait
 * for a list of addresses, so whatever is wrong with it is a warning, and no address is repeated in a finding.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isMissingFile } from '../core/errors.ts';
import { type Finding, finding, type Locate, type Place } from './findings.ts';
import { issueFindings } from './issues.ts';
import { type MailList, mailListIds } from './mail-lists.ts';
import { type Notifications, notificationsSchema } from './notifications-schema.ts';
import { asPrivateWarning } from './private.ts';
import { parseYamlFile } from './yaml-file.ts';

const notificationsFile = 'local/notifications.yaml';
const top: Place = { file: notificationsFile, line: 1, column: 1 };

/** `notifications` is null when the file is absent or can't be used; the findings say why. */
export type NotificationsOutcome = { notifications: Notifications | null; findings: Finding[] };

/** Reads `<directory>/local/notifications.yaml`. */
export async function loadNotifications(directory: string): Promise<NotificationsOutcome> {
  const read = await readFile(join(directory, notificationsFile), 'utf8').then(
    (text) => ({ text }),
    (error: unknown) => ({ problem: isMissingFile(error) ? absent() : unreadable() }),
  );
  if ('problem' in read) return { notifications: null, findings: [read.problem] };
  const file = parseYamlFile(notificationsFile, read.text);
  if (file.findings.length > 0) return { notifications: null, findings: file.findings.map(asWarning) };
  const parsed = notificationsSchema.safeParse(file.data);
  if (!parsed.success) {
    const findings = issueFindings(parsed.error.issues, file.data, file.locate).map(asWarning);
    return { notifications: null, findings };
  }
  const { notifications, findings } = withoutExamples(parsed.data, file.locate);
  return {
    notifications: withAbsolutePaths(notifications, join(directory, 'local')),
    findings: [...findings, ...gapFindings(parsed.data, file.locate)],
  };
}

function asWarning(found: Finding): Finding {
  return asPrivateWarning(found, {
    it: 'questa riga non si può leggere, o la voce non è prevista',
    en: 'this line cannot be read, or its key is not known',
  });
}

function isExample(address: string): boolean {
  return /[@.]example\.(org|com|net)$/i.test(address);
}

/** The template's addresses lead nowhere: they are left out, so that nobody believes a list to be filled in. */
function withoutExamples(
  notifications: Notifications,
  locate: Locate,
): { notifications: Notifications; findings: Finding[] } {
  const findings = mailListIds.flatMap((list) =>
    notifications.lists[list].flatMap((address, index) =>
      isExample(address) ? [exampleAddress(locate(['lists', list, index]))] : [],
    ),
  );
  const lists = { ...notifications.lists };
  for (const list of mailListIds) lists[list] = lists[list].filter((address) => !isExample(address));
  return { notifications: { ...notifications, lists }, findings };
}

/** A certificate is named from the folder of the file that names it. */
function withAbsolutePaths(notifications: Notifications, folder: string): Notifications {
  const { smtp } = notifications;
  if (smtp?.caFile === undefined || isAbsolute(smtp.caFile)) return notifications;
  return { ...notifications, smtp: { ...smtp, caFile: join(folder, smtp.caFile) } };
}

function gapFindings({ smtp, hook, lists }: Notifications, locate: Locate): Finding[] {
  const empty = mailListIds.filter((list) => lists[list].length === 0);
  return [
    ...(smtp === undefined && hook === undefined ? [noWay()] : []),
    ...empty.map((list) => emptyList(list, locate(['lists', list], 'key'))),
  ];
}

function absent(): Finding {
  return finding(
    'warning',
    'NO_NOTIFICATIONS',
    top,
    {
      it: 'non si sa a chi inviare le lettere del piano (file assente): verranno solo scritte',
      en: "where the plan's letters go is not known (no file): they will only be written",
    },
    {
      it: 'Copiare local/notifications.template.yaml in local/notifications.yaml e compilarlo.',
      en: 'Copy local/notifications.template.yaml to local/notifications.yaml and fill it in.',
    },
  );
}

function unreadable(): Finding {
  return finding(
    'warning',
    'FILE_UNREADABLE',
    top,
    { it: 'il file non si può leggere', en: 'the file cannot be read' },
    { it: 'Controllarne i permessi.', en: 'Look at its permissions.' },
  );
}

function noWay(): Finding {
  return finding(
    'warning',
    'NO_NOTIFICATIONS',
    top,
    {
      it: 'mancano sia "smtp" sia "hook": le lettere verranno solo scritte',
      en: 'neither "smtp" nor "hook" is there: letters will only be written',
    },
    { it: 'Compilare almeno una delle due voci.', en: 'Fill in at least one of the two.' },
  );
}

function emptyList(list: MailList, place: Place): Finding {
  return finding(
    'warning',
    'EMPTY_LIST',
    place,
    { it: `l'elenco "${list}" è vuoto o assente`, en: `list "${list}" is empty or not there` },
    { it: 'Aggiungere almeno un indirizzo.', en: 'Add at least one address.' },
  );
}

function exampleAddress(place: Place): Finding {
  return finding(
    'warning',
    'EXAMPLE_ADDRESS',
    place,
    {
      it: "è ancora l'indirizzo di esempio del modello: non riceverà nulla",
      en: "still the template's example address: it will receive nothing",
    },
    { it: "Sostituirlo con l'indirizzo vero.", en: 'Put the real address there.' },
  );
}
