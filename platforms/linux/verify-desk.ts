/** Checks of one desk: a real log-on of an office account, its share, and the services of the workstation. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { type Check, judge, runCheck } from '../../core/check.ts';
import type { Access } from '../access.ts';
import { probeBash } from '../remote.ts';
import { CANARY_NAME, canaryText } from '../samba/canary.ts';
import { RemoteHost } from '../ssh.ts';

export type ExpectedDesk = {
  id: string;
  workstation: string;
  workgroup: string;
  account: string;
  share: string;
  printer: string | undefined;
  shortcuts: number;
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
  printer: z.string(),
  shortcuts: z.number(),
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
          `${desk.printer ?? '-'}, ${desk.units.join(', ')}, ${desk.shortcuts} collegamenti / shortcuts`,
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
    ...(seen.shortcuts >= desk.shortcuts
      ? []
      : [`${seen.shortcuts} collegamenti su / shortcuts of ${desk.shortcuts}`]),
    ...(/succeeded/.test(seen.trust) ? [] : [`fiducia del computer / machine trust: ${seen.trust}`]),
  ];
}

export type DeskServices = z.infer<typeof servicesSchema> & { printerReady: boolean };

/** What a desk has besides log-on and share, as it says itself. @throws DrError REMOTE_FAILED */
export async function lookAtServices(
  host: RemoteHost,
  { printer, units }: Pick<ExpectedDesk, 'printer' | 'units'>,
): Promise<DeskServices> {
  const answer = await probeBash(host, new URL('desk-services.sh', import.meta.url), {
    parameters: { PRINTER: printer ?? '', UNITS: units.join(' ') },
  });
  const seen = servicesSchema.parse(JSON.parse(answer));
  return {
    ...seen,
    printerReady: printer === undefined || /enabled|idle|printing/.test(seen.printer),
  };
}
