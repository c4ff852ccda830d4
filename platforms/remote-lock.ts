/** One at a time on a host, for work that is made of several commands (one program alone is in remote.ts). */
import { PassThrough } from 'node:stream';
import { DrError } from '../core/errors.ts';
import { type RemoteHost, shellQuote } from './ssh.ts';

/** How long another one's lock is waited for, and what is said then; `host` may be a shell expression. */
export const hostBusy = {
  timeoutSeconds: 900,
  message: (host: string): string =>
    `Un altro comando lavora su ${host} da oltre 15 minuti. / Another command has worked on it for over 15 minutes.`,
  hint: 'Attendere che finisca e ripetere; se è fermo, là "fuser -v /run/dr.lock" dice quale processo è, e lo si può terminare. / Wait for it to end and run again; if it hangs, that command tells there which process it is, and it may be killed.',
};

/**
 * Does `work` while a command on the host holds the lock `path` there (flock(1)); waits for another holder, which is told to `onWait`.
 * The command ends with its input, so the kernel frees the lock when this process or the connection dies.
 * @throws DrError HOST_BUSY after a quarter of an hour
 */
export async function withRemoteLock<T>(
  host: RemoteHost,
  path: string,
  onWait: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const hold = `${shellQuote(path)} sh -c 'echo held >&2; exec cat'`;
  const command = `flock --nonblock --conflict-exit-code 75 ${hold} || { [ $? = 75 ] && echo waiting >&2 && flock --timeout ${hostBusy.timeoutSeconds} ${hold}; }`;
  const input = new PassThrough();
  const held = Promise.withResolvers<'held'>();
  const onStderr = (said: Buffer): void => {
    if (said.includes('held')) held.resolve('held');
    else onWait('In attesa: un altro comando ci lavora. / Waiting: another command works on it.');
  };
  const ended = host.try(command, { stdin: input, onStderr });
  try {
    if ((await Promise.race([held.promise, ended])) !== 'held')
      throw new DrError('HOST_BUSY', hostBusy.message(host.name), hostBusy.hint);
    return await work();
  } finally {
    input.end();
    await ended.catch(() => undefined); // a lost connection has already shown in the work
  }
}
