/**
 * What a runbook is made of. The steps themselves are data, one file a phase of the plan's chapter 6 (reaction.ts, management.ts,
 * closing.ts) and the way back (return.ts); nothing here runs anything.
 */
import type { MessageName } from '../../scripts/letters/letter.ts';
import type { intervalKinds, MilestoneName } from '../evidence/evidence.ts';

export type Bilingual = { it: string; en: string };

export const phases = ['preparation', 'reaction', 'management', 'closing', 'return'] as const;
export type Phase = (typeof phases)[number];

/** The step was answered with one of these options; a step with conditions is taken only when all of them hold. */
export type Condition = { step: string; options: readonly string[] };

/** Offered only while its conditions hold: after D1 nobody is to choose the primary site by mistake. */
export type Option = { id: string; when?: readonly Condition[] } & Bilingual;

/** Machine work by name; what it does on real hosts is in works.ts, so that the plan's steps stay plain data. */
export const workNames = [
  'lab',
  'lucca',
  'backup',
  'disaster',
  'interlock',
  'choose-snapshot',
  'cassette',
  'restore',
  'return-backup',
  'return-prepare',
  'return-snapshot',
  'return-restore',
  'return-standby',
] as const;
export type WorkName = (typeof workNames)[number];

type StepBase = {
  /** The plan's clause, and a word where a clause has several steps: `6.1.1`, `6.2.4-restore`. */
  id: string;
  clause: string;
  phase: Phase;
  title: Bilingual;
  interval: (typeof intervalKinds)[number];
  /** A role of inventory/roles.yaml. */
  responsible: string;
  supporting: readonly string[];
  /** Steps that must be over (done, skipped or not needed) before this one begins. */
  needs: readonly string[];
  when?: readonly Condition[];
  /** What is to be done, for somebody who does it for the first time, under stress. */
  instructions: Bilingual;
  /** After this long without an end there is an alarm, and `escalateTo` is named in it. */
  timeoutMinutes: number;
  escalateTo: string;
  /** What shows that it is done. */
  proof: Bilingual;
  /** How it is undone; null where it can't be. */
  undo: Bilingual | null;
  /** The point of the clocks that the end of this step reaches; steps that exclude each other may reach the same. */
  milestone?: MilestoneName;
};

/**
 * Somebody does it and says so. With `options` it is a decision: the answer is one of them, and can't be left out. The first is the
 * one that goes on; an unattended drill takes it, and only it reaches the step's milestone.
 */
export type HumanStep = StepBase & {
  kind: 'human';
  options?: readonly Option[];
  /** The answer is a time that a person knows, and what comes later rests on it: not taken without one, and not left out. */
  asksTime?: true;
};

/** How a proof that failed is answered for. `override-alive`: also where what should be silent answers. */
export const overrideIds = ['override', 'override-alive'] as const;

/**
 * What nobody can prove by hand: in place of "done by hand", the role `by` alone may take it upon itself, with one of these answers.
 * Without options nobody may.
 */
export type Override = {
  by: string;
  options: readonly ({ id: (typeof overrideIds)[number] } & Bilingual)[];
};

/** The program does it, or checks it. */
export type MachineStep = StepBase & {
  kind: 'machine' | 'check';
  work: WorkName;
  override?: Override;
  /** Cut off in the middle: done again, because the work looks first (`probe`), or a person says whether it happened (`ask`). */
  cutOff: 'probe' | 'ask';
};

/** A letter of the plan. A drill only writes it; in a disaster it leaves when the responsible role confirms it. */
export type NotifyStep = StepBase & {
  kind: 'notify';
  message: MessageName;
  /** Of `needs`, answers that it only tells: they can be corrected after it has left, and a person passes the correction on. */
  tells?: readonly string[];
};

export type RunbookStep = HumanStep | MachineStep | NotifyStep;

export type Runbook = readonly RunbookStep[];

/** The answers that are a step's own: of a decision, or of a proof that may be overridden. */
export function optionsOf(step: RunbookStep): readonly ({ id: string } & Bilingual)[] {
  if (step.kind === 'human') return step.options ?? [];
  return step.kind === 'notify' ? [] : (step.override?.options ?? []);
}
