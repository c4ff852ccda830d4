/** Lends a plugged cassette to a host that has no way to it: read only, as a folder in its place. */
import { PassThrough } from 'node:stream';
import { DrError } from '../../core/errors.ts';
import { type Access, isHere } from '../access.ts';
import { run, spawnJoined } from '../exec.ts';
import { opensshCommand } from '../openssh.ts';
import { RemoteHost, shellQuote } from '../ssh.ts';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
/** A medium that nobody writes to: what was read once may stay in memory. */
const SSHFS_OPTIONS = 'passive,ro,cache_timeout=3600,kernel_cache';

export type Lender = { access: Access; host: RemoteHost };
/** `enter`, put before a program, makes it run on the host, with the rights of this machine's root. */
export type Borrower = { access: Access; name: string; enter: readonly string[] };
export type LentFolder = { mountPoint: string; label: string };

/**
 * Shows the cassette of `holder` as `/media/<label>` on the borrower while `work` goes on; neither needs a network to the other. One that is
 * plugged into this machine is mounted there a second time: nothing of it is copied. Any other is read over this computer.
 * @throws DrError CASSETTE_NOT_LENT
 */
export async function withLentCassette<T>(
  holder: Lender,
  cassette: LentFolder,
  borrower: Borrower,
  work: () => Promise<T>,
): Promise<T> {
  const device = isHere(holder.access, holder.host.name)
    ? await deviceAt(holder.host, cassette.mountPoint)
    : undefined;
  return device === undefined
    ? await withSftp(holder, cassette, borrower, work)
    : await withDevice(holder.host, { ...cassette, device }, borrower, work);
}

type Device = { type: string; major: string; minor: string; options: string };

/** What is mounted there, as this machine's kernel knows it; undefined for a folder, or a part of a file system. */
async function deviceAt(holder: RemoteHost, mountPoint: string): Promise<Device | undefined> {
  const asked = `findmnt --noheadings --raw --output FSTYPE,MAJ:MIN,FSROOT,SOURCE,FS-OPTIONS --mountpoint ${shellQuote(mountPoint)}`;
  const { stdout } = await holder.try(asked);
  const [type = '', number = '', root, source = '', options = ''] = (
    stdout.trim().split('\n').at(-1) ?? ''
  ).split(' ');
  const [major = '', minor = ''] = number.split(':');
  if (root !== '/' || !source.startsWith('/dev/')) return undefined;
  return { type, major, minor, options: options.split(',').includes('ro') ? 'ro' : 'rw' };
}

/** In the borrower's own /dev, which it may have made nodev elsewhere. */
const NODE = '/dev/dr-lent';
/**
 * Arguments: folder, type, major, minor, ro or rw. The kernel has one file system however often it is mounted, and refuses to have it once
 * for writing and once not; so it is mounted as the holder has it, and this mount alone is made read only before anybody sees it.
 */
const MOUNT = `
mkdir -p "$1"
rm -f ${NODE}; mknod -m 0600 ${NODE} b "$3" "$4"
mount -t "$2" -o "$5,nosuid,nodev,noexec,noatime" ${NODE} "$1"
mount -o remount,bind,ro,nosuid,nodev,noexec "$1"`;
const UNMOUNT = `! mountpoint -q "$1" || umount --lazy "$1"; rm -f ${NODE}; rmdir "$1"`;

async function withDevice<T>(
  holder: RemoteHost,
  { mountPoint, label, device }: LentFolder & { device: Device },
  { name, enter }: Borrower,
  work: () => Promise<T>,
): Promise<T> {
  const folder = folderOf(label);
  const { type, major, minor, options } = device;
  const release = await keepInUse(holder, mountPoint);
  try {
    await runEntered(enter, MOUNT, [folder, type, major, minor, options]).catch((error: unknown) => {
      throw notLent(label, name, error instanceof Error ? error.message : String(error));
    });
    return await work();
  } finally {
    await runEntered(enter, UNMOUNT, [folder]).catch(() => undefined);
    await release();
  }
}

async function runEntered(enter: readonly string[], script: string, args: readonly string[]): Promise<void> {
  const [program = 'sh', ...words] = [...enter, 'sh', '-ec', script, 'lend', ...args];
  await run(program, words);
}

/** From now on whoever wants to take it out is told that it is in use; gives what ends that. */
async function keepInUse(holder: RemoteHost, mountPoint: string): Promise<() => Promise<void>> {
  const input = new PassThrough();
  const isThere = Promise.withResolvers<undefined>();
  const arrived = (): void => isThere.resolve(undefined);
  const ended = holder
    .try(`cd ${shellQuote(mountPoint)} && echo there >&2 && exec cat`, { stdin: input, onStderr: arrived })
    .then(arrived, arrived);
  await isThere.promise;
  return async () => {
    input.end();
    await ended;
  };
}

/**
 * The holder answers reading only (sftp-server -R); the borrower's file system talks to it over its standard input and output (sshfs,
 * `passive`), over pipes of this computer.
 */
async function withSftp<T>(
  holder: Lender,
  { mountPoint, label }: LentFolder,
  { access, name, enter }: Borrower,
  work: () => Promise<T>,
): Promise<T> {
  const folder = folderOf(label);
  const target = shellQuote(folder);
  await using reader = await RemoteHost.connect(access, name);
  await reader.bash(`mkdir -p ${target}`);
  const joined = await spawnJoined(
    opensshCommand(holder.access, holder.host.name, `exec ${SFTP_SERVER} -R`),
    [...enter, 'sshfs', `:${mountPoint}`, folder, '-f', '-o', SSHFS_OPTIONS],
  );
  try {
    const mounted = reader.bash(untilAnswered(target));
    const said = await Promise.race([mounted.then(() => undefined), joined.ended]);
    if (said !== undefined) throw notLent(label, reader.name, said);
    return await work();
  } finally {
    await reader.try(`umount --lazy ${target} && rmdir ${target}`);
    joined.close();
  }
}

/** sshfs mounts before it asks for the folder: only one that tells its size was found there. A folder not mounted yet is of another type. */
function untilAnswered(target: string): string {
  return `until [ "$(stat -fc %T ${target} 2>/dev/null)" = fuseblk ]; do read -rt 0.05 <> <(:) || true; done`;
}

function folderOf(label: string): string {
  return `/media/${label}`;
}

function notLent(label: string, reader: string, said: string): DrError {
  return new DrError(
    'CASSETTE_NOT_LENT',
    `La cassetta ${label} non si è potuta mostrare a ${reader}: ${said.trim() || '-'} / The cassette could not be shown to that host.`,
    'Controllare che sulla macchina della cassetta ci sia sftp-server (pacchetto openssh-sftp-server) e nella bolla sshfs, poi ripetere. / Check for sftp-server on the host with the cassette and for sshfs in the bubble, then run again.',
  );
}
