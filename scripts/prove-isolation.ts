/** Proves, from the machines of a site, that no server of another site answers: two sites must never serve the same domain. */
import { DrError } from '../core/errors.ts';
import { serverAt, siteById } from '../inventory/lookup.ts';
import { type RemoteHost, withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/** Doors that a domain controller or file server answers at: DNS, Kerberos, LDAP, SMB, SSH. */
const PORTS = [53, 88, 389, 445, 22];
const WAIT_SECONDS = 0.7;

/**
 * Looks from both servers of `site` at every server elsewhere.
 * @throws DrError OTHER_SITE_ALIVE naming who answered
 */
export async function proveIsolation(
  context: ScriptContext,
  site: string,
): Promise<{ changed: false; silent: string[] }> {
  const { inventory } = context;
  const others = inventory.hosts.filter(
    (host) => host.site !== siteById(inventory, site).id && host.kind !== 'workstation',
  );
  const vantagePoints = [
    serverAt(inventory, site, 'domain-controller'),
    serverAt(inventory, site, 'file-server'),
  ];
  const answers = await Promise.all(
    vantagePoints.map(({ name }) =>
      withHost(
        context.access,
        name,
        async (host) =>
          await answering(
            host,
            others.map(({ address }) => address),
          ),
      ),
    ),
  );
  const alive = others.filter(({ address }) => answers.flat().includes(address));
  if (alive.length === 0) return { changed: false, silent: others.map(({ name }) => name) };
  throw new DrError(
    'OTHER_SITE_ALIVE',
    `Rispondono ancora: ${alive.map(({ name, address }) => `${name} (${address})`).join(', ')}. Due sedi non devono servire lo stesso dominio. / They still answer: two sites must never serve the same domain.`,
    'Spegnere quei server o staccare la linea fra le sedi, poi ripetere. / Power those servers off or unplug the line between the sites, then run again.',
  );
}

/** The addresses of which any port (or ping) answers. */
async function answering(host: RemoteHost, addresses: readonly string[]): Promise<string[]> {
  const probes = addresses.flatMap((address) => [
    `(ping -c1 -W${WAIT_SECONDS} ${address} >/dev/null 2>&1 && echo ${address}) &`,
    ...PORTS.map(
      (port) =>
        `(timeout ${WAIT_SECONDS} bash -c ': </dev/tcp/${address}/${port}' 2>/dev/null && echo ${address}) &`,
    ),
  ]);
  const answer = await host.bash(`${probes.join('\n')}\nwait`);
  return [...new Set(answer.split('\n').filter(Boolean))];
}

if (import.meta.main) {
  await runScript(
    "Prova che i server dell'altra sede tacciono. / Proves that the other site's servers are silent.",
    { site: { type: 'string', required: true, help: 'sede da cui guardare / site to look from' } },
    async (context, { site }) => await proveIsolation(context, site),
  );
}
