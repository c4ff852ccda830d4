/** Lucca's domain as the inventory declares it: first controller, groups, accounts. */
import { hostByName } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { applyDirectory, type DirectorySpec, provisionDomain } from '../platforms/samba/domain.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/** Creates the domain on `controller`; done already, it changes nothing. */
export async function provisionDomainOn(
  context: ScriptContext,
  controller: string,
): Promise<{ changed: boolean }> {
  const { domain } = context.inventory;
  const { address } = hostByName(context.inventory, controller);
  const administratorPassword = await context.secret('domain-administrator');
  const password = await context.secret('test-account');
  return await withHost(context.access, controller, async (host) => {
    const created = await provisionDomain(host, {
      realm: domain.realm,
      workgroup: domain.netbiosName,
      address,
      administratorPassword,
      onProgress: context.progress,
    });
    const filled = await applyDirectory(host, { ...directoryOf(context.inventory), password });
    return { changed: created.changed || filled.changed };
  });
}

function directoryOf(inventory: Inventory): Omit<DirectorySpec, 'password'> {
  return {
    groups: [
      ...inventory.offices.map((office) => ({ name: office.group, members: [] })),
      ...inventory.groups.map((group) => ({ name: group.name, members: group.members })),
    ],
    accounts: inventory.offices.flatMap((office) =>
      office.accounts.map((name) => ({ name, description: office.name, groups: [office.group] })),
    ),
  };
}

if (import.meta.main) {
  await runScript(
    'Crea il dominio di Lucca, con gruppi e account degli uffici. / Creates the domain of Lucca with its offices.',
    { controller: { type: 'string', required: true, help: 'controller di dominio / domain controller' } },
    async (context, { controller }) => await provisionDomainOn(context, controller),
  );
}
