/**
 * What a person sees of a run: one plain JSON value, folded from its evidence and its runbook, the same for the live page, the
 * terminal and `dr step`. Who only looks needs nothing else, and nothing in it executes anything.
 */
import type { RunState } from '../clock/model.ts';
import type { Origin, stepKinds } from '../evidence/evidence.ts';
import type { Bilingual, Phase } from '../plan/model.ts';

export const stepStatuses = [
  /** Waits for other steps. */
  'blocked',
  /** The decisions taken lead elsewhere. */
  'not-needed',
  /** A person has to act or answer. */
  'waiting',
  'running',
  /** Cut off, and nobody but a person can say whether it happened. */
  'unknown',
  'failed',
  'done',
  'skipped',
] as const;
export type StepStatus = (typeof stepStatuses)[number];

/**
 * What may be answered to a step now; with `needsTime`, only together with the time at which it happened. `overriddenBy`: the step is
 * overridden by it, so this role alone (or who stands in for it) may, with a reason in several words. `interrupts`: work is under way,
 * and is stopped by it.
 */
export type Choice = {
  id: string;
  needsNote: boolean;
  needsTime?: true;
  overriddenBy?: string;
  interrupts?: true;
} & Bilingual;

export type AnswerView = {
  choice: string;
  title: Bilingual;
  role: string;
  /** A code for the person; the name behind it stays in inventory/local. Empty where the answer was simulated. */
  person: string;
  note: string;
  /** When it happened, as the person said. */
  atUtc: string;
  origin: Origin;
};

export type StepView = {
  id: string;
  clause: string;
  phase: Phase;
  kind: (typeof stepKinds)[number];
  title: Bilingual;
  /** Ids of roles; their names are in `roles`. */
  responsible: string;
  supporting: string[];
  instructions: Bilingual;
  proof: Bilingual;
  undo: Bilingual | null;
  status: StepStatus;
  attempt: number;
  startedAtUtc: string | null;
  finishedAtUtc: string | null;
  /** Of the attempt that counts, or so far. */
  durationMs: number | null;
  timeoutMinutes: number;
  /** The time-out has passed and the step is not over. */
  overdue: boolean;
  /** Empty when nothing can be answered now. Work that is under way has some too, though it waits for nobody unless it is overdue. */
  choices: Choice[];
  answer: AnswerView | null;
  canTakeBack: boolean;
  /** Why it is not needed, what it waits for, or what went wrong. */
  reason: Bilingual | null;
  /** The letter of a notify step, to be read before it leaves. */
  letter: { to: string[]; subject: string; text: string } | null;
  /** What a machine step consists of, as far as it is known. */
  parts: { id: string; title: Bilingual; status: StepStatus; durationMs: number | null }[];
};

export type Forecast =
  /** `samples` past runs are too few to say anything; `needed` would do. */
  | { known: false; samples: number; needed: number }
  /** Instants at which the service is verified, or Lucca accepted, from past runs. `meetsRto` is null where there is no target. */
  | { known: true; samples: number; medianAtUtc: string; p90AtUtc: string; meetsRto: boolean | null };

export type AlarmView = { atUtc: string; step: string | null; text: Bilingual };

export type RunView = {
  /** Of the evidence that this was folded from; grows with every record. */
  seq: number;
  /** When the view was made, and for how long the RTO has been counted; a reader counts on from there by its own monotonic clock. */
  madeAtUtc: string;
  /** Null before the count begins (6.2.3; on another way 6.1.10). Negative once missed. */
  rtoRemainingMs: number | null;
  /** For how long nobody has been able to work in a return; null before Viareggio stops, and in other runs. */
  outageMs: number | null;
  /** False once the service is verified or the run is over. */
  rtoRunning: boolean;
  /** A process executes the run now (false: it was interrupted, `dr resume` continues it); null where that can't be told. */
  executing: boolean | null;
  unattended: boolean;
  run: RunState;
  steps: StepView[];
  roles: Record<string, Bilingual>;
  /** Role to the role that stands in for it. */
  deputies: Record<string, string>;
  forecast: Forecast;
  alarms: AlarmView[];
  /** The newest records, oldest first, in words. */
  log: { seq: number; atUtc: string; text: Bilingual }[];
};
