/** What kit is on a cassette, and whether it is what was written. */
import { z } from 'zod';
import { probeBash } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

const manifestSchema = z.object({
  format: z.literal(1),
  version: z.string(),
  digest: z.string(),
  machine: z.string(),
  unpackedBytes: z.number(),
  label: z.string(),
  writtenAtUtc: z.iso.datetime(),
});
export type KitManifest = z.infer<typeof manifestSchema>;

const probeSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('absent') }),
  z.strictObject({ state: z.literal('broken'), why: z.string() }),
  z.strictObject({
    state: z.literal('whole'),
    manifest: manifestSchema,
    /** The list of digests of the files in clear. */
    sums: z.string(),
    sizeBytes: z.number(),
    /** Null where no passphrase was given. */
    sealed: z
      .discriminatedUnion('intact', [
        /** `content`: the digest of what is in it; empty in a kit that an older version wrote. */
        z.strictObject({ intact: z.literal(true), content: z.string() }),
        z.strictObject({ intact: z.literal(false), why: z.string() }),
      ])
      .nullable(),
  }),
]);
export type KitProbe = z.infer<typeof probeSchema>;

/** The name of the kit on a cassette; a new one has another until it is whole. */
const KIT_FOLDER = 'kit';

/** Looks at the kit of a cassette that is plugged into `host`; with the passphrase also into its encrypted part. */
export async function probeKit(
  host: RemoteHost,
  label: string,
  passphrase = '',
  folder = KIT_FOLDER,
): Promise<KitProbe> {
  const answer = await probeBash(host, new URL('probe-kit.sh', import.meta.url), {
    parameters: { LABEL: label, FOLDER: folder },
    secret: passphrase,
  });
  return probeSchema.parse(JSON.parse(answer));
}
