/** The cassette that is in a site's file server, and the snapshot on it that is to be restored. */
import { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { serverAt } from '../../inventory/lookup.ts';
import { countedIn, listSnapshots, requireCassette, type Snapshot } from '../../platforms/restic/cassette.ts';
import { pluggedMedia } from '../../platforms/restic/media.ts';
import { withHost } from '../../platforms/ssh.ts';
import { SNAPSHOT_TAG } from '../../scripts/backup.ts';
import { passphraseOf, type ScriptContext } from '../../scripts/context.ts';
import type { SiteName } from '../../stacks/settings.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';

/**
 * The label of the cassette of the inventory that is in the site's file server; of several, the first in the inventory's order.
 * @throws DrError CASSETTE_ABSENT, CASSETTE_WRONG_LABEL, CASSETTE_BLANK, CASSETTE_DAMAGED
 */
export async function pluggedLabel(context: ScriptContext, site: SiteName): Promise<string> {
  const { name } = serverAt(context.inventory, site, 'file-server');
  const known = context.inventory.cassettes.map(({ label }) => label);
  return await withHost(context.access, name, async (host) => {
    // One look at all of them: a cassette that is changed between two looks would be in neither.
    const media = await pluggedMedia(host);
    const label = known.find((one) => media.some(({ identity }) => identity?.label === one));
    // Without one, says what is wrong with the one that should be there; it may also have been plugged in since.
    return label ?? (await requireCassette(host, known[0] ?? '-')).identity.label;
  });
}

/** What is to be restored at the site, as evidence: the newest snapshot of ours, or the newest before an instant. */
export async function cassetteEvent(
  context: ScriptContext,
  site: SiteName,
  label: string,
  before?: string,
): Promise<Extract<EvidenceEvent, { type: 'cassette' }>> {
  const passphrase = await passphraseOf(context, label);
  const { name } = serverAt(context.inventory, site, 'file-server');
  return await withHost(context.access, name, async (host) => {
    const { identity } = await requireCassette(host, label);
    const { snapshots } = await listSnapshots(host, label, passphrase);
    const chosen = snapshots.findLast(
      ({ tags, time }) =>
        tags.includes(SNAPSHOT_TAG) && (before === undefined || Date.parse(time) < Date.parse(before)),
    );
    if (chosen === undefined) throw noSnapshot(label, before);
    return {
      type: 'cassette',
      label,
      serial: identity.serial,
      repositoryId: identity.repositoryId,
      snapshotId: chosen.id,
      snapshotAtUtc: new Date(chosen.time).toISOString(),
      site,
      sizeBytes: sizeTag(chosen),
    };
  });
}

/** The backup tags each snapshot with its size: the shares' and the applications'. */
function sizeTag({ tags }: Snapshot): number {
  return (countedIn(tags, 'bytes') || 0) + (countedIn(tags, 'applications') || 0);
}

export function noSnapshot(label: string, before?: string): DrError {
  const older = before === undefined ? '' : ` di prima del / from before ${formatRome(before)}`;
  return new DrError(
    'SNAPSHOT_UNKNOWN',
    `Sulla cassetta ${label} non c'è una copia${older}. / There is no such backup on the cassette.`,
    'Inserire una cassetta più vecchia della rotazione, poi riprovare il passo. / Plug in an older cassette of the rotation, then try the step again.',
  );
}
