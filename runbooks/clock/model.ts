/**
 * What a run's evidence amounts to: the shapes that the clock folds the log into, and that report.json holds as they are.
 * Times: `...AtUtc` is what a clock showed; `offsetMs` is a place on the run's time line, counted from its first record.
 */
import { z } from 'zod';
import { checkOutcomes, checkSchema } from '../../core/check.ts';
import {
  cassetteSchema,
  intervalKinds,
  milestoneNames,
  originSchema,
  plannedStepSchema,
  runKinds,
  stepOutcomes,
} from '../evidence/evidence.ts';
import {
  coverageEntrySchema,
  deskReadinessSchema,
  paperEntrySchema,
  probeResultSchema,
  runServiceSchema,
  standings,
} from '../evidence/services.ts';

/** Time is split into these; `idle` is when no step was under way. */
export const partNames = [...intervalKinds, 'idle'] as const;
export type PartName = (typeof partNames)[number];

const partSchema = z.strictObject({
  /** Time that really passed. */
  livedMs: z.number().nonnegative(),
  /** Time that simulated steps stand for and that did not pass. */
  assumedMs: z.number().nonnegative(),
});
/** The lived parts add up to the whole interval: an instant covered by several steps counts once. */
export const partsSchema = z.record(z.enum(partNames), partSchema);
export type Parts = z.infer<typeof partsSchema>;

/** `running`: begun and not ended when the log ends. `interrupted`: the process died, or began the step again. */
export const attemptOutcomes = [...stepOutcomes, 'running', 'interrupted'] as const;

