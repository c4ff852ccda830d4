/**
 * Evidence: an append-only, hash-chained log, one JSON object a line (`reports/<run>/evidence.jsonl`).
 * The clock and the report are folds over it; nothing is kept twice (design, "Evidence").
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { checkSchema } from '../../core/check.ts';
import { DrError, isMissingFile } from '../../core/errors.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';
import {
  coverageEntrySchema,
  deskReadinessSchema,
  paperEntrySchema,
  probeResultSchema,
  runServiceSchema,
} from './services.ts';

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
  'service-stopped',
  'cassette-in-hand',
  'restore-started',
  'service-verified',
  'accepted',
] as const;
export type MilestoneName = (typeof milestoneNames)[number];

/** What a run is: an exercise, the plan's chapter 6 on the day, or the way back to Lucca. */
export const runKinds = ['drill', 'restore', 'return'] as const;
export type RunKind = (typeof runKinds)[number];

const returnMilestones: readonly MilestoneName[] = [
  'service-stopped',
  'cassette-in-hand',
  'restore-started',
  'service-verified',
  'accepted',
];

/** The points that the clocks of such a run know; in a return nothing is declared or activated, elsewhere nobody stops serving. */
export function milestonesOf(kind: RunKind): readonly MilestoneName[] {
  return kind === 'return' ? returnMilestones : milestoneNames.filter((name) => name !== 'service-stopped');
}

/** A cassette in hand and the snapshot on it that the run restores. `site` is where it really was, `viareggio` or `lucca`. */
export const cassetteSchema = z.strictObject({
  label: z.string(),
  serial: z.string(),
  repositoryId: z.string(),
  snapshotId: z.string(),
  snapshotAtUtc: z.iso.datetime({ offset: true }),
  site: z.string(),
  sizeBytes: z.number().nonnegative(),
});
export type Cassette = z.infer<typeof cassetteSchema>;

/** Who said it: a role, and a code for the person (the name stays in inventory/local; empty where simulated). */
const who = { role: z.string(), person: z.string() };
const bilingual = { titleIt: z.string(), titleEn: z.string() };
export const stepKinds = ['machine', 'check', 'human', 'notify'] as const;
/** `withdrawn`: what this step rests on was taken back, or did not hold, before anything was done on it. */
export const stepOutcomes = ['done', 'unchanged', 'failed', 'skipped', 'cut-off', 'withdrawn'] as const;
export const intervalKinds = ['decision', 'travel', 'human', 'machine', 'rework'] as const;

/** A step as it is foreseen. */
export const plannedStepSchema = z.strictObject({
  step: z.string(),
  ...bilingual,
  clause: z.string(),
  kind: z.enum(stepKinds),
  interval: z.enum(intervalKinds),
  phase: z.string().optional(),
  /** Roles of the inventory. */
  responsible: z.string().optional(),
  supporting: z.array(z.string()).optional(),
  /** Taken only when each of these steps was answered with one of the options. */
  when: z.array(z.strictObject({ step: z.string(), options: z.array(z.string()) })).optional(),
  /** The longest that an attempt is planned to take; after it there is an alarm. */
  timeoutMinutes: z.number().positive().optional(),
  /** Steps that must be over before. */
  needs: z.array(z.string()).optional(),
  /** The point of the clocks that it reaches. */
  milestone: z.enum(milestoneNames).optional(),
  /** The step that this one is a part of. */
  partOf: z.string().optional(),
  /** What can be decided here, in the words in which it was asked. */
  options: z.array(z.strictObject({ id: z.string(), it: z.string(), en: z.string() })).optional(),
});

