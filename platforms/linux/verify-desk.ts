/** Checks of one desk: a real log-on of an office account, its share, and the services of the workstation. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { type Check, judge, runCheck } from '../../core/check.ts';
import type { Access } from '../access.ts';
import { probeBash } from '../remote.ts';
import { CANARY_NAME, canaryText } from '../samba/canary.ts';
import { RemoteHost } from '../ssh.ts';

export type Shortcut = { name: string; url: string };
export type ExpectedDesk = {
  id: string;
  workstation: string;
  workgroup: string;
  account: string;
  share: string;
  printer: { name: string; uri: string } | undefined;
  shortcuts: readonly Shortcut[];
  /** systemd units that must be active. */
  units: readonly string[];
};

const logonSchema = z.strictObject({
  user: z.string(),
  ticket: z.string(),
  canary: z.string(),
  listing: z.string(),
});
const servicesSchema = z.strictObject({
  inactive: z.array(z.string()),
  /** What CUPS says of it, and where it sends what is printed. */
  printer: z.string(),
  printerUri: z.string(),
  shortcuts: z.array(z.strictObject({ name: z.string(), url: z.string() })),
  trust: z.string(),
});

/** Logs on with the account's password through PAM, as a person at the desk does, and looks around. */
export async function verifyDesk(access: Access, desk: ExpectedDesk, password: string): Promise<Check[]> {
  return await Promise.all([
    verifyLogon(access, desk, password),
    runCheck(
      {
        id: `desk.services.${desk.id}`,
        titleIt: `Stampante, carte, collegamenti, ${desk.id}`,
        titleEn: `Printer, smart cards, shortcuts, ${desk.id}`,
      },
      async () =>
        judge(
          await wrongServices(access, desk),
          `${desk.printer?.name ?? '-'}, ${desk.units.join(', ')}, ${desk.shortcuts.length} collegamenti / shortcuts`,
        ),
    ),
  ]);
}

/** The log-on and the share alone. */
export async function verifyLogon(access: Access, desk: ExpectedDesk, password: string): Promise<Check> {
  return await runCheck(
    {
      id: logonCheck(desk.id),
      titleIt: `Accesso e cartella d'ufficio, ${desk.id}`,
      titleEn: `Log-on and office share, ${desk.id}`,
    },
    async () =>
      judge(
        await wrongLogon(access, desk, password),
        `${desk.account} su/on ${desk.workstation}: ${desk.share}`,
      ),
  );
}

/** The id of a desk's check of log-on and share. */
export function logonCheck(desk: string): string {
  return `desk.logon.${desk}`;
}

async function wrongLogon(access: Access, desk: ExpectedDesk, password: string): Promise<string[]> {
  await using host = await RemoteHost.connect(access, desk.workstation);
  const answer = await probeBash(host, new URL('desk-logon.sh', import.meta.url), {
    parameters: { ACCOUNT: `${desk.workgroup}\\${desk.account}`, SHARE: desk.share, CANARY: CANARY_NAME },
    secret: password,
  });
  const line = answer.trim().split('\n').at(-1) ?? '';
  const seen = logonSchema.parse(JSON.parse(line));
  const read = Buffer.from(seen.canary, 'base64').toString('utf8');
  return [
    ...(seen.ticket.startsWith(`${desk.account}@`)
      ? []
      : ["Nessun biglietto Kerberos dopo l'accesso. / No Kerberos ticket after log-on."]),
    ...(read === canaryText(desk.share)
      ? []
      : [`${desk.share}/${CANARY_NAME} non si legge intero / does not read whole: ${seen.listing}`]),
  ];
}

async function wrongServices(access: Access, desk: ExpectedDesk): Promise<string[]> {
  await using host = await RemoteHost.connect(access, desk.workstation);
  const seen = await lookAtServices(host, desk);
  return [
    ...seen.inactive.map((unit) => `${unit} non è attivo / is not active`),
    ...(seen.printerReady ? [] : [`stampante / printer: ${seen.printer}`]),
    ...wrongShortcuts(seen.shortcuts, desk.shortcuts),
    ...(/succeeded/.test(seen.trust) ? [] : [`fiducia del computer / machine trust: ${seen.trust}`]),
  ];
}

/** By name and by where they lead: one that leads elsewhere is no use, and one too many leads astray. */
function wrongShortcuts(seen: readonly Shortcut[], wanted: readonly Shortcut[]): string[] {
  const urlIn = (list: readonly Shortcut[], name: string): string | undefined =>
    list.find((one) => one.name === name)?.url;
  const names = [...new Set([...wanted, ...seen].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [found, expected] = [urlIn(seen, name), urlIn(wanted, name)];
    if (found === expected) return [];
    const none = 'nessuno / none';
    return [`collegamento / shortcut "${name}": ${found ?? none}; atteso / expected ${expected ?? none}`];
  });
}

/** The lines of desk-services.sh, by their first word. */
function readServices(answer: string): Record<string, unknown> {
  const lines = Map.groupBy(answer.split('\n'), (line) => line.split('\t', 1)[0]);
  const textsOf = (word: string): string[] =>
    (lines.get(word) ?? []).map((line) => line.slice(word.length + 1));
  return {
    inactive: textsOf('inactive'),
    printer: textsOf('printer')[0],
    printerUri: textsOf('printerUri')[0],
    trust: textsOf('trust')[0]?.trim(),
    shortcuts: textsOf('shortcut').map((line) => {
      const [name = '', url = ''] = line.split('\t');
      return { name, url };
    }),
  };
}

export type DeskServices = z.infer<typeof servicesSchema> & { printerReady: boolean };

/** What a desk has besides log-on and share, as it says itself. @throws DrError REMOTE_FAILED */
export async function lookAtServices(
  host: RemoteHost,
  { printer, units }: Pick<ExpectedDesk, 'printer' | 'units'>,
): Promise<DeskServices> {
  const answer = await probeBash(host, new URL('desk-services.sh', import.meta.url), {
    parameters: { PRINTER: printer?.name ?? '', UNITS: units.join(' ') },
  });
  const seen = servicesSchema.parse(readServices(answer));
  if (printer === undefined) return { ...seen, printerReady: true };
  if (!/enabled|idle|printing/.test(seen.printer)) return { ...seen, printerReady: false };
  if (seen.printerUri === printer.uri) return { ...seen, printerReady: true };
  const elsewhere = `${printer.name}: ${seen.printerUri || '-'}; atteso / expected ${printer.uri}`;
  return { ...seen, printer: elsewhere, printerReady: false };
}
