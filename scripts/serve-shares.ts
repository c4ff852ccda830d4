/** Makes a file server: member of the domain, every share of the inventory answered. */
import { hostByName, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { placeCanaries } from '../platforms/samba/canary.ts';
import { applyShareAcls, serveShares } from '../platforms/samba/file-server.ts';
import type { DomainMembership } from '../platforms/samba/member.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/** Shares lie here on every file server; the data disk is mounted at /srv. */
export const SHARES_ROOT = '/srv/shares';

/** Joins `host` to the domain of its site and serves the shares; `stampAcls` gives them the declared ACLs (a new server only: a restored one has its own). */
export async function serveSharesOn(
  context: ScriptContext,
  hostName: string,
  stampAcls: boolean,
): Promise<{ changed: boolean }> {
  const { inventory } = context;
  const membership = await membershipAt(context, hostByName(inventory, hostName).site);
  const shares = inventory.shares.map((share) => ({
    name: share.name,
    path: `${SHARES_ROOT}/${share.folder}`,
  }));
  return await withHost(context.access, hostName, async (host) => {
    const served = await serveShares(host, membership, shares, context.progress);
    if (!stampAcls) return served;
    context.progress('ACL delle cartelle / ACLs of the folders');
    await placeCanaries(host, SHARES_ROOT, inventory.shares);
    const stamped = await applyShareAcls(host, shareAcls(inventory));
    return { changed: served.changed || stamped.changed };
  });
}

/** What a host at `site` needs to join the domain there. */
export async function membershipAt(context: ScriptContext, site: string): Promise<DomainMembership> {
  const { domain } = context.inventory;
  return {
    realm: domain.realm,
    workgroup: domain.netbiosName,
    controllerAddress: serverAt(context.inventory, site, 'domain-controller').address,
    administratorPassword: await context.secret('domain-administrator'),
  };
}

function shareAcls(inventory: Inventory): Parameters<typeof applyShareAcls>[1] {
  return {
    root: SHARES_ROOT,
    workgroup: inventory.domain.netbiosName,
    shares: inventory.shares.map(({ folder, acl, folders }) => ({ folder, acl, folders })),
  };
}

if (import.meta.main) {
  await runScript(
    "Fa di una macchina il file server del dominio. / Makes a host the domain's file server.",
    {
      host: { type: 'string', required: true, help: 'file server' },
      'stamp-acls': {
        type: 'boolean',
        help: "ACL dichiarate nell'inventario / ACLs declared in the inventory",
      },
    },
    async (context, { host, 'stamp-acls': stampAcls }) => await serveSharesOn(context, host, stampAcls),
  );
}