export const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run-started'),
    runId: z.string(),
    kind: z.enum(runKinds),
    /** A return has no scenario and no targets: no disaster strikes, and the plan sets no time for it. */
    scenario: z.enum(['D1', 'D2', 'D3']).optional(),
    rtoTargetSeconds: z.number().positive().optional(),
    rpoTargetSeconds: z.number().positive().optional(),
    /** Where the targets come from: document and clause, or "--rto". */
    rtoSource: z.string().optional(),
    rpoSource: z.string().optional(),
    /** Program name to version: dr, node, pulumi, samba, restic, debian ... */
    versions: z.record(z.string(), z.string()),
    /** A role, never a person's name. */
    operator: z.string(),
    /** People's answers are simulated in this run. */
    unattended: z.boolean().optional(),
    /** Digest of the runbook that the run follows. */
    runbook: z.string().optional(),
    /** Restored services with a clock of their own, beside file server and domain. */
    services: z.array(runServiceSchema).optional(),
    /** What the documents promise for each service class, out-of-scope service and solution. */
    coverage: z.array(coverageEntrySchema).optional(),
  }),
  z.strictObject({
    type: z.literal('plan'),
    /** The steps that this run will take, in the order in which they are shown. */
    steps: z.array(plannedStepSchema),
    /** Names of the inventory's roles as they were then: evidence must be readable without the inventory. */
    roles: z.record(z.string(), z.strictObject({ it: z.string(), en: z.string() })).optional(),
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
    outcome: z.enum(stepOutcomes),
    /**
     * What the writer timed. For a simulated step: the time that it is assumed to take in reality; the clock adds what of it
     * did not pass, so a writer must not move milestones for it as well.
     */
    durationMs: z.number().nonnegative(),
    detail: z.string(),
  }),
  z.strictObject({
    type: z.literal('milestone'),
    name: z.enum(milestoneNames),
    atUtc: z.iso.datetime(),
    origin: originSchema,
    /** The step whose end reached it: with the answer to that step it can be taken back. */
    step: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('answered'),
    step: z.string(),
    attempt: z.number().int().positive(),
    /** `done`, `failed`, `skipped`, `retry`, `send`, or an option of the step (also to override what it could not prove). */
    choice: z.string(),
    ...who,
    note: z.string(),
    /** When it happened, as the person said. */
    atUtc: z.iso.datetime(),
    origin: originSchema,
  }),
  z.strictObject({
    type: z.literal('taken-back'),
    step: z.string(),
    attempt: z.number().int().positive(),
    ...who,
    why: z.string(),
  }),
  z.strictObject({
    type: z.literal('handed-over'),
    from: z.string(),
    to: z.string(),
    ...who,
    why: z.string(),
  }),
  z.strictObject({
    type: z.literal('alarm'),
    /** Null where the alarm is about the whole run. */
    step: z.string().nullable(),
    textIt: z.string(),
    textEn: z.string(),
  }),
  /** A process took the run in hand again. */
  z.strictObject({ type: z.literal('resumed'), epoch: z.number().int().positive() }),
  z.strictObject({ type: z.literal('cassette'), ...cassetteSchema.shape }),
  z.strictObject({ type: z.literal('check'), check: checkSchema }),
  /** Of one desk and line the last result for an endpoint counts. */
  z.strictObject({ type: z.literal('probes'), results: z.array(probeResultSchema) }),
  /** Of one desk the last word about a front-office service counts. */
  z.strictObject({ type: z.literal('readiness'), desks: z.array(deskReadinessSchema) }),
  /** Of one sheet the file that was entered last counts. */
  z.strictObject({ type: z.literal('paper'), role: z.string(), entered: paperEntrySchema }),
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
  /** What made the writer write it; a record with the same key is never written twice, also by a later process. */
  key: z.string().optional(),
  /** The next record was written together with this one: without it, this one does not count either. */
  more: z.literal(true).optional(),
  event: eventSchema,
  hash: z.string(),
});
export type EvidenceRecord = z.infer<typeof recordSchema>;

/** One look at both clocks. Two readings of the same `process` are compared by `monotonicMs`, others by `atUtc`. */
export type ClockReading = Pick<EvidenceRecord, 'atUtc' | 'monotonicMs' | 'process'>;

const THIS_PROCESS = `${process.pid}-${Math.round(performance.timeOrigin)}`;

/** The clocks of this process, now. */
export function readClock(): ClockReading {
  return { atUtc: utcNow(), monotonicMs: Math.round(monotonicMs() * 1000) / 1000, process: THIS_PROCESS };
}

const GENESIS = '0'.repeat(64);

