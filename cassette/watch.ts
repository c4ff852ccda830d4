/** What a watch over a site's verifications has to tell, and what it told already. Pure: who sends it is elsewhere. */
import { z } from 'zod';
import { checkOutcomes } from '../core/check.ts';
import type { Overview, Verdict } from './overview.ts';
import { levelSchema } from './verification.ts';

export const toldSchema = z.strictObject({
  /** Since when somebody watches: a job that never ran is silent since then. */
  sinceUtc: z.iso.datetime(),
  /** Of the last letter about an outcome; null before the first. */
  verdict: z.strictObject({ outcome: z.enum(checkOutcomes), at: levelSchema.nullable() }).nullable(),
  /** That no verification ends was told, and none ended since. */
  silence: z.boolean(),
  /** The verification that the last sign of life spoke of. */
  heartbeat: z.string().nullable(),
});
export type Told = z.infer<typeof toldSchema>;

export type News =
  | { kind: 'change'; last: NonNullable<Overview['last']>; wasSilent: boolean }
  /** `silentMs` since the last one ended, or since the watch began. */
  | { kind: 'silence'; lastEndedAtUtc: string | null; silentMs: number }
  | { kind: 'nothing' };

/** The first outcome is told whatever it is: so it is known that telling works. */
export function newsOf(overview: Overview, told: Told, silenceMs: number, nowUtc: string): News {
  const { last } = overview;
  const lastEndedAtUtc = last?.endedAtUtc ?? null;
  const silentMs = Date.parse(nowUtc) - Date.parse(lastEndedAtUtc ?? told.sinceUtc);
  if (silentMs > silenceMs)
    return told.silence ? { kind: 'nothing' } : { kind: 'silence', lastEndedAtUtc, silentMs };
  if (last === null || (!told.silence && sameVerdict(last.verdict, told.verdict))) return { kind: 'nothing' };
  return { kind: 'change', last, wasSilent: told.silence };
}

function sameVerdict(now: Verdict, then: Verdict | null): boolean {
  return then !== null && now.outcome === then.outcome && now.at === then.at;
}
