/** The manifest of the shares: written at backup time, compared after a restore (see manifest.py for the line format). */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { applyBashText } from '../remote.ts';
import type { RemoteHost } from '../ssh.ts';

const program = new URL('manifest.py', import.meta.url);

const summarySchema = z.strictObject({ entries: z.number(), sizeBytes: z.number(), sha256: z.string() });
export type ManifestSummary = z.infer<typeof summarySchema>;

/** Writes the manifest of `root` to `file` (gzip), both on `host`. */
export async function writeManifest(host: RemoteHost, root: string, file: string): Promise<ManifestSummary> {
  const text = `
python3 -c "$MANIFEST_PY" write "$ROOT" | gzip -1 > "$FILE"
gunzip -c "$FILE" | jq -rn 'reduce inputs as $e ([0,0]; [.[0]+1, .[1]+($e.s // 0)]) | {entries: .[0], sizeBytes: .[1]}' > /run/dr-manifest.json
jq -c --arg sha256 "$(sha256sum "$FILE" | cut -d' ' -f1)" '. + {sha256: $sha256}' /run/dr-manifest.json
`;
  const answer = await applyBashText(host, text, {
    parameters: { MANIFEST_PY: await readFile(program, 'utf8'), ROOT: root, FILE: file },
  });
  return summarySchema.parse(JSON.parse(answer));
}

export const differenceKinds = [
  'missing',
  'extra',
  'type',
  'size',
  'content',
  'owner',
  'acl',
  'attributes',
  'time',
  'links',
  'unreadable',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

const comparisonSchema = z.strictObject({
  /** Lines of the manifest, and how many of them were found and compared. */
  expected: z.number(),
  compared: z.number(),
  sizeBytes: z.number(),
  counts: z.partialRecord(z.enum(differenceKinds), z.number()),
  /** The first differences of each kind, each naming its file. */
  samples: z.partialRecord(z.enum(differenceKinds), z.array(z.string())),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Compares the tree at `root` with the manifest inside a snapshot on the cassette, both at `host`. */
export async function compareWithManifest(
  host: RemoteHost,
  options: { label: string; snapshotId: string; manifest: string; root: string; passphrase: string },
): Promise<Comparison> {
  const text = `
export RESTIC_PASSWORD="$DR_SECRET"
restic --repo "/media/$LABEL/restic" --no-cache --no-lock --quiet dump "$SNAPSHOT" "$MANIFEST" > /run/dr-manifest.gz
gunzip -c /run/dr-manifest.gz | python3 -c "$MANIFEST_PY" compare "$ROOT"
rm -f /run/dr-manifest.gz
`;
  const answer = await applyBashText(host, text, {
    parameters: {
      MANIFEST_PY: await readFile(program, 'utf8'),
      LABEL: options.label,
      SNAPSHOT: options.snapshotId,
      MANIFEST: options.manifest,
      ROOT: options.root,
    },
    secret: options.passphrase,
  });
  return comparisonSchema.parse(JSON.parse(answer));
}
