/** What a lab is doing now, read from the kernel: hosts, link, switch ports, cassettes. */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import type { LabContext } from './context.ts';
import type { LabHost, LabWan } from './state.ts';
import { runInside } from './supervisor.ts';
import { DESK_SWITCH } from './topology.ts';

export type HostStatus = Pick<LabHost, 'name' | 'site' | 'kind' | 'address'> & {
  state: 'running' | 'stopped' | 'destroyed';
  /** Null when it is not running. */
  uptimeSeconds: number | null;
};
export type LabStatus = {
  name: string;
  directory: string;
  pid: number;
  hosts: HostStatus[];
  wan: LabWan;
  /** The secondary site's lines to its suppliers. */
  lines: { id: string; up: boolean }[];
  /** The ports of the desks' switch; `host` is null where nothing is plugged in. */
  switchPorts: { port: number; host: string | null }[];
  cassettes: { label: string; image: string; pluggedInto: string | null; device: string | null }[];
};

const linksSchema = z.array(z.object({ ifname: z.string(), ifalias: z.string().optional() }));
const imageSuffix = '.img';

export async function labStatus(context: LabContext): Promise<LabStatus> {
  const { paths, pid, state } = context;
  const output = await runInside(pid, 'status.sh', [DESK_SWITCH, ...state.hosts.map((host) => host.name)]);
  const facts = output
    .trim()
    .split('\n')
    .map((line) => line.split('|'));
  const fact = (kind: string, key: string): string[] | undefined =>
    facts.find((fields) => fields[0] === kind && fields[1] === key);
  return {
    name: paths.name,
    directory: paths.directory,
    pid,
    hosts: state.hosts.map((host) => hostStatus(host, fact('host', host.name))),
    wan: { ...state.wan, up: fact('wan', 'up') !== undefined },
    lines: state.lines.map(({ id }) => ({ id, up: fact('line', id)?.[2] === 'up' })),
    switchPorts: switchPorts(
      state.deskPorts,
      facts.find((fields) => fields[0] === 'ports'),
    ),
    cassettes: (await cassetteImages(paths.cassettes)).map(({ label, image }) => {
      const [, , host, device] = fact('cassette', label) ?? [];
      return { label, image, pluggedInto: host ?? null, device: device ?? null };
    }),
  };
}

function hostStatus(host: LabHost, fact: string[] | undefined): HostStatus {
  const { name, site, kind, address } = host;
  const state = fact?.[2] === 'running' || fact?.[2] === 'stopped' ? fact[2] : 'destroyed';
  return { name, site, kind, address, state, uptimeSeconds: state === 'running' ? Number(fact?.[3]) : null };
}

function switchPorts(count: number, fact: string[] | undefined): LabStatus['switchPorts'] {
  const links = linksSchema.parse(JSON.parse(fact?.slice(1).join('|') ?? '[]'));
  return Array.from({ length: count }, (_, index) => {
    const port = index + 1;
    return { port, host: links.find((link) => link.ifname === `port${port}`)?.ifalias ?? null };
  });
}

async function cassetteImages(directory: string): Promise<{ label: string; image: string }[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(imageSuffix)).toSorted();
  return names.map((name) => ({
    label: name.slice(0, -imageSuffix.length),
    image: `${directory}/${name}`,
  }));
}
