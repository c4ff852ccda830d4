/** Looks from several vantage points of one site at the servers of the others: the eyes of the safety interlock. */
import { desksAt, serverAt, siteById, workstationsAt } from '../inventory/lookup.ts';
import type { Host, Inventory } from '../inventory/schema.ts';
import {
  type Answer,
  type Look,
  lookFromHost,
  lookFromLaptop,
  type Question,
  type Sign,
  signs,
} from '../platforms/network/vantage.ts';
import type { ScriptContext } from './context.ts';

/** Doors at which a domain controller or file server answers for its domain. */
const SERVICES = { dns: 53, kerberos: 88, ldap: 389, smb: 445 } satisfies Partial<Record<Sign, number>>;
/** A second question goes out after one second (TCP's own), so that one lost packet does not look like silence. */
const WAIT_SECONDS = 2;

export type Sight = {
  looks: Look[];
  /** The servers that were looked for. */
  targets: string[];
};

/**
 * Looks from both servers of `site`, a workstation there and the operator's laptop, all at the same time.
 * `presence`: a machine that is on counts as an answer even when it serves nothing. `wayThere`: a router or workstation elsewhere that is
 * reached counts too, for then a way leads there, though its servers are silent. `targets`: other servers than those elsewhere.
 */
export async function lookAcross(
  context: ScriptContext,
  site: string,
  options: { presence: boolean; wayThere?: boolean; targets?: readonly Host[] },
): Promise<Sight> {
  const { inventory, access } = context;
  const { presence, wayThere = false, targets = serversElsewhere(inventory, site) } = options;
  const vantagePoints = hostsToLookFrom(inventory, site);
  const question: Question = {
    gateway: siteById(inventory, site).network.gateway,
    neighbours: vantagePoints.map(({ address }) => address),
    targets: targets.map(({ name, address }) => ({ name, address })),
    landmarks: wayThere ? landmarksElsewhere(inventory, site) : [],
    ports: presence ? { ...SERVICES, ssh: 22 } : SERVICES,
    presence,
    dnsDomain: inventory.domain.dnsDomain,
    waitSeconds: WAIT_SECONDS,
  };
  const fromHosts = vantagePoints.map(async ({ name, address }) => {
    const neighbours = question.neighbours.filter((other) => other !== address);
    return await lookFromHost(access, name, { ...question, neighbours });
  });
  const looks = await Promise.all([...fromHosts, lookFromLaptop(access, question)]);
  return { looks, targets: targets.map(({ name }) => name) };
}

export function serversElsewhere(inventory: Inventory, site: string): Host[] {
  const { id } = siteById(inventory, site);
  return inventory.hosts.filter((host) => host.site !== id && host.kind !== 'workstation');
}

/** What is not a server and answers only where a way leads to its network: the router there, and workstations that are on. */
function landmarksElsewhere(inventory: Inventory, site: string): { name: string; address: string }[] {
  const { id } = siteById(inventory, site);
  const routers = inventory.sites
    .filter((other) => other.id !== id)
    .map((other) => ({ name: `router-${other.id}`, address: other.network.gateway }));
  const workstations = inventory.hosts.filter((host) => host.site !== id && host.kind === 'workstation');
  return [...routers, ...workstations.map(({ name, address }) => ({ name, address }))];
}

function hostsToLookFrom(inventory: Inventory, site: string): Host[] {
  const seats = desksAt(inventory, site).map(({ workstation }) => workstation);
  const workstations = workstationsAt(inventory, site);
  const workstation = workstations.find(({ name }) => name === seats[0]) ?? workstations[0];
  return [
    serverAt(inventory, site, 'domain-controller'),
    serverAt(inventory, site, 'file-server'),
    ...(workstation === undefined ? [] : [workstation]),
  ];
}

/** Who answered, at which service, seen from where. */
export type Finding = Answer & { from: string[] };

/** The answers of all vantage points, each once. */
export function findingsOf({ looks }: Sight): Finding[] {
  const found = new Map<string, Finding>();
  for (const look of looks) {
    for (const answer of look.looked ? look.answers : []) {
      const key = `${answer.host} ${answer.service}`;
      const known = found.get(key) ?? { ...answer, from: [] };
      found.set(key, { ...known, from: [...known.from, look.from] });
    }
  }
  const order = (finding: Finding): number => signs.indexOf(finding.service);
  return [...found.values()].toSorted((a, b) => a.host.localeCompare(b.host) || order(a) - order(b));
}

const signNames: Record<Sign, string> = {
  dns: 'DNS',
  srv: 'DNS (record SRV)',
  kerberos: 'Kerberos',
  ldap: 'LDAP',
  smb: 'SMB',
  ssh: 'SSH',
  ping: 'ping',
  refusal: 'è accesa, respinge / is on, refuses',
  way: 'si raggiunge / is reached',
};

/** One sentence part for each machine: `lu-dc1: LDAP, ping (da / from vi-dc1, laptop)`. */
export function describeFindings(findings: readonly Finding[]): string {
  const hosts = [...new Set(findings.map(({ host }) => host))];
  return hosts
    .map((host) => {
      const about = findings.filter((finding) => finding.host === host);
      const services = about.map(({ service }) => signNames[service]).join(', ');
      return `${host}: ${services} (da / from ${[...new Set(about.flatMap(({ from }) => from))].join(', ')})`;
    })
    .join('; ');
}

/** The vantage points that could not look, each with its reason. */
export function describeBlind(looks: readonly Look[]): string {
  return looks.flatMap((look) => (look.looked ? [] : [`${look.from}: ${look.reason}`])).join('; ');
}
