/** report.json: the run's state as the clock folds it, and the evidence it comes from. A program may rely on this schema. */
import { z } from 'zod';
import { foldRun } from '../runbooks/clock/clock.ts';
import { runStateSchema } from '../runbooks/clock/model.ts';
import type { EvidenceRecord } from '../runbooks/evidence/evidence.ts';

export const reportSchema = z.strictObject({
  /** Changes when a field is removed or means something else; new fields do not change it. */
  schema: z.literal('dr-report/1'),
  ...runStateSchema.shape,
  evidence: z.strictObject({
    /** Beside the report. */
    file: z.string(),
    records: z.number().int().positive(),
    /** Of the last record: it stands for the whole log, whoever keeps it can tell any change. */
    lastHash: z.string(),
    /** How many processes wrote the log, one after the other. */
    processes: z.number().int().positive(),
  }),
});
export type Report = z.infer<typeof reportSchema>;

/**
 * A pure function of the evidence: the same log gives the same report, byte for byte.
 * @throws DrError EVIDENCE_NO_RUN when no run begins in these records.
 */
export function buildReport(records: readonly EvidenceRecord[], file: string): Report {
  return {
    schema: 'dr-report/1',
    ...foldRun(records),
    evidence: {
      file,
      records: records.length,
      lastHash: records.at(-1)?.hash ?? '',
      processes: new Set(records.map(({ process }) => process)).size,
    },
  };
}
