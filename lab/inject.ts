/** Deliberate damage between restore and verification, to prove that verification sees it. Only a lab can be damaged. */
import { serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Access } from '../platforms/access.ts';
import { runPython } from '../platforms/remote.ts';
import { withHost } from '../platforms/ssh.ts';
import { SHARES_ROOT } from '../scripts/serve-shares.ts';

export const injections = ['lost-ace', 'changed-byte', 'missing-share', 'stale-dns'] as const;
export type Injection = (typeof injections)[number];

/** Does the damage at Viareggio; returns what was damaged, as verification must name it. */
export async function inject(access: Access, inventory: Inventory, injection: Injection): Promise<string> {
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
        share: inventory.shares[0]?.folder ?? '',
        staleName: lost.name,
        staleAddress: lost.address,
        zone: inventory.domain.dnsDomain,
      }),
  );
  return answer.trim();
}
