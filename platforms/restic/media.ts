/** The removable media that are plugged into a host: what each says it is, and what its hardware says. */
import { z } from 'zod';
import { probeBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';
import { identitySchema } from './cassette.ts';

const mediumSchema = z.strictObject({
  /** Of its file system, else the name of its mount. */
  label: z.string(),
  /** For example `/media/LUCCA-DR-A`. */
  mountPoint: z.string(),
  device: z.string(),
  /** As the hardware says it; null where it says none. Whoever builds a medium can make it say anything. */
  mediumSerial: z.string().nullable(),
  /** Its `cassette.json`; null where there is none, or where it does not read. */
  identity: identitySchema.nullable(),
  /** There is something in its repository, whatever its identity says. */
  holdsBackups: z.boolean(),
  /** Of all snapshots on it, by the names of their files: no passphrase is needed for that. */
  snapshotIds: z.array(z.string()),
  /** False where its file system takes no writes: a locked medium, or one that the kernel gave up after errors. */
  writable: z.boolean(),
  usedBytes: z.number(),
  freeBytes: z.number(),
});
export type PluggedMedium = z.infer<typeof mediumSchema>;

/** Every medium mounted in `/media` of that host, in the order of their mounts' names; none is a value. @throws DrError REMOTE_FAILED */
export async function pluggedMedia(host: RemoteHost): Promise<PluggedMedium[]> {
  const answer = await probeBash(host, new URL('media.sh', import.meta.url));
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => mediumSchema.parse(JSON.parse(line)));
}
