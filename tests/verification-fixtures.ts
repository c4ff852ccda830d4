/** Verifications as a site's history holds them. */
import {
  type Level,
  type LevelResult,
  levels,
  type Verification,
  verificationSchema,
} from '../cassette/verification.ts';
import type { CheckOutcome } from '../core/check.ts';

type Given = {
  id?: string;
  site?: string;
  requested?: Level;
  startedAtUtc: string;
  /** Outcomes from the cheapest level on; those after the last are missing. */
  outcomes: readonly CheckOutcome[];
  evidence?: string;
  figures?: LevelResult['figures'];
};

/** Each level takes a second. */
export function verification(given: Given): Verification {
  const {
    id = given.startedAtUtc,
    site = 'viareggio',
    requested = 'content',
    startedAtUtc,
    outcomes,
  } = given;
  return verificationSchema.parse({
    id,
    site,
    requested,
    startedAtUtc,
    durationMs: outcomes.length * 1000,
    results: outcomes.map((outcome, index) => ({
      level: levels[index],
      outcome,
      checks: [check(`${levels[index]}.looked`, outcome, given.evidence)],
      subject: {
        label: 'LUCCA-DR-A',
        repositoryId: 'f00d',
        snapshotId: 'cafe0123',
        snapshotAtUtc: '2026-11-23T20:00:00.000Z',
      },
      startedAtUtc: new Date(Date.parse(startedAtUtc) + index * 1000).toISOString(),
      durationMs: 1000,
      figures: given.figures ?? {},
    })),
  });
}

function check(id: string, outcome: CheckOutcome, evidence = 'visto / seen'): object {
  return { id, titleIt: 'Guardata', titleEn: 'Looked at', outcome, evidence, durationMs: 1 };
}