export const attemptSchema = z.strictObject({
  attempt: z.number().int().positive(),
  origin: originSchema,
  startedAtUtc: z.string(),
  finishedAtUtc: z.string().nullable(),
  offsetMs: z.number(),
  /** Time that passed between start and end; for an interrupted attempt, as long as its process gave signs of life. */
  livedMs: z.number().nonnegative(),
  /** What the step counts for: `livedMs`, or what was stated for a simulated or declared step; null while it runs. */
  durationMs: z.number().nonnegative().nullable(),
  /** How `durationMs` is known: one process's monotonic clock, UTC of two processes, or stated (simulated, declared). */
  durationFrom: z.enum(['monotonic', 'utc', 'stated']),
  outcome: z.enum(attemptOutcomes),
  detail: z.string(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const stepSchema = z.strictObject({
  ...plannedStepSchema.shape,
  /** That of the last attempt; `planned` when there was none, `not-needed` when the decisions led elsewhere. */
  outcome: z.enum([...attemptOutcomes, 'planned', 'not-needed']),
  attempts: z.array(attemptSchema),
});
export type Step = z.infer<typeof stepSchema>;

export const milestoneSchema = z.strictObject({
  name: z.enum(milestoneNames),
  /** The record that holds it. */
  seq: z.number().int().nonnegative(),
  atUtc: z.string(),
  offsetMs: z.number(),
  origin: originSchema,
  /** Other instants written for the same milestone; they do not count (see docs/report.md). */
  otherAtUtc: z.array(z.string()),
  /** Time from the first planned milestone on record: at most, by the time-outs of the steps, and as it was, lived and assumed together. */
  fromFirst: z.strictObject({ plannedMs: z.number(), actualMs: z.number() }).optional(),
});
export type Milestone = z.infer<typeof milestoneSchema>;

/** A point of the clocks, and when it is reached if every step takes the whole of its time-out. */
export const plannedPointSchema = z.strictObject({ name: z.enum(milestoneNames), plannedMs: z.number() });
export type PlannedPoint = z.infer<typeof plannedPointSchema>;

export const intervalSchema = z.strictObject({
  from: z.enum(milestoneNames),
  to: z.enum(milestoneNames),
  livedMs: z.number().nonnegative(),
  assumedMs: z.number().nonnegative(),
  parts: partsSchema,
  /** The most that the time-outs of the steps allow. */
  plannedMs: z.number().nonnegative().optional(),
});
export type Interval = z.infer<typeof intervalSchema>;

export const rtoSchema = z.strictObject({
  targetMs: z.number().positive(),
  source: z.string(),
  /**
   * Activation to service verified, lived and assumed time together; null when one of the two is missing. On another way (`otherWay`)
   * from the decision to the acceptance that people declare.
   */
  actualMs: z.number().nonnegative().nullable(),
  livedMs: z.number().nonnegative().nullable(),
  assumedMs: z.number().nonnegative(),
  /** Time that the clocks disagree about (a sleep, a clock put forward or back); a PASS holds even with it added. */
  unaccountedMs: z.number().nonnegative(),
  parts: partsSchema.nullable(),
  outcome: z.enum(checkOutcomes),
});
export type RtoClock = z.infer<typeof rtoSchema>;

/** The clock of a return: from Viareggio's stop until Lucca is accepted nobody can work on files. The plan sets no target for it. */
export const outageSchema = z.strictObject({
  /** Lived and assumed time together; null when it has not begun or not ended. */
  actualMs: z.number().nonnegative().nullable(),
  /** Time that the clocks disagree about, which may come on top. */
  unaccountedMs: z.number().nonnegative(),
  parts: partsSchema.nullable(),
  /** The whole return, from the run's beginning to its end; null while it is not over. */
  wholeMs: z.number().nonnegative().nullable(),
});
export type OutageClock = z.infer<typeof outageSchema>;

export const rpoSchema = z.strictObject({
  targetMs: z.number().positive(),
  source: z.string(),
  /** Event minus the newest snapshot of the cassette at Viareggio; null when one of the two is missing or they contradict. */
  actualMs: z.number().nonnegative().nullable(),
  outcome: z.enum(checkOutcomes),
});
export type RpoClock = z.infer<typeof rpoSchema>;

/** A restored service with a clock of its own. */
export const serviceClockSchema = z.strictObject({
  ...runServiceSchema.pick({ id: true, nameIt: true, nameEn: true, serviceClass: true }).shape,
  /** Ends when the last of its checks passed; null while one has not. */
  rto: rtoSchema,
  rpo: rpoSchema,
  /** What the plan says, where the target is the study's and the two disagree. */
  planRtoMs: z.number().positive().optional(),
  /** Ids of its checks. */
  checks: z.array(z.string()),
  /** The worst of its checks; NOT VERIFIABLE without any. */
  checked: z.enum(checkOutcomes),
  /** The worst of checks, RTO and RPO. */
  outcome: z.enum(checkOutcomes),
});
export type ServiceClock = z.infer<typeof serviceClockSchema>;

export const coverageStatuses = ['restored', 'probed', ...standings] as const;
export type CoverageStatus = (typeof coverageStatuses)[number];

/** What is known of a service class, a service out of scope or a solution at the end of the run. */
export const coverageRowSchema = z.strictObject({
  ...coverageEntrySchema.shape,
  status: z.enum(coverageStatuses),
  /** Of what was restored or probed; null where nothing was measured. */
  outcome: z.enum(checkOutcomes).nullable(),
  /** Ids of the restored services that stand for it. */
  services: z.array(z.string()),
  /** Its classes as the desks saw them; `results` counts every desk, line and endpoint. */
  probed: z.array(
    z.strictObject({
      serviceClass: z.string(),
      outcome: z.enum(checkOutcomes),
      passed: z.number().int().nonnegative(),
      results: z.number().int().positive(),
    }),
  ),
});
export type CoverageRow = z.infer<typeof coverageRowSchema>;

export const answerSchema = z.strictObject({
  step: z.string(),
  attempt: z.number().int().positive(),
  choice: z.string(),
  role: z.string(),
  /** A code for the person; empty where simulated. */
  person: z.string(),
  note: z.string(),
  /** When it happened, as the person said; `saidAtUtc`: when it was said. */
  atUtc: z.string(),
  saidAtUtc: z.string(),
  origin: originSchema,
  /** Why, where it was taken back later. */
  takenBack: z.string().nullable(),
});
export type Answer = z.infer<typeof answerSchema>;

/** The solution that was decided is carried out by people (another room, a repair): the program restores and verifies nothing. */
export const otherWaySchema = z.strictObject({
  /** The decision and the option that led there, and when; its place on the time line is where the RTO's count begins. */
  decision: z.string(),
  choice: z.string(),
  atUtc: z.string(),
  offsetMs: z.number(),
  seq: z.number().int().nonnegative(),
  /** The step by whose end people say that service is back. */
  step: z.string(),
});
export type OtherWay = z.infer<typeof otherWaySchema>;

export const runCheckSchema = z.strictObject({
  ...checkSchema.shape,
  /** Outcomes of the same check earlier in the run, oldest first; the last one counts. */
  earlier: z.array(z.enum(checkOutcomes)),
});
export type RunCheck = z.infer<typeof runCheckSchema>;

export const clockJumpSchema = z.strictObject({
  /** The record at which the jump showed. */
  seq: z.number().int(),
  atUtc: z.string(),
  /** Wall clock against time line; negative when it went back. */
  byMs: z.number(),
  /** False when the monotonic clock of one process bridges it, so that nothing is lost. */
  unaccounted: z.boolean(),
});
export type ClockJump = z.infer<typeof clockJumpSchema>;

export const reasonCodes = [
  'aborted',
  'unfinished',
  'no-checks',
  'nothing-verifiable',
  'check-failed',
  'check-not-verifiable',
  'rto-missed',
  'rto-not-verifiable',
  'rpo-missed',
  'rpo-not-verifiable',
  'service-target-missed',
  'service-not-verifiable',
  'step-failed',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const verdictSchema = z.strictObject({
  /** `DECLARED`: service is back on another way, within the RTO, as people declared; nothing was verified. */
  outcome: z.enum(['PASS', 'DECLARED', 'FAIL', 'NOT CARRIED OUT']),
  /** PASS and DECLARED 0, FAIL 1, NOT CARRIED OUT 2. */
  exitStatus: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** Why it is no PASS, the gravest first; subjects are ids of checks, services or steps, or the reason of an abort. */
  reasons: z.array(z.strictObject({ code: z.enum(reasonCodes), subjects: z.array(z.string()) })),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const runStateSchema = z.strictObject({
  runId: z.string(),
  kind: z.enum(runKinds),
  /** As people answered (6.1.1-scenario); until then the first guess. Null in a return. */
  scenario: z.enum(['D1', 'D2', 'D3']).nullable(),
  /** A role, never a person's name. */
  operator: z.string(),
  startedAtUtc: z.string(),
  /** The last record's time. */
  lastAtUtc: z.string(),
  /** The last record's place on the time line. */
  lastOffsetMs: z.number(),
  status: z.enum(['completed', 'aborted', 'unfinished']),
  statusDetail: z.string(),
  verdict: verdictSchema,
  /** Null in a return: the plan sets no target for it, and none is invented. */
  rto: rtoSchema.nullable(),
  rpo: rpoSchema.nullable(),
  /** Restored services with a clock of their own, where the run has any. */
  services: z.array(serviceClockSchema).optional(),
  /** What the desks saw of the suppliers' services: the last result of each desk, line and endpoint. */
  probes: z.array(probeResultSchema).optional(),
  /** Whether each desk can open. */
  readiness: z.array(deskReadinessSchema).optional(),
  /** What was written on paper and entered afterwards, in the order in which it was. */
  paper: z
    .array(
      z.strictObject({
        ...paperEntrySchema.shape,
        atUtc: z.string(),
        role: z.string(),
        /** Those of its sheets for which another file was entered later, which counts instead. */
        superseded: z.array(z.string()),
      }),
    )
    .optional(),
  /** Every service class, service out of scope and solution, where the run's evidence holds them. */
  coverage: z.array(coverageRowSchema).optional(),
  /** Of a return only. */
  outage: outageSchema.optional(),
  /** In the order in which they were taken in hand; the last one at Viareggio is the one that the RPO counts. */
  cassettes: z.array(cassetteSchema),
  milestones: z.array(milestoneSchema),
  intervals: z.array(intervalSchema),
  /** Points that are planned and not reached; absent once the run is over, and where the evidence does not hold what was planned. */
  pointsAhead: z.array(plannedPointSchema).optional(),
  /** Where the solution that was decided is carried out by people. */
  otherWay: otherWaySchema.optional(),
  steps: z.array(stepSchema),
  /** What people said to steps, in the order in which they said it. */
  answers: z.array(answerSchema),
  handOvers: z.array(
    z.strictObject({
      atUtc: z.string(),
      from: z.string(),
      to: z.string(),
      role: z.string(),
      /** A code for the person who said so. */
      person: z.string().optional(),
      why: z.string(),
    }),
  ),
  alarms: z.array(
    z.strictObject({
      atUtc: z.string(),
      step: z.string().nullable(),
      textIt: z.string(),
      textEn: z.string(),
    }),
  ),
  /** Names of the roles, as far as the evidence holds them. */
  roles: z.record(z.string(), z.strictObject({ it: z.string(), en: z.string() })).optional(),
  /** People's answers were simulated. */
  unattended: z.boolean(),
  checks: z.array(runCheckSchema),
  notes: z.array(
    z.strictObject({ atUtc: z.string(), textIt: z.string(), textEn: z.string(), origin: originSchema }),
  ),
  versions: z.record(z.string(), z.string()),
  clockJumps: z.array(clockJumpSchema),
});
export type RunState = z.infer<typeof runStateSchema>;
