/** Checks of a restored domain, seen from its controller. */
import { z } from 'zod';
import { type Check, judge, runCheck } from '../../core/check.ts';
import { programText, runPythonText } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

export type ExpectedDomain = {
  realm: string;
  dnsDomain: string;
  /** The one controller that must be left. */
  controller: { name: string; address: string };
  /** Machines of the site and their addresses. */
  hosts: readonly { name: string; address: string }[];
};

const recordSchema = z.strictObject({
  name: z.string(),
  type: z.enum(['A', 'SRV', 'CNAME', 'NS']),
  data: z.string(),
});
const answerSchema = z.strictObject({
  srv: z.record(z.string(), z.array(z.string())),
  /** All of the domain's zones; where they could not be read, why. */
  records: z.union([z.array(recordSchema), z.string()]),
  fsmo: z.array(z.string()),
  controllers: z.array(z.string()),
  policies: z.number(),
  dbcheck: z.string(),
  sysvol: z.string(),
});
type Answer = z.infer<typeof answerSchema>;

/** Five of Active Directory (MS-ADTS 3.1.1.1.11) and the two of the DNS partitions. */
const FSMO_ROLES = 7;
const SERVICE_PORTS: Record<string, number> = {
  '_ldap._tcp': 389,
  '_kerberos._tcp': 88,
  '_gc._tcp': 3268,
  '_kpasswd._tcp': 464,
};

/** Asks the controller everything at once and judges it. */
export async function verifyDomain(host: RemoteHost, expected: ExpectedDomain): Promise<Check[]> {
  const asked = askController(host, expected);
  // Each check awaits it; without this, a failure before the first await would be an unhandled rejection.
  asked.catch(() => undefined);
  const name = expected.controller.name;
  return await Promise.all([
    runCheck(
      { id: 'ad.srv-records', titleIt: 'Record SRV del dominio', titleEn: 'SRV records of the domain' },
      async () =>
        judge(
          wrongSrv(await asked, expected),
          `Tutti i record SRV indicano ${name}. / All SRV records point to it.`,
        ),
    ),
    runCheck(
      {
        id: 'ad.stale-dns',
        titleIt: 'Nessun record DNS del sito perduto',
        titleEn: 'No DNS record of the lost site',
      },
      async () =>
        judge(
          staleRecords(await asked, expected),
          'Nessun indirizzo estraneo alla sede. / No address from elsewhere.',
        ),
    ),
    runCheck({ id: 'ad.fsmo', titleIt: 'Ruoli FSMO', titleEn: 'FSMO roles' }, async () =>
      judge(wrongFsmo(await asked, name), `Tutti e ${FSMO_ROLES} i ruoli su ${name}. / All roles on it.`),
    ),
    runCheck(
      { id: 'ad.old-controllers', titleIt: 'Vecchi controller rimossi', titleEn: 'Old controllers gone' },
      async () =>
        judge(otherControllers(await asked, name), `Unico controller: ${name}. / The only controller.`),
    ),
    runCheck(
      { id: 'ad.dbcheck', titleIt: 'Base dati del dominio (dbcheck)', titleEn: 'Domain database (dbcheck)' },
      async () => {
        const { dbcheck } = await asked;
        return judge(/\(0 errors\)/.test(dbcheck) ? [] : [dbcheck], dbcheck);
      },
    ),
    runCheck(
      { id: 'ad.sysvol', titleIt: 'SYSVOL e le sue ACL', titleEn: 'SYSVOL and its ACLs' },
      async () => {
        const { sysvol, policies } = await asked;
        const wrong = [
          ...(sysvol.endsWith('OK') ? [] : [sysvol]),
          ...(policies >= 2 ? [] : [`${policies} GPT.INI`]),
        ];
        return judge(wrong, `${policies} criteri di gruppo, ACL corrette. / group policies, correct ACLs.`);
      },
    ),
  ]);
}

async function askController(host: RemoteHost, { realm, controller }: ExpectedDomain): Promise<Answer> {
  const files = ['dns_zones.py', 'verify_domain.py'].map((name) => new URL(name, import.meta.url));
  const asked = { realm, address: controller.address };
  return answerSchema.parse(JSON.parse(await runPythonText(host, await programText(...files), asked)));
}

function wrongSrv({ srv }: Answer, { controller, dnsDomain }: ExpectedDomain): string[] {
  return Object.entries(SERVICE_PORTS).flatMap(([service, port]) => {
    const wanted = `${controller.name}.${dnsDomain}:${port}`;
    const found = srv[service] ?? [];
    if (found.length === 1 && found[0]?.toLowerCase() === wanted) return [];
    return [`${service}.${dnsDomain}: ${found.join(', ') || 'nessuno / none'}; atteso / expected ${wanted}`];
  });
}

function staleRecords({ records }: Answer, expected: ExpectedDomain): string[] {
  if (typeof records === 'string') throw new Error(records);
  const addresses = new Set(expected.hosts.map(({ address }) => address));
  const names = new Set(expected.hosts.map(({ name }) => `${name}.${expected.dnsDomain}`));
  const wrong = records.filter(({ type, data }) => {
    if (type === 'A') return !addresses.has(data);
    if (type === 'SRV') return !names.has((data.split(':')[0] ?? '').toLowerCase());
    return false;
  });
  const [controller] = expected.hosts.filter(({ address }) => address === expected.controller.address);
  const apex = records.some(({ type, data }) => type === 'A' && data === controller?.address);
  return [
    ...wrong.map(({ name, type, data }) => `${name} ${type} ${data}`),
    ...(apex ? [] : [`Manca il record A di ${expected.controller.name}. / Its A record is missing.`]),
  ];
}

function wrongFsmo({ fsmo }: Answer, controller: string): string[] {
  const elsewhere = fsmo.filter((line) => line.split('=')[1]?.toLowerCase() !== controller);
  return fsmo.length === FSMO_ROLES
    ? elsewhere
    : [...elsewhere, `${fsmo.length} ruoli su ${FSMO_ROLES} / roles of`];
}

function otherControllers({ controllers }: Answer, controller: string): string[] {
  const others = controllers.filter((name) => name.toLowerCase() !== controller);
  if (others.length > 0)
    return others.map((name) => `${name} è ancora nel dominio. / is still in the domain.`);
  return controllers.length === 1 ? [] : ['Nessun controller registrato. / No controller registered.'];
}
