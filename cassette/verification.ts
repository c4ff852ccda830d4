/**
 * What the daily proof of a cassette says: five levels, each of which includes those before it (the plan's 2.5 asks for the first).
 * A level that could not be carried out is NOT VERIFIABLE, never PASS.
 */
import { z } from 'zod';
import { checkOutcomes, checkSchema } from '../core/check.ts';

/** From the cheapest to the dearest. */
export const levels = ['presence', 'freshness', 'structure', 'content', 'recoverability'] as const;
export const levelSchema = z.enum(levels);
export type Level = z.infer<typeof levelSchema>;

/** What a level was carried out on: a result says nothing about a later snapshot or another cassette. */
export const subjectSchema = z.strictObject({
  label: z.string(),
  repositoryId: z.string(),
  /** The newest snapshot of ours at that moment; null where there is none, or where it could not be read. */
  snapshotId: z.string().nullable(),
  snapshotAtUtc: z.iso.datetime().nullable(),
});
export type Subject = z.infer<typeof subjectSchema>;

export const levelResultSchema = z.strictObject({
  level: levelSchema,
  outcome: z.enum(checkOutcomes),
  /** All that was looked at; the outcome is the worst of them. */
  checks: z.array(checkSchema).min(1),
  /** Null where no cassette could be identified. */
  subject: subjectSchema.nullable(),
  startedAtUtc: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  /** Numbers for charts and monitoring, for example `snapshot_age_seconds`, `bytes_read`, `bytes_total`. */
  figures: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.number()),
});
export type LevelResult = z.infer<typeof levelResultSchema>;

/** One verification as it is appended to a site's history (one JSON object a line). */
export const verificationSchema = z.strictObject({
  id: z.string(),
  site: z.string(),
  requested: levelSchema,
  startedAtUtc: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  /** In the order of {@link levels}; those after one that did not PASS may be missing, and then count as not carried out. */
  results: z.array(levelResultSchema).min(1),
});
export type Verification = z.infer<typeof verificationSchema>;
