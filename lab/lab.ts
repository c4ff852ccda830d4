/**
 * A lab: two sites on one machine, with real systemd hosts, a link between them and removable cassettes.
 * Everything of it lives in the namespaces of one process and in one folder; nothing else of the machine is touched.
 */
import {
  cassetteImagePath,
  createCassetteDisk,
  type NewCassette,
  type PluggedCassette,
  plugCassette,
  unplugCassette,
} from './cassettes.ts';
import { type LabContext, requireContext, requireHosts } from './context.ts';
import { type Disaster, strike } from './disasters.ts';
import { dataDiskPath } from './disks.ts';
import { removeLab } from './down.ts';
import { destroyHosts, startHosts, stopHosts } from './hosts.ts';
import { breakSupplier, makeInternet, type SupplierFault, setLine } from './internet.ts';
import { withLabLock } from './lock.ts';
import { type LabPaths, labNames, labPaths } from './paths.ts';
import { requireRoot } from './requirements.ts';
import { type LabHost, type LabWan, readLabState } from './state.ts';
import { type LabStatus, labStatus as statusOf } from './status.ts';
import { findSupervisor, insideCommand, runInside } from './supervisor.ts';
import { converge, type LabUpOptions } from './up.ts';
import { setWan } from './wan.ts';

/** A lab that is running. Verbs may be called at the same time, also from several processes: they wait for one another. */
export class Lab {
  readonly name: string;
  readonly directory: string;
  /** For platforms/access.ts: how every script reaches the hosts. */
  readonly accessFile: string;
  /** Folder of the ledgers of custody: a lab's sites share this machine, so each has a file. */
  readonly custody: string;
  readonly hosts: readonly LabHost[];
  readonly #paths: LabPaths;

  constructor(context: LabContext) {
    this.#paths = context.paths;
    this.name = context.paths.name;
    this.directory = context.paths.directory;
    this.accessFile = context.paths.accessFile;
    this.custody = context.paths.custody;
    this.hosts = context.state.hosts;
  }

  async status(): Promise<LabStatus> {
    return await statusOf(await requireContext(this.#paths));
  }

  /** Power on, and wait for sshd. A destroyed host comes back as new hardware with blank disks. @throws DrError LAB_HOST, HOST_BOOT */
  async startHosts(names: readonly string[]): Promise<void> {
    await this.#change(async (context) => await startHosts(context, requireHosts(context, names)));
  }

  /** Orderly shutdown; the disks stay. @throws DrError LAB_HOST */
  async stopHosts(names: readonly string[]): Promise<void> {
    await this.#change(async (context) => await stopHosts(context, requireHosts(context, names)));
  }

  /** Power cut, and the disks are gone. @throws DrError LAB_HOST */
  async destroyHosts(names: readonly string[]): Promise<void> {
    await this.#change(async (context) => await destroyHosts(context, requireHosts(context, names)));
  }

  /** So many seconds before the right time, 0 for right again; see lab/inside/set-clock.sh for what sees it. @throws DrError LAB_HOST, LAB_STEP */
  async setClock(host: string, aheadSeconds: number): Promise<void> {
    await this.#change(async (context) => {
      requireHosts(context, [host]);
      await runInside(context.pid, 'set-clock.sh', [host, String(Math.round(aheadSeconds))]);
    });
  }

  /** Changes what is named and keeps the rest. @throws DrError WAN_SETTING */
  async setWan(change: Partial<LabWan>): Promise<void> {
    await this.#change(async (context) => await setWan(context, change));
  }

  /** Cuts or mends a line from the secondary site to its suppliers. @throws DrError LAB_LINE */
  async setLine(id: string, up: boolean): Promise<void> {
    await this.#change(async (context) => await setLine(context, id, up));
  }

  /** Something goes wrong between the desks and the suppliers. @throws DrError LAB_LINE */
  async breakSupplier(fault: SupplierFault): Promise<void> {
    await this.#change(async (context) => await breakSupplier(context, fault));
  }

