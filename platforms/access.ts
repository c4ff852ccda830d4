/**
 * How hosts are reached: one YAML or JSON file per place, so that scripts are the same in the lab and at Viareggio.
 * The lab writes its own; the office keeps `inventory/local/access.yaml` (template beside it).
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';

export const accessSchema = z.strictObject({
  user: z.string().default('root'),
  /** OpenSSH private key, readable by the owner only. A relative path starts at the access file's folder; so does the next. */
  privateKeyFile: z.string(),
  /** One `host keytype base64` line per host, as in OpenSSH's known_hosts; an unknown or changed key is refused. */
  knownHostsFile: z.string(),
  /** A command whose stdin and stdout are the connection (as ssh_config(5) ProxyCommand); `%h` and `%p` are replaced. */
  proxyCommand: z.array(z.string()).optional(),
  /** Put before a program that must look at the network from where connections leave; without it, from this machine itself. */
  laptopCommand: z.array(z.string()).optional(),
  /** Its hosts are containers of this machine, as a lab's are: a device has the same number here as there. */
  containers: z.boolean().optional(),
  hosts: z.record(
    z.string(),
    z.strictObject({
      address: z.string(),
      port: z.number().int().default(22),
      /** It is the machine that this program runs on: its own shell, no connection. */
      local: z.boolean().optional(),
    }),
  ),
});
export type Access = z.infer<typeof accessSchema> & {
  /** Aborted, it ends every connection that was made with this access, and none is made any more. */
  signal?: AbortSignal;
};

/**
 * Reads the access file.
 * @throws DrError ACCESS_FILE when it is missing or malformed.
 */
export async function loadAccess(path: string): Promise<Access> {
  try {
    const access = accessSchema.parse(await parse(await readFile(path, 'utf8')));
    const from = (file: string): string => resolve(dirname(path), file);
    return {
      ...access,
      privateKeyFile: from(access.privateKeyFile),
      knownHostsFile: from(access.knownHostsFile),
    };
  } catch (error) {
    throw new DrError(
      'ACCESS_FILE',
      `Il file di accesso agli host "${path}" non si può leggere. / The access file cannot be read: ${reason(error)}`,
      'Indicarlo con --access FILE o DR_ACCESS; nel laboratorio lo scrive "dr lab up". / Name it with --access FILE; in the lab "dr lab up" writes it.',
      { cause: error },
    );
  }
}

/** How a host is reached. @throws DrError HOST_UNKNOWN */
export function hostOf({ hosts }: Access, name: string): Access['hosts'][string] {
  const host = hosts[name];
  if (host !== undefined) return host;
  throw new DrError(
    'HOST_UNKNOWN',
    `L'host "${name}" non è nel file di accesso. / Host "${name}" is not in the access file.`,
    `Host noti / known hosts: ${Object.keys(hosts).join(', ') || '-'}`,
  );
}

/** True where the host is this machine, or a part of it: they have one kernel, with the same devices. */
export function isHere(access: Access, name: string): boolean {
  return access.containers === true || hostOf(access, name).local === true;
}

function reason(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** YAML, of which JSON is a part: the one that the lab writes, and that needs no parser to be loaded. */
async function parse(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return (await import('yaml')).parse(text);
  }
}
