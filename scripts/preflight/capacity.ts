/** Will the newest snapshot of a cassette fit on the disk, and how long will its restore take at the speed measured now? */
import { z } from 'zod';
import { type Check, type Finding, judge, runCheck } from '../../core/check.ts';
import { formatBytes } from '../../core/sizes.ts';
import { formatDurationMs } from '../../core/time.ts';
import { serverAt } from '../../inventory/lookup.ts';
import { runPython } from '../../platforms/remote.ts';
import { countedIn, type Snapshot } from '../../platforms/restic/cassette.ts';
import { RemoteHost } from '../../platforms/ssh.ts';
import { passphraseOf, type ScriptContext } from '../context.ts';
import { findSnapshot } from '../restore-files.ts';

/** How much of medium and disk is read and written. */
const SAMPLE_BYTES = 64 * 1024 ** 2;
/** Folders, ACLs and the file system take some more than the files: as the restore itself reckons. */
const OVERHEAD = 1.05;
const BYTES_AN_ENTRY = 4096;
/** The disk is to have room for work after the restore. An assumption. */
const MARGIN = 1.2;
/** Domain, joins and checks beside the copying of files; docs/benchmarks.md measured 40 s. An assumption with a margin. */
const FIXED_SECONDS = 300;

const speed = z.object({ bytes: z.number(), seconds: z.number() });
const measuredSchema = z.object({ freeBytes: z.number(), read: speed, write: speed });
export type Measured = z.infer<typeof measuredSchema>;
export type SnapshotSize = { bytes: number; entries: number };

export type Capacity = {
  checks: Check[];
  /** Undefined where the snapshot could not be read, or does not say it. */
  size: SnapshotSize | undefined;
};

/** Looks at the cassette in the site's file server and at that server's disk. */
export async function checkCapacity(context: ScriptContext, site: string, label: string): Promise<Capacity> {
  const look = inspect(context, site, label);
  const rtoHours = context.inventory.targets.fileServerAndDomain.rtoHours;
  const checks = await Promise.all([
    runCheck(
      {
        id: 'preflight.disk',
        titleIt: 'La cassetta sta sul disco',
        titleEn: 'The cassette fits on the disk',
      },
      async () => {
        const { size, measured } = await look;
        return judgeFit(size, measured.freeBytes);
      },
    ),
    runCheck(
      {
        id: 'preflight.time',
        titleIt: "Durata del ripristino entro l'RTO",
        titleEn: 'Duration of the restore within the RTO',
      },
      async () => {
        const { size, measured } = await look;
        return judgeTime(size, measured, rtoHours);
      },
    ),
  ]);
  return { checks, size: await look.then(({ size }) => size).catch(() => undefined) };
}

/** Bytes on the disk after a restore. */
export function roomFor({ bytes, entries }: SnapshotSize): number {
  return Math.ceil(bytes * OVERHEAD + entries * BYTES_AN_ENTRY);
}

export function judgeFit(size: SnapshotSize, freeBytes: number): Finding {
  const needed = Math.ceil(roomFor(size) * MARGIN);
  const numbers = `servono / needed ${formatBytes(needed)} (margine / margin ${Math.round((MARGIN - 1) * 100)} %), liberi / free ${formatBytes(freeBytes)}`;
  return judge(needed > freeBytes ? [numbers] : [], numbers);
}

/** Reading and writing are counted one after the other, which is the slowest that it can be. @throws Error without a measure */
export function judgeTime(size: SnapshotSize, { read, write }: Measured, rtoHours: number): Finding {
  if (read.seconds <= 0 || write.seconds <= 0)
    throw new Error('La velocità non si è potuta misurare. / The speed could not be measured.');
  const [readRate, writeRate] = [read.bytes / read.seconds, write.bytes / write.seconds];
  const seconds = size.bytes / readRate + roomFor(size) / writeRate + FIXED_SECONDS;
  const numbers = `circa / about ${formatDurationMs(seconds * 1000)}, RTO ${rtoHours} h; lettura / read ${formatBytes(readRate)}/s, scrittura / write ${formatBytes(writeRate)}/s, ${formatBytes(size.bytes)}`;
  return judge(seconds > rtoHours * 3600 ? [numbers] : [], numbers);
}

async function inspect(
  context: ScriptContext,
  site: string,
  label: string,
): Promise<{ size: SnapshotSize; measured: Measured }> {
  const passphrase = await passphraseOf(context, label);
  await using host = await RemoteHost.connect(
    context.access,
    serverAt(context.inventory, site, 'file-server').name,
  );
  const size = sizeOf(await findSnapshot(host, label, 'latest', passphrase));
  const answer = await runPython(host, new URL('measure.py', import.meta.url), {
    repository: `/media/${label}/restic`,
    disk: '/srv',
    bytes: SAMPLE_BYTES,
  });
  return { size, measured: measuredSchema.parse(JSON.parse(answer)) };
}

/** The backup writes it into the snapshot's tags. @throws Error where it does not stand there */
export function sizeOf({ id, tags }: Pick<Snapshot, 'id' | 'tags'>): SnapshotSize {
  const size = {
    bytes: countedIn(tags, 'bytes') ?? Number.NaN,
    entries: countedIn(tags, 'entries') ?? Number.NaN,
  };
  if (Number.isFinite(size.bytes) && Number.isFinite(size.entries)) return size;
  throw new Error(
    `Lo snapshot ${id.slice(0, 8)} non dice quanto contiene. / The snapshot does not say how much it holds.`,
  );
}
