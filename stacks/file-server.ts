import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import { script } from './script.ts';
import type { RestoreSource } from './settings.ts';

export type FileServerArgs = {
  host: string;
  /** The shares come from this snapshot; without it they are new and get the declared ACLs. */
  from?: RestoreSource;
  /** The domain that it joins; the files themselves are restored meanwhile. */
  domain: Resource;
  protect?: boolean;
};

/** The file server: shares with their ACLs, served in the domain. */
export class FileServer extends ComponentResource {
  readonly ready: Resource;

  constructor(
    name: string,
    { host, from, domain, protect = false }: FileServerArgs,
    options?: ComponentResourceOptions,
  ) {
    super('lucca-dr:index:FileServer', name, {}, options);
    const undo = { verb: 'stand-down', args: { host } };
    const files = from && [
      script(
        `${name}-restore-files`,
        { verb: 'restore-files', args: { host, label: from.label, snapshot: from.snapshot }, undo },
        { parent: this, protect },
      ),
    ];
    this.ready = script(
      `${name}-serve-shares`,
      { verb: 'serve-shares', args: from ? { host } : { host, 'stamp-acls': true } },
      { parent: this, dependsOn: [domain, ...(files ?? [])], protect },
    );
    this.registerOutputs({ host });
  }
}
