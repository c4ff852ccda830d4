/** A step of a restore as a Pulumi resource: a script of scripts/, run by node. Its inputs name things and never hold a secret. */
import { local } from '@pulumi/command';
import type { ComponentResource, CustomResourceOptions, Resource } from '@pulumi/pulumi';
import { projectDirectory } from '../platforms/cache.ts';
import { shellQuote } from '../platforms/ssh.ts';

export type ScriptArgs = {
  /** File name in scripts/ without its ending. */
  verb: string;
  /** Named arguments; `true` is a switch. */
  args: Record<string, string | true>;
  /** What undoes it on `destroy` and before it is replaced. */
  undo?: { verb: string; args: Record<string, string> };
};

/**
 * Declares a script run. A change of any argument replaces the resource: undone first, then run anew.
 * `protect` refuses to undo it, for a site that is the real one.
 */
export function script(
  name: string,
  { verb, args, undo }: ScriptArgs,
  options: {
    parent: ComponentResource;
    dependsOn?: readonly Resource[];
    protect?: boolean;
    /** A resource of that name is this one in another guise: it is undone before this one begins, never after. */
    insteadOf?: string;
  },
): local.Command {
  const resourceOptions: CustomResourceOptions = {
    parent: options.parent,
    dependsOn: [...(options.dependsOn ?? [])],
    deleteBeforeReplace: true,
    protect: options.protect ?? false,
    ...(options.insteadOf !== undefined && { aliases: [{ name: options.insteadOf }] }),
  };
  return new local.Command(
    name,
    {
      create: commandLine(verb, args),
      dir: projectDirectory(),
      triggers: [commandLine(verb, args)],
      // The one JSON object on standard output is the result; only what is said to people is logged.
      logging: local.Logging.Stderr,
      ...(undo && { delete: commandLine(undo.verb, undo.args) }),
    },
    resourceOptions,
  );
}

function commandLine(verb: string, args: Record<string, string | true>): string {
  const words = Object.entries(args).map(([name, value]) =>
    value === true ? `--${name}` : `--${name} ${shellQuote(value)}`,
  );
  return [`node_modules/.bin/node scripts/${verb}.ts`, ...words].join(' ');
}
