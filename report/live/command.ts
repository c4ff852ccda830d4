/** What a person can ask of a run from the live page, and what comes back: the boundary between the page and what acts. */
import { z } from 'zod';
import type { ErrorRecord } from '../../core/errors.ts';
import { milestoneNames } from '../../runbooks/evidence/evidence.ts';

const id = z.string().min(1).max(200);
/** Who acts: for `act` alone, which turns it into a code. It is never shown, sent back or logged. */
const name = z.string().trim().min(1).max(200);
const why = z.string().trim().min(1).max(4_000);
const attempt = z.number().int().positive();
const atUtc = z.iso.datetime();

export const liveCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('answer'),
    step: id,
    /** The attempt that the person saw, so that an answer never reaches a later one. */
    attempt,
    choice: id,
    role: id,
    name,
    note: z.string().trim().max(4_000),
    /** When it happened; left out for "now". */
    atUtc: atUtc.optional(),
  }),
  z.strictObject({ type: z.literal('take-back'), step: id, attempt, role: id, name, why }),
  /** `role` is handed to `to`; `by` is the role of the person who says so. */
  z.strictObject({ type: z.literal('hand-over'), role: id, to: id, by: id, name, why }),
  z.strictObject({
    type: z.literal('declare'),
    milestone: z.enum(milestoneNames),
    atUtc,
    role: id,
    name,
  }),
  z.strictObject({ type: z.literal('abort'), role: id, name, why }),
]);
export type LiveCommand = z.infer<typeof liveCommandSchema>;

export type LiveReply = { ok: true } | ({ ok: false } & ErrorRecord);
