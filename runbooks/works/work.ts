/** What a runbook's machine steps and letters are carried out by. The lab and the command line bring the works themselves. */
import { toErrorRecord } from '../../core/errors.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import type { Recorder } from '../evidence/recorder.ts';
import type { MachineStep, NotifyStep, WorkName } from '../plan/model.ts';
import type { Progress } from '../run/progress.ts';

export type WorkResult =
  | { outcome: 'done' | 'unchanged' | 'failed'; detail: string }
  /** What the step `to` had shown holds no more, and `detail` says why: that step is to be answered for again, and then this one begun. */
  | { outcome: 'sent-back'; to: string; detail: string };

/** What went wrong and what to do next, as a step's record holds it. */
export function failureText(error: unknown): string {
  const { code, message, hint } = toErrorRecord(error);
  return `${code}: ${message} → ${hint}`;
}

export type WorkContext<Step> = {
  step: Step;
  attempt: number;
  /** Aborted once nobody waits for this attempt any more. What it still writes is thrown away; the sooner it ends, the better. */
  signal: AbortSignal;
  /** Writes parts, checks, milestones and notes of the work. */
  recorder: Recorder;
  append: (event: EvidenceEvent) => void;
  /** How far the run is, with people's answers. */
  progress: () => Progress;
  /** A line about what is being done. */
  onDetail: (text: string) => void;
};

/** Each probes first: cut off at any instant it may be called again. What it throws is a failed step. */
export type Work = (context: WorkContext<MachineStep>) => Promise<WorkResult>;
export type Works = Partial<Record<WorkName, Work>>;

/** Writes, and where that is wanted sends, the letter of a step. */
export type Mailroom = (context: WorkContext<NotifyStep>) => Promise<WorkResult>;
