/** A Viareggio of bare machines with the cassette at hand, and what a program needs to work on it from the operator's laptop. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applicationServerAt, cassetteByLabel, desksAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { writeMediumSerial } from '../lab/cassettes.ts';
import { dataDiskBytesFor } from '../lab/data.ts';
import { type Lab, labDown, labUp } from '../lab/lab.ts';
import { type LabSurroundings, labSurroundings } from '../lab/lucca.ts';
import type { Access } from '../platforms/access.ts';
import { stateDirectory } from '../platforms/cache.ts';
import { withHost } from '../platforms/ssh.ts';
import { copySparse, type Golden } from './golden.ts';
import { useInventory } from './inventory-folder.ts';

export type BenchSite = LabSurroundings & {
  lab: Lab;
  inventory: Inventory;
  golden: Golden;
  controller: string;
  fileServer: string;
  /** Where the cassette carries applications. */
  applicationServer: string | undefined;
  workstations: string[];
  /** Where a benchmark may write; gone with the site. */
  folder: string;
  /** Put before a command line, it makes the program run on the laptop at Viareggio: the same network for every contender. */
  onLaptop: readonly string[];
  /** The environment of our own programs, for that place. */
  environment: Record<string, string>;
  /** For OpenSSH and those who read its configuration. */
  sshConfig: string;
  knownHostsFile: string;
};

/** Makes the site `bench-<name>`, hands it to `work` and takes it away whatever happens. */
export async function withSite<T>(
  name: string,
  golden: Golden,
  deskCount: number,
  work: (site: BenchSite) => Promise<T>,
): Promise<T> {
  const labName = `bench-${name}`;
  const folder = join(stateDirectory(), labName);
  await labDown(labName);
  try {
    const inventory = await useInventory(join(folder, 'inventory'), deskCount, golden.applications);
    const lab = await labUp({ name: labName, inventory, dataDiskBytes: dataDiskBytesFor(golden.sizeBytes) });
    await lab.disaster('D1');
    const image = lab.cassetteImagePath(golden.label);
    await copySparse(golden.image, image);
    await writeMediumSerial(image, cassetteByLabel(inventory, golden.label).serial);
    cpSync(golden.secrets, join(lab.directory, 'secrets'), { recursive: true });
    return await work(await describe(lab, inventory, golden, folder));
  } finally {
    await labDown(labName);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** These hosts as they come out of the box, started and settled; what was plugged into them is out. */
export async function newHardware(site: BenchSite, names: readonly string[]): Promise<void> {
  await site.lab.destroyHosts(names);
  await site.lab.startHosts(names);
  await Promise.all(
    names.map(
      async (name) =>
        await withHost(site.context.access, name, async (host) => {
          await host.try('systemctl is-system-running --wait');
        }),
    ),
  );
}

async function describe(lab: Lab, inventory: Inventory, golden: Golden, folder: string): Promise<BenchSite> {
  const surroundings = await labSurroundings(lab, () => undefined);
  const { proxyCommand, laptopCommand: _entered, ...direct } = surroundings.context.access;
  mkdirSync(folder, { recursive: true });
  const knownHostsFile = join(folder, 'known_hosts');
  writeFileSync(knownHostsFile, knownHosts(direct));
  const accessFile = join(folder, 'access.json');
  writeFileSync(accessFile, JSON.stringify(direct));
  const sshConfig = join(folder, 'ssh_config');
  writeFileSync(sshConfig, sshConfiguration({ ...direct, knownHostsFile }));
  const environment = {
    DR_ACCESS: accessFile,
    DR_SECRETS: join(lab.directory, 'secrets'),
    DR_INVENTORY: join(folder, 'inventory'),
  };
  return {
    ...surroundings,
    lab,
    inventory,
    golden,
    controller: serverAt(inventory, 'viareggio', 'domain-controller').name,
    fileServer: serverAt(inventory, 'viareggio', 'file-server').name,
    applicationServer: applicationServerAt(inventory, 'viareggio')?.name,
    workstations: desksAt(inventory, 'viareggio').map(({ workstation }) => workstation),
    folder,
    onLaptop: enterLaptop(proxyCommand ?? []),
    environment,
    sshConfig,
    knownHostsFile,
  };
}

/** The lab's proxy enters the laptop's network and starts socat there; we start something else. */
function enterLaptop(proxyCommand: readonly string[]): string[] {
  const [program = 'nsenter', ...options] = proxyCommand.slice(0, proxyCommand.indexOf('socat'));
  return [program, ...options.filter((option) => option !== '--pid')];
}

function sshConfiguration(access: Access): string {
  const hosts = Object.entries(access.hosts).map(
    ([name, { address, port }]) => `Host ${name}\n  HostName ${address}\n  Port ${port}\n`,
  );
  return `Host *
  User ${access.user}
  IdentityFile ${access.privateKeyFile}
  IdentitiesOnly yes
  UserKnownHostsFile ${access.knownHostsFile}
  StrictHostKeyChecking yes
  HostKeyAlgorithms ssh-ed25519
  BatchMode yes
${hosts.join('')}`;
}

/** The pinned keys under the hosts' addresses as well: not every program looks them up by name. */
function knownHosts(access: Access): string {
  return readFileSync(access.knownHostsFile, 'utf8')
    .split('\n')
    .map((line) => {
      const [name = '', ...key] = line.split(' ');
      const address = access.hosts[name]?.address;
      return address === undefined ? line : [`${name},${address}`, ...key].join(' ');
    })
    .join('\n');
}

/** The passwords of the site, for programs that take them from a file or their standard input. */
export function secretOf(site: BenchSite, name: string): string {
  return (
    readFileSync(join(site.environment['DR_SECRETS'] ?? '', name), 'utf8')
      .split('\n')
      .at(0) ?? ''
  );
}
