/** `lab up`: looks at what there is of a lab, and makes what is missing. */
import { mkdir } from 'node:fs/promises';
import { DrError } from '../core/errors.ts';
import { formatDurationMs, monotonicMs, utcNow } from '../core/time.ts';
import { findContext, type LabContext } from './context.ts';
import { cgroupName, removeLab } from './down.ts';
import { startHosts } from './hosts.ts';
import { labLines, labSuppliers, makeInternet } from './internet.ts';
import { makeKeys, writeAccess } from './keys.ts';
import type { LabPaths } from './paths.ts';
import {
  newerRestic,
  requireFreeSpace,
  requireImage,
  requireInotify,
  requirePrograms,
} from './requirements.ts';
import { type LabState, writeLabState } from './state.ts';
import { startSupervisor } from './supervisor.ts';
import { type LabInventory, labHosts, labSite } from './topology.ts';
import { possibleWan, setWan } from './wan.ts';

export type LabUpOptions = {
  name: string;
  inventory: LabInventory;
  /** Size of each file server's data disk; default 8 GiB. The image takes only what is written. */
  dataDiskBytes?: number;
  /** Default: the standing lab's, a new one's is the inventory's. */
  rateMbit?: number;
  /** In each direction; default as for the rate. */
  lossPercent?: number;
  /** Whether the sites are linked; default: true. */
  linked?: boolean;
  onProgress?: (text: string) => void;
};

const DEFAULT_DATA_DISK_BYTES = 8 * 1024 ** 3;

/** The caller holds the lab's lock. */
export async function converge(paths: LabPaths, options: LabUpOptions): Promise<LabContext> {
  const wanted = wantedState(options);
  const progress = options.onProgress ?? (() => undefined);
  const found = await findContext(paths);
  const context = found === undefined ? await make(paths, wanted, progress) : await extend(found, wanted);
  await setWan(context, found === undefined ? wanted.wan : wantedWan(options, found.state.wan));
  const startedMs = monotonicMs();
  progress(`Accendo ${context.state.hosts.length} host ... / Turning on the hosts`);
  await Promise.all([startHosts(context, context.state.hosts), makeInternet(context)]);
  progress(`Host accesi in ${formatDurationMs(monotonicMs() - startedMs)}. / Hosts are on.`);
  return context;
}

/** @throws DrError what is wrong with the inventory or the options, before anything is touched */
function wantedState(options: LabUpOptions): LabState {
  const { name, inventory, dataDiskBytes } = options;
  const secondary = inventory.sites.find((site) => site.role === 'secondary');
  const lines = labLines(inventory, secondary?.id ?? '');
  return {
    version: 1,
    name,
    createdAtUtc: utcNow(),
    domain: inventory.domain.dnsDomain,
    primary: labSite(inventory, 'primary'),
    secondary: labSite(inventory, 'secondary'),
    deskPorts: secondary?.switch?.deskPorts ?? 0,
    dataDiskBytes: dataDiskBytes ?? DEFAULT_DATA_DISK_BYTES,
    hosts: labHosts(inventory),
    wan: wantedWan(options, inventory.wan),
    lines,
    suppliers: lines.length === 0 ? [] : labSuppliers(inventory),
  };
}

/** `known`: the link of a lab that stands, which keeps the rate and the loss that somebody gave it; else the inventory's. */
function wantedWan(
  { rateMbit, lossPercent, linked = true }: LabUpOptions,
  known: Pick<LabState['wan'], 'rateMbit' | 'lossPercent'>,
): LabState['wan'] {
  return possibleWan({
    up: linked,
    rateMbit: rateMbit ?? known.rateMbit,
    lossPercent: lossPercent ?? known.lossPercent,
  });
}

/** A new lab; whatever a dead one or a killed `lab up` left is cleared away first. */
async function make(paths: LabPaths, state: LabState, progress: (text: string) => void): Promise<LabContext> {
  requirePrograms();
  const image = requireImage();
  await removeLab(paths);
  await requireInotify(state.hosts.length);
  progress(`Creo il laboratorio "${paths.name}" ... / Making the lab`);
  try {
    return await makeEmpty(paths, state, image);
  } catch (error) {
    await removeLab(paths);
    throw error;
  }
}

/** Folder, keys, networks: a lab with all its hosts off. */
async function makeEmpty(paths: LabPaths, state: LabState, image: string): Promise<LabContext> {
  await makeFolders(paths);
  await makeKeys(paths, state.hosts);
  const pid = await startSupervisor(paths, {
    LAB_DIRECTORY: paths.directory,
    LAB_IMAGE: image,
    LAB_RESTIC: (await newerRestic()) ?? '',
    LAB_CGROUP: cgroupName(paths),
    ...siteEnvironment('PRIMARY', state.primary),
    ...siteEnvironment('SECONDARY', state.secondary),
  });
  const context = { paths, pid, state };
  await writeAccess(context);
  // Last: a lab without this file is one whose making was cut off.
  await writeLabState(paths, state);
  return context;
}

async function makeFolders(paths: LabPaths): Promise<void> {
  const { directory, hostKeys, disks, cassettes, logs } = paths;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await requireFreeSpace(directory);
  await Promise.all([hostKeys, disks, cassettes, logs].map((folder) => mkdir(folder, { mode: 0o700 })));
}

/** A running lab may get more hosts (a fifth desk); what it has cannot change under its feet. */
async function extend(found: LabContext, wanted: LabState): Promise<LabContext> {
  const { hosts, lines, suppliers } = wanted;
  const changed =
    !sameJson(foundation(found.state), foundation(wanted)) ||
    found.state.hosts.some((old) => !hosts.some((host) => sameJson(old, host)));
  if (changed) throw differs(found.paths.name);
  const state = { ...found.state, hosts, lines, suppliers };
  const context = { ...found, state };
  await makeKeys(found.paths, hosts);
  await writeAccess(context);
  await writeLabState(found.paths, state);
  return context;
}

function siteEnvironment(role: string, site: LabState['primary']): Record<string, string> {
  const prefixLength = site.cidr.split('/')[1];
  return { [`${role}_SITE`]: site.id, [`${role}_GATEWAY`]: `${site.gateway}/${prefixLength}` };
}

/** What all hosts stand on. */
function foundation({ domain, primary, secondary, deskPorts }: LabState): unknown {
  return { domain, primary, secondary, deskPorts };
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function differs(name: string): DrError {
  return new DrError(
    'LAB_DIFFERS',
    `Il laboratorio "${name}" acceso è fatto con un altro inventario: reti o host esistenti sono cambiati. / The running lab was made from another inventory: networks or existing hosts have changed.`,
    `Spegnerlo e rifarlo: "dr lab down --name ${name}", poi "dr lab up". Si possono aggiungere host senza rifarlo. / Take it down and make it anew; hosts can be added without that.`,
  );
}
