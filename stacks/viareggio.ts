import { ComponentResource } from '@pulumi/pulumi';
import { desksAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { DomainController } from './domain-controller.ts';
import { FileServer } from './file-server.ts';
import { script } from './script.ts';
import type { StackSettings } from './settings.ts';
import { Workstation } from './workstation.ts';

/**
 * Viareggio. Standby: every machine is checked and nothing is restored. Exercise and active: domain and files come back from
 * a snapshot, and the desks join. What is active can't be destroyed by accident: its data are the only ones.
 */
export function viareggio(inventory: Inventory, settings: StackSettings): void {
  const site = new ComponentResource('lucca-dr:index:Site', 'viareggio');
  const controller = serverAt(inventory, 'viareggio', 'domain-controller').name;
  const fileServer = serverAt(inventory, 'viareggio', 'file-server').name;
  const desks = desksAt(inventory, 'viareggio');
  if (settings.role === 'standby') {
    for (const host of [controller, fileServer, ...desks.map((desk) => desk.workstation)]) {
      script(`${host}-ready`, { verb: 'probe-hardware', args: { host } }, { parent: site });
    }
    return;
  }
  if (settings.from === undefined)
    throw new Error('Viareggio is restored from a snapshot: label, snapshot and cassetteHost are needed');
  const protect = settings.role === 'active';
  // Two sites must never serve the same domain at the same time.
  const isolation = script(
    'isolation',
    { verb: 'prove-silence', args: { site: 'viareggio', role: settings.role, ...overrideArgs(settings) } },
    { parent: site },
  );
  const domain = new DomainController(
    'viareggio-domain',
    { host: controller, from: settings.from, after: [isolation], protect },
    { parent: site },
  );
  new FileServer(
    'viareggio-files',
    { host: fileServer, from: settings.from, domain: domain.ready, protect },
    { parent: site },
  );
  for (const desk of desks) {
    new Workstation(
      desk.id,
      { host: desk.workstation, office: desk.office, domain: domain.ready },
      { parent: site },
    );
  }
}

function overrideArgs(settings: StackSettings): Record<string, string | true> {
  if (settings.role !== 'active') return {};
  return {
    ...(settings.overrideBy !== undefined && { 'override-by': settings.overrideBy }),
    ...(settings.overrideWhy !== undefined && { 'override-why': settings.overrideWhy }),
    ...(settings.overrideAlive === true && { 'override-alive': true as const }),
  };
}
