/** Deliberate damage between restore and verification, to prove that verification sees it. Only a lab can be damaged. */
import { DrError } from '../core/errors.ts';
import { applicationServerAt, applicationsAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Access } from '../platforms/access.ts';
import { loseRow } from '../platforms/application/application.ts';
import { runPython } from '../platforms/remote.ts';
import { withHost } from '../platforms/ssh.ts';
import { SHARES_ROOT } from '../scripts/serve-shares.ts';
import type { Lab } from './lab.ts';

export const injections = [
  'lost-ace',
  'changed-byte',
  'missing-share',
  'stale-dns',
  'lost-row',
  'expired-certificate',
] as const;
export type Injection = (typeof injections)[number];

/** Does the damage at Viareggio; returns what was damaged, as verification must name it. */
export async function inject(
  lab: Lab,
  access: Access,
  inventory: Inventory,
  injection: Injection,
): Promise<string> {
  if (injection === 'expired-certificate') return await expireCertificate(lab, inventory);
  if (injection === 'lost-row') return await lostRow(access, inventory);
  const onController = injection === 'stale-dns';
  const host = serverAt(inventory, 'viareggio', onController ? 'domain-controller' : 'file-server').name;
  const lost = serverAt(inventory, 'lucca', 'file-server');
  const answer = await withHost(
    access,
    host,
    async (remote) =>
      await runPython(remote, new URL('inject.py', import.meta.url), {
        injection,
        root: SHARES_ROOT,
        // One that is missing hides no other damage.
        share: inventory.shares[injection === 'missing-share' ? 1 : 0]?.folder ?? '',
        staleName: lost.name,
        staleAddress: lost.address,
        zone: inventory.domain.dnsDomain,
      }),
  );
  return answer.trim();
}

/** Of the first application. @throws DrError INVENTORY_LOOKUP where the site has none */
async function lostRow(access: Access, inventory: Inventory): Promise<string> {
  const server = applicationServerAt(inventory, 'viareggio');
  const [application] = applicationsAt(inventory, 'viareggio');
  if (server === undefined || application === undefined) {
    throw new DrError(
      'INVENTORY_LOOKUP',
      "Viareggio non ha applicazioni: non c'è una riga da togliere. / Viareggio has no applications: there is no row to take.",
      'Scegliere un altro danno. / Choose another damage.',
    );
  }
  const table = await withHost(access, server.name, async (host) => await loseRow(host, application));
  return `${application.id}: ${table}`;
}

/** Of the first supplier that the inventory names. */
async function expireCertificate(lab: Lab, { endpoints }: Inventory): Promise<string> {
  const host = new URL(endpoints[0]?.url ?? '').hostname;
  await lab.breakSupplier({ kind: 'expired', host });
  return host;
}
