import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { Application } from '../inventory/schema-applications.ts';
import { script } from './script.ts';
import type { RestoreSource } from './settings.ts';

export type ApplicationServerArgs = {
  host: string;
  applications: readonly Application[];
  from: RestoreSource;
  /** Must be done before any of them starts. */
  after: readonly Resource[];
  /** What an application may need, by the name that the inventory gives it. */
  ready: Record<Application['needs'][number], Resource>;
  protect?: boolean;
};

/** The applications of a site, each restored at once and started when what it needs is there. */
export class ApplicationServer extends ComponentResource {
  constructor(
    name: string,
    { host, applications, from, after, ready, protect = false }: ApplicationServerArgs,
    options?: ComponentResourceOptions,
  ) {
    super('lucca-dr:index:ApplicationServer', name, {}, options);
    const { label, snapshot, cassetteHost } = from;
    for (const { id, needs } of applications) {
      const restored = script(
        `${id}-restore-application`,
        {
          verb: 'restore-application',
          args: { host, application: id, label, snapshot, 'cassette-host': cassetteHost },
          undo: { verb: 'stand-down', args: { host, application: id } },
        },
        { parent: this, protect },
      );
      script(
        `${id}-start-application`,
        { verb: 'start-application', args: { host, application: id, snapshot, 'if-restored': true } },
        { parent: this, dependsOn: [restored, ...after, ...needs.map((need) => ready[need])], protect },
      );
    }
    this.registerOutputs({ host });
  }
}
