/** One entry of the ledger of custody: what happened to a cassette, signed, and chained to all that its writer knew. */
import { Buffer } from 'node:buffer';
import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { signerSchema } from './signers.ts';

const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/);
const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
/** One line of text that people read; no control characters, and none that stands for bytes that were no text. */
const line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{C}\uFFFD]+$/u);

export const custodyEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('initialised'),
    label,
    serial: line,
    /** `measured`: the hardware said it; `declared`: it said nothing, and the inventory's was taken. */
    serialOrigin: z.enum(['measured', 'declared']),
    repositoryId: hex64,
    site: slug,
  }),
  z.strictObject({
    kind: z.literal('written'),
    label,
    repositoryId: hex64,
    snapshotId: hex64,
    takenAtUtc: z.iso.datetime(),
    site: slug,
  }),
  z.strictObject({
    kind: z.literal('sent'),
    label,
    from: slug,
    to: slug,
    /** The role that handed it over, and the one that took it. */
    by: slug,
    toRole: slug.nullable(),
  }),
  z.strictObject({ kind: z.literal('received'), label, site: slug, by: slug }),
  z.strictObject({ kind: z.literal('retired'), label, by: slug, reason: line }),
  /** People looked into contradictions and say what was true; the entries stay as they are. */
  z.strictObject({
    kind: z.literal('settled'),
    label,
    by: slug,
    reason: line,
    entries: z.array(hex64).min(1),
  }),
]);
export type CustodyEvent = z.infer<typeof custodyEventSchema>;

const unsignedSchema = z.strictObject({
  format: z.literal(1),
  event: custodyEventSchema,
  /** When it happened; `declared` where a person said so. */
  atUtc: z.iso.datetime(),
  origin: z.enum(['measured', 'declared']),
  writtenAtUtc: z.iso.datetime(),
  signer: signerSchema,
  /** Digests of the newest entries known to the writer, in order. */
  parents: z.array(hex64),
});
export type UnsignedEntry = z.infer<typeof unsignedSchema>;

const entrySchema = z.strictObject({
  ...unsignedSchema.shape,
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type Entry = z.infer<typeof entrySchema> & {
  /** SHA-256 of its line: its name. */
  digest: string;
};

/** What is signed begins with this, so that a signature is worth nothing elsewhere. */
const PURPOSE = 'lucca-dr custody 1\n';

export function signEntry(unsigned: UnsignedEntry, key: KeyObject): Entry {
  const body = unsignedSchema.parse(unsigned);
  const signature = sign(null, signedBytes(body), key).toString('base64url');
  return withDigest({ ...body, signature });
}

/** The one way in which an entry is written: any other spelling of the same is refused. */
export function entryLine(entry: Entry): string {
  const { digest: _, ...written } = entry;
  return JSON.stringify(entrySchema.parse(written));
}

export function isSignedBy(entry: Entry, key: KeyObject): boolean {
  const { digest: _, signature, ...body } = entry;
  const bytes = Buffer.from(signature, 'base64url');
  return bytes.toString('base64url') === signature && verify(null, signedBytes(body), key, bytes);
}

/** Undefined where the line is not exactly how an entry is written. */
export function parseEntry(text: string): Entry | undefined {
  const parsed = entrySchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const entry = withDigest(parsed.data);
  return entryLine(entry) === text ? entry : undefined;
}

/** A value only where it is JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function withDigest(entry: z.infer<typeof entrySchema>): Entry {
  const text = JSON.stringify(entry);
  return { ...entry, digest: createHash('sha256').update(text).digest('hex') };
}

function signedBytes(body: UnsignedEntry): Buffer {
  return Buffer.from(PURPOSE + JSON.stringify(unsignedSchema.parse(body)));
}
