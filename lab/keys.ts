/** The lab's SSH keys and the access file through which every script reaches its hosts. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access } from '../platforms/access.ts';
import { run } from '../platforms/exec.ts';
import type { LabContext } from './context.ts';
import { exists } from './disks.ts';
import type { LabPaths } from './paths.ts';
import type { LabHost } from './state.ts';

/** Makes the operator's key and one key a host, each once, so that a host keeps its key when it is started again. */
export async function makeKeys(paths: LabPaths, hosts: readonly LabHost[]): Promise<void> {
  const wanted = [
    { path: paths.privateKeyFile, comment: 'dr-lab' },
    ...hosts.map((host) => ({ path: join(paths.hostKeys, host.name), comment: host.name })),
  ];
  await Promise.all(wanted.map(({ path, comment }) => makeKey(path, comment)));
}

/** Writes known_hosts and access.json: connections leave from the laptop at the secondary site. */
export async function writeAccess({ paths, pid, state }: LabContext): Promise<void> {
  const lines = await Promise.all(
    state.hosts.map(async ({ name }) => {
      const [type, key] = (await readFile(join(paths.hostKeys, `${name}.pub`), 'utf8')).split(' ');
      return `${name} ${type} ${key}\n`;
    }),
  );
  const access: Access = {
    user: 'root',
    privateKeyFile: paths.privateKeyFile,
    knownHostsFile: paths.knownHostsFile,
    // Without "nodelay" what ends in a part of a packet waits for the other side's word, up to 40 ms each time.
    proxyCommand: [...laptopCommand(pid), 'socat', '-b', '131072', '-', 'TCP:%h:%p,nodelay'],
    laptopCommand: laptopCommand(pid),
    containers: true,
    hosts: Object.fromEntries(state.hosts.map(({ name, address }) => [name, { address, port: 22 }])),
  };
  await replaceFile(paths.knownHostsFile, lines.join(''));
  await replaceFile(paths.accessFile, `${JSON.stringify(access, null, 2)}\n`);
}

/** What is started so lives in the lab's pid namespace, so that a forgotten one ends with the lab. */
function laptopCommand(pid: number): string[] {
  return ['nsenter', `--target=${pid}`, '--net', '--pid'];
}

async function makeKey(path: string, comment: string): Promise<void> {
  if (await exists(path)) return;
  const partial = `${path}.new`;
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', partial]);
  await rename(`${partial}.pub`, `${path}.pub`);
  await rename(partial, path);
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
