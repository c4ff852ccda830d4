/**
 * OpenSSH's own client, where node-ssh (ssh.ts) does not do: for a person's terminal, and for bulk data between two hosts, which node-ssh
 * would take through this process a packet at a time. Same keys, same pinned host keys, same way there.
 */
import { type Access, hostOf } from './access.ts';
import { shellQuote } from './ssh.ts';

/**
 * The program and arguments that open a shell on a host, or run a command line there; on this machine itself where the access file says so.
 * Options: ssh_config(5).
 * @throws DrError HOST_UNKNOWN
 */
export function opensshCommand(access: Access, name: string, command?: string): string[] {
  const { address, port, local = false } = hostOf(access, name);
  if (local) return command === undefined ? ['sh'] : ['sh', '-c', command];
  const settings = {
    // From where connections leave, no proxy need copy every byte.
    ...(access.proxyCommand && !access.laptopCommand && { ProxyCommand: proxyLine(access.proxyCommand) }),
    UserKnownHostsFile: access.knownHostsFile,
    HostKeyAlias: name,
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    // Less work than the default (chacha20-poly1305) on a processor that has AES.
    Ciphers: '^aes128-gcm@openssh.com',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '6',
    LogLevel: 'ERROR',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  // No configuration of the operator's: it could send the connection elsewhere.
  const base = [
    ...(access.laptopCommand ?? []),
    'ssh',
    '-F',
    'none',
    '-i',
    access.privateKeyFile,
    '-p',
    String(port),
    ...options,
  ];
  return [...base, `${access.user}@${address}`, ...(command === undefined ? [] : [command])];
}

/** ssh puts host and port in place of %h and %p, and gives the line to a shell. */
function proxyLine(words: readonly string[]): string {
  return words.map((word) => (word.includes('%') ? word : shellQuote(word))).join(' ');
}
