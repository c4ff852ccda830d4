/** How much work would be lost if Lucca burned now: not what the rotation promises, but what is really at Viareggio. */
import type { Inventory } from '../inventory/schema.ts';
import type { Custody } from './custody.ts';
import { newestAt } from './identity.ts';

export type Rpo = {
  site: string;
  /** What the rotation promises: a backup so often. */
  nominalSeconds: number;
  /** What may be lost at most (inventory/targets.yaml). */
  targetSeconds: number;
  /** Age of the newest snapshot on the newest cassette that by the ledger is at that site; null where there is none. */
  effectiveSeconds: number | null;
  cassette: { label: string; snapshotId: string; snapshotAtUtc: string } | null;
};

/** At an instant. `site`: where the newest cassette must be found (plan 2.5), unless named. A snapshot from the future gives a negative age. */
export function rpoOf(
  { rotation, targets }: Pick<Inventory, 'rotation' | 'targets'>,
  custody: Custody,
  nowUtc: string,
  site: string = rotation.custody.site,
): Rpo {
  const record = newestAt(custody, site);
  const newest = record?.newestSnapshot ?? null;
  return {
    site,
    nominalSeconds: rotation.backupEveryHours.value * 3600,
    targetSeconds: targets.fileServerAndDomain.rpoHours * 3600,
    effectiveSeconds:
      newest === null ? null : Math.round((Date.parse(nowUtc) - Date.parse(newest.takenAtUtc)) / 1000),
    cassette:
      record === undefined || newest === null
        ? null
        : { label: record.label, snapshotId: newest.id, snapshotAtUtc: newest.takenAtUtc },
  };
}
