import type { Resource } from '@pulumi/pulumi';
import { ComponentResource } from '@pulumi/pulumi';
import { applicationServerAt, applicationsAt, seatsAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { ApplicationServer } from './application-server.ts';
import { DomainController } from './domain-controller.ts';
import { FileServer } from './file-server.ts';
import { script } from './script.ts';
import type { RestoreSource, StackSettings } from './settings.ts';
import { Workstation } from './workstation.ts';

/**
 * Lucca as it works every day: domain controller, file server, workstations. With a snapshot it comes back from Viareggio onto
 * new hardware: the same components, restored, and protected, since theirs are then the only data. In standby its machines are bare.
 */
export function lucca(inventory: Inventory, settings: StackSettings): void {
  if (settings.role === 'standby') return;
  const { from } = settings;
  const restored = from && { from, protect: true };
  const isolation = from && [viareggioIsSilent(from)];
  const controller = new DomainController('lucca-domain', {
    host: serverAt(inventory, 'lucca', 'domain-controller').name,
    ...(isolation && { after: isolation }),
    ...restored,
  });
  const files = new FileServer('lucca-files', {
    host: serverAt(inventory, 'lucca', 'file-server').name,
    domain: controller.ready,
    ...restored,
  });
  const applicationServer = applicationServerAt(inventory, 'lucca');
  if (applicationServer && from && isolation) {
    new ApplicationServer('lucca-applications', {
      host: applicationServer.name,
      applications: applicationsAt(inventory, 'lucca'),
      from,
      after: isolation,
      ready: { domain: controller.ready, 'file-server': files.ready },
      protect: true,
    });
  }
  for (const { id, workstation, office } of seatsAt(inventory, 'lucca')) {
    new Workstation(id, { host: workstation, office, domain: files.ready });
  }
}

/** The interlock in the other direction: Viareggio has stopped serving before Lucca's controller starts. */
function viareggioIsSilent({ snapshot }: RestoreSource): Resource {
  const parent = new RestoredSite(snapshot);
  return script('isolation', { verb: 'prove-silence', args: { site: 'lucca', role: 'return' } }, { parent });
}

/** From its first moment on the state tells which Lucca it is about (SiteStack.forgetUnlessFrom). */
class RestoredSite extends ComponentResource {
  constructor(snapshot: string) {
    super('lucca-dr:index:Site', 'lucca');
    this.registerOutputs({ snapshot });
  }
}
