import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import { type ScriptArgs, script } from './script.ts';
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
    this.ready = from
      ? this.#restored(name, { host, from, after, protect })
      : script(
          provisionName(name),
          { verb: 'provision-domain', args: { controller: host }, undo: standDown(host) },
          // Not instead of the restored one: the engine would take that for leave to undo it. The script refuses where it is.
          { parent: this, dependsOn: after },
        );
    this.registerOutputs({ host });
  }

  /** Unpacked at once, since nothing is served by that; started when what must come first is done. */
  #restored(
    name: string,
    { host, from, after, protect }: Required<Omit<DomainControllerArgs, 'from'>> & { from: RestoreSource },
  ): Resource {
    const { label, snapshot, cassetteHost } = from;
    const unpacked = script(
      `${name}-restore-domain`,
      {
        verb: 'restore-domain',
        args: { host, label, snapshot, 'cassette-host': cassetteHost },
        undo: standDown(host),
      },
      { parent: this, protect, insteadOf: provisionName(name) },
    );
    return script(
      `${name}-start-domain`,
      { verb: 'start-domain', args: { host, snapshot } },
      { parent: this, dependsOn: [unpacked, ...after], protect },
    );
  }
}

function provisionName(name: string): string {
  return `${name}-provision-domain`;
}

function standDown(host: string): ScriptArgs['undo'] & object {
  return { verb: 'stand-down', args: { host } };
}
