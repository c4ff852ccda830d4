/** A person's own shell on a lab host, by the same keys and the same way as the scripts. */
import { DrError } from '../core/errors.ts';
import { loadAccess } from '../platforms/access.ts';
import { runOnTerminal } from '../platforms/exec.ts';
import { shellQuote } from '../platforms/ssh.ts';

/**
 * Opens a shell, or runs `command`, on the operator's terminal; gives its exit status (255 when the host can't be reached).
 * @throws DrError LAB_HOST
 */
export async function openShell(
  accessFile: string,
  name: string,
  command: readonly string[],
): Promise<number> {
  const access = await loadAccess(accessFile);
  const host = access.hosts[name];
  if (host === undefined) {
    throw new DrError(
      'LAB_HOST',
      `Nel laboratorio non c'è un host "${name}". / The lab has no such host.`,
      `Host del laboratorio / hosts of the lab: ${Object.keys(access.hosts).join(', ')}`,
    );
  }
  const settings = {
    ProxyCommand: (access.proxyCommand ?? [])
      .map((word) => (word.includes('%') ? word : shellQuote(word)))
      .join(' '),
    UserKnownHostsFile: access.knownHostsFile,
    HostKeyAlias: name,
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    LogLevel: 'ERROR',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  // No configuration of the operator's: it could send the connection elsewhere.
  const base = ['-F', 'none', '-i', access.privateKeyFile, '-p', String(host.port), ...options];
  return await runOnTerminal('ssh', [...base, `${access.user}@${host.address}`, ...command]);
}
