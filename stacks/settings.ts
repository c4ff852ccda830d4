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
  z.strictObject({
    role: z.literal('active'),
    from: restoreSourceSchema.optional(),
    /** A role of the inventory and a reason: a human takes it on himself that the other site was not proved silent. */
    overrideBy: z.string().optional(),
    overrideWhy: z.string().optional(),
    /** Even though a server of the other site answers. */
    overrideAlive: z.stringbool().or(z.boolean()).optional(),
  }),
]);
export type StackSettings = z.infer<typeof stackSettingsSchema>;

export const siteNames = ['lucca', 'viareggio'] as const;
export type SiteName = (typeof siteNames)[number];

/** Config keys (in the project's namespace) of a stack with these settings, as `Pulumi.<stack>.yaml` holds them. */
export function configOf(settings: StackSettings): Record<string, string> {
  if (settings.role === 'standby') return { role: settings.role };
  const { from, ...rest } = settings;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given.map(([key, value]) => [key, String(value)])), ...from };
}

const overrideKeys = ['overrideBy', 'overrideWhy', 'overrideAlive'] as const;

/** The other way round, from the config of a stack. @throws ZodError when something is missing or unknown */
export function settingsFrom(get: (key: string) => string | undefined): StackSettings {
  const from = { label: get('label'), snapshot: get('snapshot'), cassetteHost: get('cassetteHost') };
  const overrides = overrideKeys.map((key) => [key, get(key)] as const);
  return stackSettingsSchema.parse({
    role: get('role') ?? 'standby',
    ...(from.snapshot !== undefined && { from }),
    ...Object.fromEntries(overrides.filter(([, value]) => value !== undefined)),
  });
}
