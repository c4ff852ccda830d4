/** What a machine must have before a lab can be made on it; each thing that is missing is named, with the way to get it. */
import { readFile, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DrError } from '../core/errors.ts';
import { formatBytes } from '../core/sizes.ts';
import { isExecutable, labImageDirectory } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { LAB_PATH } from './supervisor.ts';

/** Programs by the Debian package that has them. */
const programs = {
  iproute2: ['ip', 'tc'],
  nftables: ['nft'],
  'systemd-container': ['systemd-nspawn'],
  socat: ['socat'],
  e2fsprogs: ['mkfs.ext4'],
  'openssh-client': ['ssh-keygen'],
  mount: ['mount', 'losetup'],
  'util-linux': ['unshare', 'nsenter', 'setsid', 'flock', 'blkid'],
} as const;

/** The restic of the hosts' image (Debian 12). */
const IMAGE_RESTIC = [0, 14] as const;

/** Less than this, and a host could not even write its journal. */
const MINIMUM_FREE_BYTES = 256 * 1024 ** 2;

/** @throws DrError NO_ROOT */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new DrError(
    'NO_ROOT',
    'Il laboratorio crea reti, dischi e macchine: lo può fare solo root. / The lab makes networks, disks and machines: only root may.',
    'Ripetere il comando da root, per esempio con "sudo". / Run the command again as root, for example with "sudo".',
  );
}

/** @throws DrError LAB_TOOL_MISSING naming all that is missing */
export function requirePrograms(): void {
  const missing = Object.entries(programs).filter(([, names]) => !names.every((name) => findProgram(name)));
  if (missing.length === 0) return;
  throw new DrError(
    'LAB_TOOL_MISSING',
    `Mancano i programmi del laboratorio: / Programs that the lab needs are missing: ${missing.map(([, names]) => names.join(', ')).join(', ')}`,
    `apt-get install ${missing.map(([name]) => name).join(' ')}`,
  );
}

/**
 * The folder under all hosts: `DR_LAB_IMAGE`, else the one that the set-up made.
 * @throws DrError LAB_IMAGE_MISSING
 */
export function requireImage(): string {
  const directory = process.env['DR_LAB_IMAGE'] || labImageDirectory();
  if (isExecutable(join(directory, 'usr/sbin/sshd'))) return directory;
  throw new DrError(
    'LAB_IMAGE_MISSING',
    `L'immagine degli host del laboratorio non c'è (attesa in "${directory}"). / The image of the lab's hosts is not there.`,
    'Eseguire una volta "npm test" o "npm run drill": la preparazione la costruisce. / Run one of them once: the set-up builds it.',
  );
}

/** @throws DrError LAB_DISK when the state folder's file system has less than `bytes` (at least 256 MiB) free. */
export async function requireFreeSpace(directory: string, bytes = 0): Promise<void> {
  const wanted = Math.max(bytes, MINIMUM_FREE_BYTES);
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= wanted) return;
  throw diskFull(
    `liberi / free: ${formatBytes(bavail * bsize)}; servono / needed: ${formatBytes(wanted)} (${directory})`,
  );
}

/** systemd and the message bus of one host hold this many (measured), and a little is left to the machine. */
const INOTIFY_PER_HOST = 4;
const INOTIFY_SPARE = 4;

/**
 * A kernel limit on file watchers counts all hosts of all labs as root's; without one, systemd in a host hangs while it boots.
 * Source: inotify(7), /proc/sys/fs/inotify/max_user_instances.
 * @throws DrError LAB_INOTIFY
 */
export async function requireInotify(hosts: number): Promise<void> {
  const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8'));
  const { stdout } = await tryRun('find', [
    '/proc',
    '-maxdepth',
    '3',
    '-path',
    '/proc/[0-9]*/fd/*',
    '-lname',
    'anon_inode:inotify',
  ]);
  const used = stdout.split('\n').filter(Boolean).length;
  const wanted = used + hosts * INOTIFY_PER_HOST + INOTIFY_SPARE;
  if (wanted <= limit) return;
  throw new DrError(
    'LAB_INOTIFY',
    `Questa macchina non regge altri ${hosts} host: osservatori di file in uso ${used}, limite ${limit}, servono ${wanted}. / This machine cannot carry ${hosts} more hosts: too few file watchers.`,
    `Togliere altri laboratori ("dr lab list", "dr lab down --all"), oppure: / Take other labs away, or: sysctl fs.inotify.max_user_instances=${Math.max(512, wanted)}`,
  );
}

export function diskFull(detail: string, cause?: unknown): DrError {
  return new DrError(
    'LAB_DISK',
    `Non c'è posto per i dischi del laboratorio. / There is no room for the lab's disks. ${detail}`,
    'Liberare spazio, o mettere lo stato su un altro disco con DR_STATE=CARTELLA. / Free some space, or put the state on another disk with DR_STATE=FOLDER.',
    { cause },
  );
}

/** This machine's restic where it is newer than the image's, else undefined. */
export async function newerRestic(): Promise<string | undefined> {
  const path = findProgram('restic', process.env['PATH']);
  if (path === undefined) return undefined;
  const { stdout } = await tryRun(path, ['version']);
  const [, major, minor] = /^restic (\d+)\.(\d+)/.exec(stdout) ?? [];
  const newer =
    Number(major) > IMAGE_RESTIC[0] || (Number(major) === IMAGE_RESTIC[0] && Number(minor) > IMAGE_RESTIC[1]);
  return newer ? path : undefined;
}

function findProgram(name: string, path = LAB_PATH): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}
