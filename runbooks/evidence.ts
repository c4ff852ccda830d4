/**
 * Evidence: an append-only, hash-chained log, one JSON object a line (`reports/<run>/evidence.jsonl`).
 * The clock and the report are folds over it; nothing is kept twice (design, "Evidence").
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { DrError, isMissingFile } from '../core/errors.ts';
import { monotonicMs, utcNow } from '../core/time.ts';

/** measured by the program, declared by a person, or simulated in an exercise (design, "Words"). */
export const originSchema = z.enum(['measured', 'declared', 'simulated']);
export type Origin = z.infer<typeof originSchema>;

/** The points of the RTO and RPO clocks, in their order (design, "Clocks"). */
export const milestoneNames = [
  'event',
  'detection',
  'declaration',
  'activation',
  'team-on-site',
  'cassette-in-hand',
  'restore-started',
  'service-verified',
  'accepted',
] as const;
export type MilestoneName = (typeof milestoneNames)[number];

export const checkOutcomes = ['PASS', 'FAIL', 'NOT VERIFIABLE'] as const;
export const checkSchema = z.strictObject({
  /** Stable, for example `files.content` or `ad.srv-records`. */
  id: z.string(),
  titleIt: z.string(),
  titleEn: z.string(),
  outcome: z.enum(checkOutcomes),
  /** What was seen, in words a person can act on: names the file, the record, the host. */
  evidence: z.string(),
  durationMs: z.number().nonnegative(),
});
export type Check = z.infer<typeof checkSchema>;

const bilingual = { titleIt: z.string(), titleEn: z.string() };
export const stepKinds = ['machine', 'check', 'human', 'notify'] as const;
export const intervalKinds = ['decision', 'travel', 'human', 'machine', 'rework'] as const;

export const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run-started'),
    runId: z.string(),
    kind: z.enum(['drill', 'restore']),
    scenario: z.enum(['D1', 'D2', 'D3']),
    rtoTargetSeconds: z.number().positive(),
    rpoTargetSeconds: z.number().positive(),
    /** Where the targets come from: document and clause, or "--rto". */
    rtoSource: z.string(),
    rpoSource: z.string(),
    /** Program name to version: dr, node, pulumi, samba, restic, debian ... */
    versions: z.record(z.string(), z.string()),
    operator: z.string(),
  }),
  z.strictObject({
    type: z.literal('plan'),
    /** The steps that this run will take, in the order in which they are shown. */
    steps: z.array(
      z.strictObject({
        step: z.string(),
        ...bilingual,
        clause: z.string(),
        kind: z.enum(stepKinds),
        interval: z.enum(intervalKinds),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal('step-started'),
    step: z.string(),
    attempt: z.number().int().positive(),
    origin: originSchema,
  }),
  z.strictObject({
    type: z.literal('step-finished'),
    step: z.string(),
    attempt: z.number().int().positive(),
    outcome: z.enum(['done', 'unchanged', 'failed', 'skipped']),
    durationMs: z.number().nonnegative(),
    detail: z.string(),
  }),
  z.strictObject({
    type: z.literal('milestone'),
    name: z.enum(milestoneNames),
    atUtc: z.iso.datetime(),
    origin: originSchema,
  }),
  z.strictObject({
    type: z.literal('cassette'),
    label: z.string(),
    serial: z.string(),
    repositoryId: z.string(),
    snapshotId: z.string(),
    snapshotAtUtc: z.iso.datetime({ offset: true }),
    site: z.string(),
    sizeBytes: z.number().nonnegative(),
  }),
  z.strictObject({ type: z.literal('check'), check: checkSchema }),
  z.strictObject({ type: z.literal('note'), textIt: z.string(), textEn: z.string(), origin: originSchema }),
  z.strictObject({
    type: z.literal('run-finished'),
    outcome: z.enum(['completed', 'aborted']),
    detail: z.string(),
  }),
]);
export type EvidenceEvent = z.infer<typeof eventSchema>;

const recordSchema = z.strictObject({
  seq: z.number().int().nonnegative(),
  atUtc: z.iso.datetime(),
  /** Monotonic milliseconds since the writing process started; comparable within one `process` only. */
  monotonicMs: z.number(),
  /** Names the writing process, so that a fold never subtracts clocks of two processes. */
  process: z.string(),
  previous: z.string(),
  event: eventSchema,
  hash: z.string(),
});
export type EvidenceRecord = z.infer<typeof recordSchema>;

const GENESIS = '0'.repeat(64);

/** Writes evidence. Each record is on disk (fsync) before `append` returns. */
export class EvidenceLog {
  readonly path: string;
  #seq = 0;
  #previous = GENESIS;
  readonly #process = `${process.pid}-${Math.round(performance.timeOrigin)}`;
  readonly #listeners: ((record: EvidenceRecord) => void)[] = [];

  /** Opens a log, new or existing; an existing one is verified first. @throws DrError EVIDENCE_BROKEN */
  constructor(path: string) {
    this.path = path;
    for (const record of readEvidence(path)) {
      this.#seq = record.seq + 1;
      this.#previous = record.hash;
    }
    dropTornLine(path);
  }

  append(event: EvidenceEvent): EvidenceRecord {
    const body = {
      seq: this.#seq,
      atUtc: utcNow(),
      monotonicMs: Math.round(monotonicMs() * 1000) / 1000,
      process: this.#process,
      previous: this.#previous,
      event: eventSchema.parse(event),
    };
    const record: EvidenceRecord = { ...body, hash: hashOf(body) };
    const file = openSync(this.path, 'a', 0o644);
    try {
      writeSync(file, `${JSON.stringify(record)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#seq += 1;
    this.#previous = record.hash;
    for (const listener of this.#listeners) listener(record);
    return record;
  }

  /** Calls `listener` with every record from now on (the screen follows the run this way). */
  subscribe(listener: (record: EvidenceRecord) => void): void {
    this.#listeners.push(listener);
  }
}

/**
 * Reads and verifies a log; a missing file is an empty log, a torn last line (the writer was killed) is left out.
 * @throws DrError EVIDENCE_BROKEN naming the line where the chain breaks.
 */
export function readEvidence(path: string): EvidenceRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const records: EvidenceRecord[] = [];
  let previous = GENESIS;
  for (const [index, line] of complete.split('\n').filter(Boolean).entries()) {
    const record = parseLine(path, index, line);
    const { hash, ...body } = record;
    if (record.previous !== previous || record.seq !== index || hashOf(body) !== hash)
      throw broken(path, index);
    previous = hash;
    records.push(record);
  }
  return records;
}

/** A writer killed in mid-write leaves half a line; the next record must not be glued to it. */
function dropTornLine(path: string): void {
  try {
    const text = readFileSync(path);
    truncateSync(path, text.lastIndexOf(0x0a) + 1);
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
}

function parseLine(path: string, index: number, line: string): EvidenceRecord {
  try {
    return recordSchema.parse(JSON.parse(line));
  } catch (error) {
    throw broken(path, index, error);
  }
}

function hashOf(body: Omit<EvidenceRecord, 'hash'>): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

function broken(path: string, index: number, cause?: unknown): DrError {
  return new DrError(
    'EVIDENCE_BROKEN',
    `Il registro delle prove "${path}" è stato alterato alla riga ${index + 1}. / The evidence log was altered at line ${index + 1}.`,
    "Conservare il file così com'è e confrontarlo con la copia sulla cassetta o dell'auditor. / Keep the file as it is and compare it with the copy.",
    { cause },
  );
}
