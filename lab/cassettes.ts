/** Cassettes: removable disks that can be made, plugged into a host, taken out or torn out, and damaged. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError } from '../core/errors.ts';
import type { LabContext } from './context.ts';
import { exists, makeDisk } from './disks.ts';
import type { LabPaths } from './paths.ts';
import { labStatus } from './status.ts';
import { insideFailed, runInside, tryInside } from './supervisor.ts';

export type NewCassette = {
  /** Names the image; on a formatted one it is the file system's label too. */
  label: string;
  sizeBytes: number;
  /** Of the medium, as its hardware will say it; formatted as ext4. Without it the disk is blank, and says none. */
  serial?: string;
};
export type PluggedCassette = {
  /** In the host, for example /dev/loop0. */
  device: string;
  /** In the host; null where there is no file system that can be mounted. */
  mountPoint: string | null;
};

const BUSY_STATUS = 16;

export function cassetteImagePath(paths: LabPaths, label: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/.test(label)) {
    throw new DrError(
      'CASSETTE_LABEL',
      `"${label}" non può essere l'etichetta di una cassetta. / It cannot be a cassette's label.`,
      'Usare da 1 a 16 lettere, cifre, punti, trattini. / Use 1 to 16 letters, digits, dots and hyphens.',
    );
  }
  return join(paths.cassettes, `${label}.img`);
}

/** @throws DrError CASSETTE_EXISTS, CASSETTE_LABEL, LAB_DISK; returns the image's path. */
export async function createCassetteDisk(paths: LabPaths, cassette: NewCassette): Promise<string> {
  const path = cassetteImagePath(paths, cassette.label);
  if (await exists(path)) {
    throw new DrError(
      'CASSETTE_EXISTS',
      `La cassetta "${cassette.label}" c'è già. / The cassette is already there.`,
      "Usarla, o scegliere un'altra etichetta. / Use it, or choose another label.",
    );
  }
  const { label, serial, sizeBytes } = cassette;
  if (serial === undefined) await makeDisk(path, sizeBytes);
  else {
    await writeMediumSerial(path, serial);
    await makeDisk(path, sizeBytes, { label, uuid: uuidOf(serial) });
  }
  return path;
}

/** What the hardware behind this image says. It lies beside the image: a copy of the image alone is another medium, without a serial. */
export async function writeMediumSerial(imagePath: string, serial: string): Promise<void> {
  await writeFile(mediumSerialPath(imagePath), serial);
}

export function mediumSerialPath(imagePath: string): string {
  return imagePath.replace(/\.img$/, '.serial');
}

/** @throws DrError CASSETTE_UNKNOWN, CASSETTE_PLUGGED (in another host), HOST_OFF */
export async function plugCassette(
  context: LabContext,
  label: string,
  host: string,
  readBytesPerSecond?: number,
): Promise<PluggedCassette> {
  await requireCassette(context.paths, label);
  const { hosts, cassettes } = await labStatus(context);
  const holder = cassettes.find((cassette) => cassette.label === label)?.pluggedInto ?? null;
  if (holder !== null) throw pluggedAlready(label, holder);
  if (hosts.find(({ name }) => name === host)?.state !== 'running') throw hostOff(host);
  const slow = readBytesPerSecond === undefined ? [] : [String(readBytesPerSecond)];
  const plugged = await runInside(context.pid, 'plug-cassette.sh', [label, host, ...slow]);
  const [device, mountPoint] = plugged.trim().split('|');
  return { device: String(device), mountPoint: mountPoint || null };
}

/**
 * Takes a cassette out; nothing happens when it is not plugged. With `force` it is torn out in the middle of whatever is going on.
 * @throws DrError CASSETTE_BUSY when something on it is in use and `force` is not set.
 */
export async function unplugCassette(context: LabContext, label: string, force: boolean): Promise<void> {
  await requireCassette(context.paths, label);
  const args = [label, force ? 'force' : 'safely'];
  if (force) return void (await runInside(context.pid, 'unplug-cassette.sh', args));
  const outcome = await tryInside(context.pid, 'unplug-cassette.sh', args);
  if (outcome.exitCode === 0) return;
  if (outcome.exitCode !== BUSY_STATUS) throw insideFailed('unplug-cassette.sh', outcome);
  throw new DrError(
    'CASSETTE_BUSY',
    `La cassetta "${label}" è in uso. / The cassette is in use.`,
    'Attendere la fine del comando che la usa, poi ripetere. / Wait for the command that uses it, then run again.',
  );
}

async function requireCassette(paths: LabPaths, label: string): Promise<void> {
  if (await exists(cassetteImagePath(paths, label))) return;
  throw new DrError(
    'CASSETTE_UNKNOWN',
    `Il laboratorio non ha una cassetta "${label}". / The lab has no such cassette.`,
    'Vedere quali ci sono con "dr lab status". / See which there are with "dr lab status".',
  );
}

/** The same serial gives the same volume id, as it does with a real disk. */
function uuidOf(serial: string): string {
  const digits = createHash('sha256').update(serial).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

function pluggedAlready(label: string, holder: string): DrError {
  return new DrError(
    'CASSETTE_PLUGGED',
    `La cassetta "${label}" è già inserita in ${holder}. / The cassette is already plugged into that host.`,
    'Toglierla prima da quella macchina. / Take it out of that machine first.',
  );
}

function hostOff(host: string): DrError {
  return new DrError(
    'HOST_OFF',
    `${host} non è acceso. / ${host} is not on.`,
    'Accenderlo con "dr lab up", o inserire la cassetta in un altro host. / Turn it on with "dr lab up", or use another host.',
  );
}
