/** Single files of a snapshot, and what it means when one is not in it. */
import { DrError } from '../../core/errors.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';
import { explained } from './cassette.ts';

/** True when restic failed because the snapshot has nothing at that path. */
export function isAbsentInSnapshot(error: unknown): boolean {
  return (
    error instanceof DrError &&
    error.cause instanceof Error &&
    /not found in snapshot/.test(error.cause.message)
  );
}

/** The text of a file in a snapshot of the cassette plugged into `host`; undefined where it holds none. @throws DrError CASSETTE_DAMAGED, CASSETTE_PASSPHRASE */
export async function readSnapshotFile(
  host: RemoteHost,
  { label, snapshotId, passphrase }: { label: string; snapshotId: string; passphrase: string },
  path: string,
): Promise<string | undefined> {
  const repository = shellQuote(`/media/${label}/restic`);
  const dump = `RESTIC_PASSWORD="$DR_SECRET" restic --repo ${repository} --no-cache --no-lock --quiet dump ${snapshotId} ${path}`;
  try {
    return await explained(label, async () => await host.bash(dump, { secret: passphrase }));
  } catch (error) {
    if (isAbsentInSnapshot(error)) return undefined;
    throw error;
  }
}
