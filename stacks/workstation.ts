import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import { script } from './script.ts';

export type WorkstationArgs = {
  host: string;
  office: string;
  /** The domain it joins. Its share is mounted at log-on, so the files may still be on their way. */
  domain: Resource;
};

/** The workstation of one desk. */
export class Workstation extends ComponentResource {
  readonly ready: Resource;

  constructor(name: string, { host, office, domain }: WorkstationArgs, options?: ComponentResourceOptions) {
    super('lucca-dr:index:Workstation', name, {}, options);
    this.ready = script(
      `${name}-provision`,
      {
        verb: 'provision-workstation',
        args: { workstation: host, office },
        undo: { verb: 'stand-down', args: { host } },
      },
      { parent: this, dependsOn: [domain] },
    );
    this.registerOutputs({ host, office });
  }
}
