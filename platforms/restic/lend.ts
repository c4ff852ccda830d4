/** Lends a plugged cassette to a host that has no way to it: read only, over this computer, as a folder in its place. */
import { DrError } from '../../core/errors.ts';
import type { Access } from '../access.ts';
import { spawnJoined } from '../exec.ts';
import { opensshCommand } from '../openssh.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
/** A medium that nobody writes to: what was read once may stay in memory. */
const SSHFS_OPTIONS = 'passive,ro,cache_timeout=3600,kernel_cache';

export type Lender = { access: Access; name: string };
/** `enter`, put before a program, makes it run on the host. */
export type Borrower = { host: RemoteHost; enter: readonly string[] };

/**
 * Shows the cassette of `holder` as `/media/<label>` on the borrower while `work` goes on. The holder answers reading only (sftp-server
 * -R); the borrower's file system talks to it over its standard input and output (sshfs, `passive`), so neither needs a network to the other.
 * @throws DrError CASSETTE_NOT_LENT
 */
export async function withLentCassette<T>(
  holder: Lender,
  { mountPoint, label }: { mountPoint: string; label: string },
  { host: reader, enter }: Borrower,
  work: () => Promise<T>,
): Promise<T> {
  const folder = `/media/${label}`;
  const target = shellQuote(folder);
  await reader.bash(`mkdir -p ${target}`);
  const joined = await spawnJoined(opensshCommand(holder.access, holder.name, `exec ${SFTP_SERVER} -R`), [
    ...enter,
    'sshfs',
    `:${mountPoint}`,
    folder,
    '-f',
    '-o',
    SSHFS_OPTIONS,
  ]);
  try {
    const mounted = reader.bash(`until mountpoint -q ${target}; do read -rt 0.05 <> <(:) || true; done`);
    const said = await Promise.race([mounted.then(() => undefined), joined.ended]);
    if (said !== undefined) throw notLent(label, reader.name, said);
    return await work();
  } finally {
    await reader.try(`umount --lazy ${target} && rmdir ${target}`);
    joined.close();
  }
}

function notLent(label: string, reader: string, said: string): DrError {
  return new DrError(
    'CASSETTE_NOT_LENT',
    `La cassetta ${label} non si è potuta mostrare a ${reader}: ${said.trim() || '-'} / The cassette could not be shown to that host.`,
    'Controllare che sulla macchina della cassetta ci sia sftp-server (pacchetto openssh-sftp-server) e nella bolla sshfs, poi ripetere. / Check for sftp-server on the host with the cassette and for sshfs in the bubble, then run again.',
  );
}
