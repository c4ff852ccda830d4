import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import { script } from './script.ts';
import type { RestoreSource } from './settings.ts';

export type DomainControllerArgs = {
  /** Host name in the inventory. */
  host: string;
  /** Where the domain comes from; without it a new domain is made. */
  from?: RestoreSource;
  /** Must be done before the domain starts. */
  after?: readonly Resource[];
  protect?: boolean;
};

/** The domain on its first controller: new at Lucca, restored at Viareggio. */
export class DomainController extends ComponentResource {
  readonly ready: Resource;

  constructor(
    name: string,
    { host, from, after = [], protect = false }: DomainControllerArgs,
    options?: ComponentResourceOptions,
  ) {
    super('lucca-dr:index:DomainController', name, {}, options);
    const undo = { verb: 'stand-down', args: { host } };
    const provisioned = `${name}-provision-domain`;
    this.ready = from
      ? script(
          `${name}-restore-domain`,
          {
            verb: 'restore-domain',
            args: { host, label: from.label, snapshot: from.snapshot, 'cassette-host': from.cassetteHost },
            undo,
          },
          { parent: this, dependsOn: after, protect, insteadOf: provisioned },
        )
      : script(
          provisioned,
          { verb: 'provision-domain', args: { controller: host }, undo },
          // Not instead of the restored one: the engine would take that for leave to undo it. The script refuses where it is.
          { parent: this, dependsOn: after },
        );
    this.registerOutputs({ host });
  }
}
