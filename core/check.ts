/** A check ends PASS, FAIL or NOT VERIFIABLE; "could not run" is never PASS (design, "Words"). */
import { z } from 'zod';
import { toErrorRecord } from './errors.ts';
import { monotonicMs } from './time.ts';

export const checkOutcomes = ['PASS', 'FAIL', 'NOT VERIFIABLE'] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

export const checkSchema = z.strictObject({
  /** Stable, for example `files.content` or `ad.srv-records`. */
  id: z.string(),
  titleIt: z.string(),
  titleEn: z.string(),
  outcome: z.enum(checkOutcomes),
  /** What was seen, in words a person can act on: names the file, the record, the host. */
  evidence: z.string(),
  durationMs: z.number().nonnegative(),
});
export type Check = z.infer<typeof checkSchema>;

/** What a check's work found; anything thrown instead makes it NOT VERIFIABLE. */
export type Finding = { outcome: 'PASS' | 'FAIL'; evidence: string };
export type CheckTitle = { id: string; titleIt: string; titleEn: string };

/** Runs one check. It can't throw: work that could not be carried out is NOT VERIFIABLE, with the reason. */
export async function runCheck(title: CheckTitle, work: () => Promise<Finding>): Promise<Check> {
  const started = monotonicMs();
  const found = await work().catch((error: unknown) => ({
    outcome: 'NOT VERIFIABLE' as const,
    evidence: toErrorRecord(error).message,
  }));
  return { ...title, ...found, durationMs: monotonicMs() - started };
}

/** PASS with `good` when nothing is wrong, else FAIL listing what is. */
export function judge(wrong: readonly string[], good: string): Finding {
  return wrong.length === 0
    ? { outcome: 'PASS', evidence: good }
    : { outcome: 'FAIL', evidence: wrong.join('\n') };
}
