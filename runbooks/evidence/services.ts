/** What evidence holds of services: those restored, those of suppliers as the desks see them, and what the documents promise of each. */
import { z } from 'zod';
import { checkOutcomes } from '../../core/check.ts';

/** A restored service with a clock of its own. Its checks are those whose id begins with `app.<id>.`. */
export const runServiceSchema = z.strictObject({
  id: z.string(),
  nameIt: z.string(),
  nameEn: z.string(),
  serviceClass: z.string(),
  rtoTargetSeconds: z.number().positive(),
  rpoTargetSeconds: z.number().positive(),
  /** Where the targets come from: document and clause. */
  source: z.string(),
  /** What the plan says, where the targets are the study's and the two disagree. */
  planRtoSeconds: z.number().positive().optional(),
});
export type RunService = z.infer<typeof runServiceSchema>;

/** Whether a check is one of the service's own. */
export function isCheckOf(service: Pick<RunService, 'id'>, checkId: string): boolean {
  return checkId.startsWith(`app.${service.id}.`);
}

/** What one desk saw of one endpoint through one line. */
export const probeResultSchema = z.strictObject({
  desk: z.string(),
  line: z.string(),
  endpoint: z.string(),
  serviceClass: z.string(),
  outcome: z.enum(checkOutcomes),
  evidence: z.string(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

/** Whether a desk can give its front-office service (plan 6.1.11), and why. */
export const deskReadinessSchema = z.strictObject({
  desk: z.string(),
  /** Null for a desk of the back office. */
  frontOfficeService: z.string().nullable(),
  /** Its name, where the writer knows it. */
  serviceIt: z.string().optional(),
  serviceEn: z.string().optional(),
  /** Null where that could not be found out. */
  canOpen: z.boolean().nullable(),
  reasonsIt: z.array(z.string()),
  reasonsEn: z.array(z.string()),
});
export type DeskReadiness = z.infer<typeof deskReadinessSchema>;

export const coverageKinds = ['service-class', 'out-of-scope', 'solution'] as const;
/** What stands without any measurement: a supplier promises it, the plan declares something else, or nobody covers it. */
export const standings = ['promised', 'declared', 'not-covered'] as const;

/** One service class, service out of scope or solution, and what the documents say of it. */
export const coverageEntrySchema = z.strictObject({
  kind: z.enum(coverageKinds),
  id: z.string(),
  name: z.string(),
  /** The classes that it stands for: a class its own, a solution those that it covers. */
  serviceClasses: z.array(z.string()),
  standing: z.enum(standings),
  whyIt: z.string(),
  whyEn: z.string(),
});
export type CoverageEntry = z.infer<typeof coverageEntrySchema>;

/** What was written on paper and typed in afterwards: the file itself stays in inventory/local, and nothing here is about one person. */
export const paperEntrySchema = z.strictObject({
  kind: z.literal('attendance'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().positive(),
  /** Ids of the printed sheets. */
  sheets: z.array(z.string()).min(1),
  days: z.number().int().positive(),
  persons: z.number().int().positive(),
  /** Comings and goings. */
  entries: z.number().int().positive(),
});
export type PaperEntry = z.infer<typeof paperEntrySchema>;