/** Writes evidence. Each record is on disk (fsync) before `append` returns. One log has one writer at a time. */
export class EvidenceLog {
  readonly path: string;
  readonly #clock: () => ClockReading;
  readonly #listeners: ((record: EvidenceRecord) => void)[] = [];
  #sizeBytes = 0;
  readonly #records: EvidenceRecord[] = [];
  readonly #byKey = new Map<string, EvidenceRecord>();

  /**
   * Opens a log, new or existing; an existing one is verified first.
   * @throws DrError EVIDENCE_BROKEN
   */
  constructor(path: string, clock: () => ClockReading = readClock) {
    this.path = path;
    this.#clock = clock;
    const { records, sizeBytes, torn } = readComplete(path);
    for (const record of records) this.#remember(record);
    if (torn) truncateSync(path, sizeBytes); // the next record must not be glued to half a line
    this.#sizeBytes = sizeBytes;
  }

  /** All records so far, oldest first. */
  get records(): readonly EvidenceRecord[] {
    return this.#records;
  }

  /**
   * Writes one record. With a `key` that is on record already nothing is written and that record is returned.
   * @throws DrError EVIDENCE_BUSY when another program wrote to the log, EVIDENCE_WRITE when the disk refuses.
   */
  append(event: EvidenceEvent, key?: string): EvidenceRecord {
    const before = key === undefined ? undefined : this.#byKey.get(key);
    if (before !== undefined) return before;
    const record = this.#following(this.#records.at(-1), event, key !== undefined && { key });
    this.#add([record]);
    return record;
  }

  /**
   * Writes all of them or, whenever the process is killed, none. `key` is that of the first; where it is on record already nothing
   * is written. @throws like {@link append}
   */
  appendTogether(events: readonly EvidenceEvent[], key?: string): void {
    if (events.length === 0 || this.has(key)) return;
    const records: EvidenceRecord[] = [];
    for (const [index, event] of events.entries())
      records.push(
        this.#following(records.at(-1) ?? this.#records.at(-1), event, {
          ...(index === 0 && key !== undefined && { key }),
          ...(index < events.length - 1 && { more: true }),
        }),
      );
    this.#add(records);
  }

  /** Whether a record with this key was written. */
  has(key: string | undefined): boolean {
    return key !== undefined && this.#byKey.has(key);
  }

  #following(
    before: EvidenceRecord | undefined,
    event: EvidenceEvent,
    marks: Pick<EvidenceRecord, 'key' | 'more'> | false,
  ): EvidenceRecord {
    const body = {
      seq: before === undefined ? 0 : before.seq + 1,
      ...this.#clock(),
      previous: before === undefined ? GENESIS : before.hash,
      ...marks,
      event: eventSchema.parse(event),
    };
    return { ...body, hash: sha256(JSON.stringify(body)) };
  }

  #add(records: readonly EvidenceRecord[]): void {
    this.#write(records.map(evidenceLine).join(''));
    for (const record of records) this.#remember(record);
    for (const record of records) for (const listener of this.#listeners) listener(record);
  }

  #remember(record: EvidenceRecord): void {
    this.#records.push(record);
    if (record.key !== undefined) this.#byKey.set(record.key, record);
  }

  /** Calls `listener` with every record from now on (the screen follows the run this way). */
  subscribe(listener: (record: EvidenceRecord) => void): void {
    this.#listeners.push(listener);
  }

  #write(lines: string): void {
    const file = openSync(this.path, 'a', 0o644);
    try {
      if (fstatSync(file).size !== this.#sizeBytes) throw busy(this.path);
      try {
        writeFileSync(file, lines);
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, this.#sizeBytes);
        throw unwritable(this.path, error);
      }
    } finally {
      closeSync(file);
    }
    if (this.#sizeBytes === 0) syncDirectory(dirname(this.path));
    this.#sizeBytes += Buffer.byteLength(lines);
  }
}

