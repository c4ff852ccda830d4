import { ComponentResource } from '@pulumi/pulumi';
import { applicationServerAt, applicationsAt, desksAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { ApplicationServer } from './application-server.ts';
import { DomainController } from './domain-controller.ts';
import { FileServer } from './file-server.ts';
import { script } from './script.ts';
import type { StackSettings } from './settings.ts';
import { Workstation } from './workstation.ts';

/**
 * Viareggio. Standby: every machine is checked and nothing is restored. Exercise and active: domain, files and applications come back from
 * a snapshot, and the desks join. What is active can't be destroyed by accident: its data are the only ones.
 */
export function viareggio(inventory: Inventory, settings: StackSettings): void {
  const site = new ComponentResource('lucca-dr:index:Site', 'viareggio');
  const controller = serverAt(inventory, 'viareggio', 'domain-controller').name;
  const fileServer = serverAt(inventory, 'viareggio', 'file-server').name;
  const applicationServer = applicationServerAt(inventory, 'viareggio');
  const desks = desksAt(inventory, 'viareggio');
  if (settings.role === 'standby') {
    const spare = [controller, fileServer, ...(applicationServer ? [applicationServer.name] : [])];
    for (const host of [...spare, ...desks.map((desk) => desk.workstation)]) {
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
  const files = new FileServer(
    'viareggio-files',
    { host: fileServer, from: settings.from, domain: domain.ready, protect },
    { parent: site },
  );
  if (applicationServer) {
    new ApplicationServer(
      'viareggio-applications',
      {
        host: applicationServer.name,
        applications: applicationsAt(inventory, 'viareggio'),
        from: settings.from,
        after: [isolation],
        ready: { domain: domain.ready, 'file-server': files.ready },
        protect,
      },
      { parent: site },
    );
  }
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
