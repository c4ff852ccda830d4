/** A stack's configuration, checked once where it comes in. */
import { z } from 'zod';

export const siteRoles = ['standby', 'exercise', 'active'] as const;

/** Where restored things come from: a snapshot on a cassette that is plugged into a host. */
export const restoreSourceSchema = z.strictObject({
  label: z.string(),
  snapshot: z.string(),
  cassetteHost: z.string(),
});
export type RestoreSource = z.infer<typeof restoreSourceSchema>;

/**
 * standby: hardware ready, nothing restored; exercise: restored where Lucca cannot be reached, then destroyed; active: the real thing.
 * Lucca knows `active` (it works) and `standby` (bare machines).
 */
export const stackSettingsSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('standby') }),
  z.strictObject({ role: z.literal('exercise'), from: restoreSourceSchema }),
  z.strictObject({ role: z.literal('active'), from: restoreSourceSchema.optional() }),
]);
export type StackSettings = z.infer<typeof stackSettingsSchema>;

export const siteNames = ['lucca', 'viareggio'] as const;
export type SiteName = (typeof siteNames)[number];

/** Config keys (in the project's namespace) of a stack with these settings, as `Pulumi.<stack>.yaml` holds them. */
export function configOf(settings: StackSettings): Record<string, string> {
  if (settings.role === 'standby' || settings.from === undefined) return { role: settings.role };
  return { role: settings.role, ...settings.from };
}

/** The other way round, from the config of a stack. @throws ZodError when something is missing or unknown */
export function settingsFrom(get: (key: string) => string | undefined): StackSettings {
  const from = { label: get('label'), snapshot: get('snapshot'), cassetteHost: get('cassetteHost') };
  const role = get('role') ?? 'standby';
  return stackSettingsSchema.parse(from.snapshot === undefined ? { role } : { role, from });
}
