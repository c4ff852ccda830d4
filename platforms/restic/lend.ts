/** Lends a plugged cassette to a host that has no way to it: read only, over this computer, as a folder in its place. */
import { DrError } from '../../core/errors.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

/**
 * Shows the cassette of `holder` as `/media/<label>` on `reader` while `work` goes on. The holder answers reading only (sftp-server -R);
 * the reader's file system talks to it over its standard input and output (sshfs, `passive`), so neither needs a network to the other.
 * @throws DrError CASSETTE_NOT_LENT
 */
export async function withLentCassette<T>(
  holder: RemoteHost,
  { mountPoint, label }: { mountPoint: string; label: string },
  reader: RemoteHost,
  work: () => Promise<T>,
): Promise<T> {
  const target = shellQuote(`/media/${label}`);
  await reader.bash(`mkdir -p ${target}`);
  const joined = await holder.joinWith(
    `exec ${SFTP_SERVER} -R`,
    reader,
    `exec sshfs ${shellQuote(`:${mountPoint}`)} ${target} -f -o passive,ro,cache_timeout=3600`,
  );
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
