/** What is kept with a run, for whoever looks at it or goes on with it. */
import { z } from 'zod';
import { drillSettingsSchema } from '../lab/drill.ts';
import { restoreSettingsSchema, returnSettingsSchema } from './site-run.ts';

export const runSettingsSchema = z.discriminatedUnion('kind', [
  drillSettingsSchema,
  restoreSettingsSchema,
  returnSettingsSchema,
]);
export type RunSettings = z.infer<typeof runSettingsSchema>;
