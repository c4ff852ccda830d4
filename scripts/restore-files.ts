/** Restores the shares of a snapshot onto a file server's disk, whole or not at all. */
import { DrError } from '../core/errors.ts';
import {
  damaged,
  listSnapshots,
  requireCassette,
  restoreFolder,
  type Snapshot,
} from '../platforms/restic/cassette.ts';
import { type RemoteHost, withHost } from '../platforms/ssh.ts';
import { SNAPSHOT_TAG } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { SHARES_ROOT } from './serve-shares.ts';

/** An empty or tiny beginning of an id (a variable that was not set) must not pick a snapshot by chance. */
const SHORTEST_ID = 4;

export type SnapshotRequest = { host: string; label: string; snapshot: string };

/** Restores the shares; a snapshot that is in place already changes nothing. */
export async function restoreFiles(
  context: ScriptContext,
  request: SnapshotRequest,
): Promise<{ changed: boolean }> {
  const passphrase = await passphraseOf(context, request.label);
  return await withHost(
    context.access,
    request.host,
    async (host) =>
      await withSnapshot(
        host,
        request,
        passphrase,
        async (snapshotId) =>
          await restoreFolder(host, {
            label: request.label,
            snapshotId,
            source: SHARES_ROOT,
            target: SHARES_ROOT,
            disk: '/srv',
            passphrase,
            onProgress: (line) => context.progress(`Ripristino dei file / restoring files: ${line}`),
          }),
      ),
  );
}

const WHOLE_ID = /^[0-9a-f]{64}$/;

/**
 * Hands the snapshot's id to `work`. A whole id is taken at its word, because to look it up takes as long as to begin; only when
 * the work fails is the cassette asked what is wrong with it or with the snapshot.
 * @throws DrError as `work` and {@link findSnapshot}
 */
export async function withSnapshot<T>(
  host: RemoteHost,
  { label, snapshot }: Pick<SnapshotRequest, 'label' | 'snapshot'>,
  passphrase: string,
  work: (snapshotId: string) => Promise<T>,
): Promise<T> {
  if (!WHOLE_ID.test(snapshot)) return await work((await findSnapshot(host, label, snapshot, passphrase)).id);
  const [cassette, outcome] = await Promise.allSettled([requireCassette(host, label), work(snapshot)]);
  if (cassette.status === 'rejected') throw cassette.reason;
  if (outcome.status === 'fulfilled') return outcome.value;
  if (isAboutContents(outcome.reason)) await findSnapshot(host, label, snapshot, passphrase);
  throw outcome.reason;
}

function isAboutContents(error: unknown): boolean {
  return error instanceof DrError && ['CASSETTE_DAMAGED', 'REMOTE_FAILED'].includes(error.code);
}

/**
 * A snapshot of ours by id (or its beginning), or `latest`.
 * @throws DrError SNAPSHOT_UNKNOWN, CASSETTE_ABSENT, CASSETTE_WRONG_LABEL, CASSETTE_PASSPHRASE, CASSETTE_DAMAGED
 */
export async function findSnapshot(
  host: RemoteHost,
  label: string,
  wanted: string,
  passphrase: string,
): Promise<Snapshot> {
  await requireCassette(host, label);
  const { snapshots, unreadable } = await listSnapshots(host, label, passphrase);
  const ours = snapshots.filter(({ tags }) => tags.includes(SNAPSHOT_TAG));
  const lost = unreadable.filter((id) => wanted === 'latest' || id.startsWith(wanted));
  if (lost.length > 0) {
    throw damaged(
      label,
      `non si leggono gli snapshot ${lost.map(shortId).join(', ')}. Si leggono / these read: ${listed(ours)}`,
    );
  }
  const named = ours.filter(({ id }) => wanted.length >= SHORTEST_ID && id.startsWith(wanted));
  const found = wanted === 'latest' ? ours.slice(-1) : named;
  const [snapshot] = found;
  if (snapshot !== undefined && found.length === 1) return snapshot;
  throw new DrError(
    'SNAPSHOT_UNKNOWN',
    `Sulla cassetta ${label} "${wanted}" non indica uno snapshot solo. / On cassette ${label} it does not name one snapshot.`,
    `Snapshot presenti / there are: ${listed(ours)}`,
  );
}

function listed(snapshots: readonly Snapshot[]): string {
  return snapshots.map(({ id, time }) => `${shortId(id)} (${time})`).join(', ') || '-';
}

function shortId(id: string): string {
  return id.slice(0, 8);
}

export const snapshotOptions = {
  host: { type: 'string', required: true, help: 'macchina su cui ripristinare / host to restore onto' },
  label: { type: 'string', required: true, help: 'etichetta della cassetta / label of the cassette' },
  snapshot: { type: 'string', required: true, help: 'identificativo, o "latest" / id, or "latest"' },
} as const;

if (import.meta.main) {
  await runScript(
    'Ripristina le cartelle condivise dalla cassetta. / Restores the shares from the cassette.',
    snapshotOptions,
    async (context, values) => await restoreFiles(context, values),
  );
}
