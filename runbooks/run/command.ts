/** What people say to a run. Each is heard once; the run answers whether it was taken, and if not, why and what to do. */
import { z } from 'zod';
import { milestoneNames } from '../evidence/evidence.ts';
import { paperEntrySchema } from '../evidence/services.ts';

const said = {
  /** A role of the inventory. */
  role: z.string().min(1),
  /** A code for the person; see person.ts. */
  person: z.string(),
};
const step = { step: z.string().min(1), attempt: z.number().int().positive() };
const reason = z.string().trim().min(3);

export const commandSchema = z.discriminatedUnion('type', [
  /** An answer to a step: one of the choices that its view shows. */
  z.strictObject({
    type: z.literal('answer'),
    ...step,
    choice: z.string().min(1),
    ...said,
    note: z.string(),
    /** When it happened, where it was not just now. */
    atUtc: z.iso.datetime().optional(),
  }),
  z.strictObject({ type: z.literal('take-back'), ...step, ...said, why: reason }),
  /** `to` stands in for `from` from now on. */
  z.strictObject({
    type: z.literal('hand-over'),
    from: z.string().min(1),
    to: z.string().min(1),
    ...said,
    why: reason,
  }),
  z.strictObject({
    type: z.literal('declare'),
    milestone: z.enum(milestoneNames),
    atUtc: z.iso.datetime(),
    ...said,
  }),
  /** What was written on paper was entered. */
  z.strictObject({ type: z.literal('paper'), role: said.role, entered: paperEntrySchema }),
  z.strictObject({ type: z.literal('abort'), ...said, why: reason }),
]);
export type Command = z.infer<typeof commandSchema>;

/** What people may also say when the run is over: it changes nothing of what was done. */
export type LateCommand = Extract<Command, { type: 'declare' | 'paper' }>;

export function isLate(command: Command): command is LateCommand {
  return command.type === 'declare' || command.type === 'paper';
}

/** What the run hears: a command, whose `id` is the same when it is said again, or that machine work has brought it to its end. */
export const signalSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('command'), id: z.string(), command: commandSchema }),
  z.strictObject({ type: z.literal('over') }),
]);
export type Signal = z.infer<typeof signalSchema>;

export const replySchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string() }),
]);
export type Reply = z.infer<typeof replySchema>;
