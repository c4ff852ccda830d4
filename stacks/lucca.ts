import { serverAt, workstationsAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { DomainController } from './domain-controller.ts';
import { FileServer } from './file-server.ts';
import type { StackSettings } from './settings.ts';
import { Workstation } from './workstation.ts';

/** Lucca as it works every day: domain controller, file server, workstations. In standby its machines are bare. */
export function lucca(inventory: Inventory, settings: StackSettings): void {
  if (settings.role === 'standby') return;
  const controller = new DomainController('lucca-domain', {
    host: serverAt(inventory, 'lucca', 'domain-controller').name,
  });
  const files = new FileServer('lucca-files', {
    host: serverAt(inventory, 'lucca', 'file-server').name,
    domain: controller.ready,
  });
  for (const [index, { name }] of workstationsAt(inventory, 'lucca').entries()) {
    const office = inventory.offices[index % inventory.offices.length];
    if (office) new Workstation(name, { host: name, office: office.id, domain: files.ready });
  }
}