  /** Takes every such fault away; lines that were cut are mended. */
  async mendSuppliers(): Promise<void> {
    await this.#change(async (context) => {
      await makeInternet(context);
      for (const { id } of context.state.lines) await setLine(context, id, true);
    });
  }

  async disaster(disaster: Disaster): Promise<void> {
    await this.#change(async (context) => await strike(context, disaster));
  }

  /** @returns the image's path. @throws DrError CASSETTE_LABEL, CASSETTE_EXISTS, LAB_DISK */
  async createCassetteDisk(cassette: NewCassette): Promise<string> {
    return await this.#change(async ({ paths }) => await createCassetteDisk(paths, cassette));
  }

  /** `readBytesPerSecond` makes it a slow medium. @throws DrError LAB_HOST, CASSETTE_UNKNOWN, CASSETTE_PLUGGED, HOST_OFF */
  async plugCassette(
    label: string,
    host: string,
    { readBytesPerSecond }: { readBytesPerSecond?: number } = {},
  ): Promise<PluggedCassette> {
    return await this.#change(async (context) => {
      requireHosts(context, [host]);
      return await plugCassette(context, label, host, readBytesPerSecond);
    });
  }

  /** `force` tears it out in the middle of a read or a write. @throws DrError CASSETTE_UNKNOWN, CASSETTE_BUSY */
  async unplugCassette(label: string, options: { force?: boolean } = {}): Promise<void> {
    await this.#change(async (context) => await unplugCassette(context, label, options.force ?? false));
  }

  /** Put before a program, it makes the program run in the host, with no network between it and this machine. @throws DrError LAB_HOST */
  async enterHost(host: string): Promise<string[]> {
    const context = await requireContext(this.#paths);
    requireHosts(context, [host]);
    return insideCommand(context.pid, 'enter-host.sh', [host]);
  }

  /** The file behind a cassette, to be damaged by tests. It need not exist. */
  cassetteImagePath(label: string): string {
    return cassetteImagePath(this.#paths, label);
  }

  /** The file behind a file server's /srv. */
  dataDisk(host: string): string {
    return dataDiskPath(this.#paths, host);
  }

  async #change<T>(work: (context: LabContext) => Promise<T>): Promise<T> {
    return await withLabLock(this.#paths, async () => await work(await requireContext(this.#paths)));
  }
}

/**
 * Makes a lab, or brings an existing one to what is asked: hosts that are on are left alone, all others are turned on (also those
 * that a disaster took: to go on in the middle of one, use {@link openLab}); a lab whose supervisor died is made anew.
 * @throws DrError NO_ROOT, LAB_NAME, LAB_TOOL_MISSING, LAB_IMAGE_MISSING, LAB_DISK, LAB_BUSY, LAB_DIFFERS, SWITCH_FULL, PORT_TAKEN, HOST_BOOT
 */
export async function labUp(options: LabUpOptions): Promise<Lab> {
  const paths = labPaths(options.name);
  requireRoot();
  return new Lab(await withLabLock(paths, async () => await converge(paths, options)));
}

/** @throws DrError LAB_NOT_RUNNING, LAB_NAME, NO_ROOT */
export async function openLab(name: string): Promise<Lab> {
  requireRoot();
  return new Lab(await requireContext(labPaths(name)));
}

/** @throws DrError LAB_NOT_RUNNING, LAB_NAME, NO_ROOT */
export async function labStatus(name: string): Promise<LabStatus> {
  return await (await openLab(name)).status();
}

/** Leaves nothing of the lab, whatever state it is in; does nothing when there is none. @throws DrError NO_ROOT, LAB_BUSY, LAB_KILL */
export async function labDown(name: string): Promise<void> {
  const paths = labPaths(name);
  requireRoot();
  await withLabLock(paths, async () => await removeLab(paths));
}

/** {@link labDown} for every lab that has a folder here; gives their names. */
export async function labDownAll(): Promise<string[]> {
  const names = await labNames();
  await Promise.all(names.map(labDown));
  return names;
}

export type LabSummary = { name: string; state: 'running' | 'dead'; createdAtUtc: string | null };

/** Every lab that has a folder here. A dead one has lost its supervisor: `labUp` makes it anew, `labDown` clears it away. */
export async function listLabs(): Promise<LabSummary[]> {
  return await Promise.all((await labNames()).map(summary));
}

async function summary(name: string): Promise<LabSummary> {
  const paths = labPaths(name);
  const [pid, state] = await Promise.all([findSupervisor(paths), readLabState(paths).catch(() => undefined)]);
  return { name, state: pid === undefined ? 'dead' : 'running', createdAtUtc: state?.createdAtUtc ?? null };
}
