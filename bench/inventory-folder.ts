/** An inventory folder for a benchmark: the project's own with a chosen number of desks at Viareggio and, at Lucca, the servers only. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { requireInventory } from '../inventory/load.ts';
import { applicationServerAt, desksAt, hostByName, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { projectDirectory } from '../platforms/cache.ts';

const FIRST_DESK_ADDRESS = 101;

/** Writes the folder and makes everything in this process, and what it starts, use it. Applications, and their servers, where asked for. */
export async function useInventory(
  folder: string,
  deskCount: number,
  applications = false,
): Promise<Inventory> {
  const original = join(projectDirectory(), 'inventory');
  const inventory = await requireInventory(original);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(original).filter((file) => file.endsWith('.yaml')))
    cpSync(join(original, name), join(folder, name));
  writeFileSync(join(folder, 'hosts.yaml'), stringify(withDesks(inventory, deskCount, applications)));
  if (!applications) writeFileSync(join(folder, 'applications.yaml'), stringify({ applications: [] }));
  process.env['DR_INVENTORY'] = folder;
  return await requireInventory(folder);
}

/** Desks beyond the inventory's own are copies of them, each on the next port and address. */
function withDesks(
  inventory: Inventory,
  count: number,
  applications: boolean,
): Pick<Inventory, 'hosts' | 'desks'> {
  const servers = ['lucca', 'viareggio'].flatMap((site) => [
    serverAt(inventory, site, 'domain-controller'),
    serverAt(inventory, site, 'file-server'),
    ...(applications ? [applicationServerAt(inventory, site)].filter((server) => server !== undefined) : []),
  ]);
  const models = desksAt(inventory, 'viareggio');
  const numbers = Array.from({ length: count }, (_, index) => index);
  const desks = numbers.flatMap((index) => {
    const model = models[index % models.length];
    return model === undefined
      ? []
      : [{ ...model, id: `vi-desk${index + 1}`, workstation: `vi-ws${index + 1}`, switchPort: index + 1 }];
  });
  const workstation = hostByName(inventory, models[0]?.workstation ?? '');
  const network = workstation.address.split('.').slice(0, 3).join('.');
  const hosts = desks.map((desk, index) => ({
    ...workstation,
    name: desk.workstation,
    address: `${network}.${FIRST_DESK_ADDRESS + index}`,
  }));
  return { hosts: [...servers, ...hosts], desks };
}