/** A record as it stands in the log, its newline included. */
export function evidenceLine(record: EvidenceRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Names the writing process in every record of it. */
export function thisProcess(): string {
  return THIS_PROCESS;
}

/**
 * Reads and verifies a log; a missing file is an empty log. A torn last line (the writer was killed) is left out, and so are the
 * lines before it that were being written together with it.
 * @throws DrError EVIDENCE_BROKEN naming the line where the chain breaks.
 */
export function readEvidence(path: string): EvidenceRecord[] {
  return readComplete(path).records;
}

/**
 * Verifies lines (without their newlines) that came from elsewhere and go on after `before`; gives them all together. `origin` names
 * it in errors. @throws DrError EVIDENCE_BROKEN
 */
export function verifyLines(
  lines: readonly string[],
  origin: string,
  before: readonly EvidenceRecord[] = [],
): EvidenceRecord[] {
  const records = [...before];
  for (const line of lines) records.push(verifyLine(origin, Buffer.from(line), records.at(-1)));
  return records;
}

/** The verified records, how many bytes they take, and whether something torn stands after them. */
function readComplete(path: string): { records: EvidenceRecord[]; sizeBytes: number; torn: boolean } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissingFile(error)) return { records: [], sizeBytes: 0, torn: false };
    throw error;
  }
  const records: EvidenceRecord[] = [];
  let read = 0;
  let whole = { count: 0, sizeBytes: 0 };
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, read)) {
    const record = verifyLine(path, bytes.subarray(read, end), records.at(-1));
    records.push(record);
    read = end + 1;
    if (record.more === undefined) whole = { count: records.length, sizeBytes: read };
  }
  if (hasLostNewline(bytes.subarray(read).toString('utf8'))) throw broken(path, records.length);
  const { count, sizeBytes } = whole;
  return { records: records.slice(0, count), sizeBytes, torn: sizeBytes < bytes.length };
}

/** The end of every line; the hash is that of the same line without it (so that `sed` and `sha256sum` can verify it too). */
const HASH_TAIL = /,"hash":"([0-9a-f]{64})"\}$/;

function verifyLine(path: string, bytes: Buffer, before: EvidenceRecord | undefined): EvidenceRecord {
  const seq = before === undefined ? 0 : before.seq + 1;
  const previous = before === undefined ? GENESIS : before.hash;
  try {
    const line = strictUtf8.decode(bytes);
    const hash = HASH_TAIL.exec(line)?.[1];
    if (hash === undefined || sha256(line.replace(HASH_TAIL, '}')) !== hash) throw broken(path, seq);
    const record = recordSchema.parse(JSON.parse(line));
    if (record.seq !== seq || record.previous !== previous) throw broken(path, seq);
    return record;
  } catch (error) {
    throw error instanceof DrError ? error : broken(path, seq, error);
  }
}

/** A torn line is the beginning of a record. A whole record with something else where its newline was is an alteration. */
function hasLostNewline(rest: string): boolean {
  const whole = /^(.*,"hash":"[0-9a-f]{64}"\})./s.exec(rest)?.[1];
  if (whole === undefined) return false;
  try {
    return recordSchema.safeParse(JSON.parse(whole)).success;
  } catch {
    return false;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A new file is safe only when its folder's entry is on disk too. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function busy(path: string): DrError {
  return new DrError(
    'EVIDENCE_BUSY',
    `Un altro programma scrive nel registro delle prove "${path}". / Another program is writing to this evidence log.`,
    "Lasciar finire l'altra esecuzione, poi ripetere il comando. / Let the other run end, then run the command again.",
  );
}

function unwritable(path: string, cause: unknown): DrError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DrError(
    'EVIDENCE_WRITE',
    `Il registro delle prove "${path}" non si può scrivere: ${reason}. / The evidence log cannot be written.`,
    'Liberare spazio sul disco o controllare i permessi, poi ripetere il comando. / Free disk space or check permissions, then run again.',
    { cause },
  );
}

function broken(path: string, index: number, cause?: unknown): DrError {
  return new DrError(
    'EVIDENCE_BROKEN',
    `Il registro delle prove "${path}" è stato alterato alla riga ${index + 1}. / The evidence log was altered at line ${index + 1}.`,
    "Conservare il file così com'è e confrontarlo con la copia sulla cassetta o dell'auditor. / Keep the file as it is and compare it with the copy.",
    { cause },
  );
}
