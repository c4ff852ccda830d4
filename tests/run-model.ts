/**
 * Stands in for execute.ts where only decisions are tested: it writes what `advance` and `decide` say as records and lets the test end
 * the work that they begin. Time moves when the test says so.
 */

import type { ClockReading, EvidenceEvent, EvidenceRecord } from '../runbooks/evidence/evidence.ts';
import type { Runbook, RunbookStep } from '../runbooks/plan/model.ts';
import type { Command } from '../runbooks/run/command.ts';
import { decide, type Situation } from '../runbooks/run/decide.ts';
import { advance, asRecord, milestoneOf, type RunMode, sendBack } from '../runbooks/run/next-steps.ts';
import { foldProgress, type Progress, type StepProgress } from '../runbooks/run/progress.ts';
import type { StepStatus } from '../runbooks/view/run-view.ts';

export const attendedDrill: RunMode = { kind: 'drill', scenario: 'D1', unattended: false };
export const disaster: RunMode = { ...attendedDrill, kind: 'restore' };
export const theReturn: RunMode = { kind: 'return', unattended: false };

const BEGUN_MS = Date.parse('2026-11-23T07:00:00.000Z');
const opening = {
  type: 'run-started',
  runId: 'run-model',
  versions: {},
  operator: 'rco',
} as const;
const targets = {
  scenario: 'D1',
  rtoTargetSeconds: 72 * 3600,
  rpoTargetSeconds: 24 * 3600,
  rtoSource: 'test',
  rpoSource: 'test',
} as const;

export type Ending = 'done' | 'failed' | 'cut-off';

export class RunModel {
  readonly runbook: Runbook;
  readonly mode: RunMode;
  readonly records: EvidenceRecord[] = [];
  readonly #roles: readonly string[];
  #wallMs = BEGUN_MS;
  #monotonicMs = 1_000;

  constructor(runbook: Runbook, mode: RunMode, plan: readonly EvidenceEvent[] = []) {
    this.runbook = runbook;
    this.mode = mode;
    this.#roles = rolesOf(runbook);
    const { kind } = mode;
    this.write([{ ...opening, kind, ...(kind !== 'return' && targets) }, ...plan]);
    this.#goOn([]);
  }

  get situation(): Situation {
    const { runbook, records, mode } = this;
    return { runbook, records: [...records], mode, roles: this.#roles, nowUtc: this.clock().atUtc };
  }

  get progress(): Progress {
    return foldProgress(this.runbook, this.records);
  }

  /** Work that is under way, `step#attempt`. */
  get running(): Set<string> {
    const { steps, finished } = this.progress;
    if (finished !== undefined) return new Set();
    return new Set(this.with('running').map((id) => `${id}#${steps.get(id)?.attempt}`));
  }

  /** Time passes on both clocks. */
  pass(ms: number): this {
    this.#monotonicMs += ms;
    return this.setWallClock(ms);
  }

  /** Somebody sets the clock. */
  setWallClock(byMs: number): this {
    this.#wallMs += byMs;
    return this;
  }

  clock(): ClockReading {
    return { atUtc: new Date(this.#wallMs).toISOString(), monotonicMs: this.#monotonicMs, process: 'model' };
  }

  write(events: readonly EvidenceEvent[]): void {
    for (const event of events)
      this.records.push({ ...asRecord(event, ''), ...this.clock(), seq: this.records.length });
  }

  /** @throws DrError when it is refused */
  say(command: Command): EvidenceEvent[] {
    const events = decide(this.situation, command);
    this.#goOn(events);
    return events;
  }

  /** Ends the work of `step#attempt`. Cut off, it is begun again where the work can look, as execute.ts does. */
  end(work: string, ending: Ending): void {
    const step = this.step(work.slice(0, work.lastIndexOf('#')));
    const { attempt } = this.of(step.id);
    const asks = 'cutOff' in step ? step.cutOff === 'ask' : this.mode.kind !== 'drill';
    if (ending === 'cut-off' && !asks) {
      return this.write([{ type: 'step-started', step: step.id, attempt: attempt + 1, origin: 'measured' }]);
    }
    this.#goOn([
      { type: 'step-finished', step: step.id, attempt, outcome: ending, durationMs: 0, detail: '' },
      ...(ending === 'done' ? milestoneOf(step, 'done', this.clock().atUtc, 'measured') : []),
    ]);
  }

  /** The work of a step finds that what `to` had shown holds no more. */
  sendBack(id: string, to: string, detail: string): void {
    const { attempt } = this.of(id);
    this.#goOn(
      sendBack({ step: id, attempt, durationMs: 0 }, { step: to, attempt: this.of(to).attempt, detail }),
    );
  }

  step(id: string): RunbookStep {
    const step = this.runbook.find((one) => one.id === id);
    if (step === undefined) throw new Error(`no step ${id}`);
    return step;
  }

  of(id: string): StepProgress {
    const progress = this.progress.steps.get(id);
    if (progress === undefined) throw new Error(`no step ${id}`);
    return progress;
  }

  with(...statuses: StepStatus[]): string[] {
    const { steps } = this.progress;
    return this.runbook
      .map(({ id }) => id)
      .filter((id) => statuses.includes(steps.get(id)?.status ?? 'blocked'));
  }

  /** An answer by the responsible role, now; what is not said of it is plain. */
  answer(
    step: string,
    choice: string,
    over: Partial<Extract<Command, { type: 'answer' }>> = {},
  ): EvidenceEvent[] {
    return this.say({
      type: 'answer',
      step,
      choice,
      attempt: this.of(step).attempt,
      role: this.step(step).responsible,
      person: 'P-000001',
      note: 'perché sì',
      ...over,
    });
  }

  takeBack(step: string): EvidenceEvent[] {
    const { attempt } = this.of(step);
    const role = this.step(step).responsible;
    return this.say({ type: 'take-back', step, attempt, role, person: '', why: 'premuto male' });
  }

  /** Lets all work end well until only people are waited for. */
  settle(): this {
    for (let [work] = this.running; work !== undefined; [work] = this.running) this.end(work, 'done');
    return this;
  }

  #goOn(events: readonly EvidenceEvent[]): void {
    const { runbook, mode } = this;
    const { atUtc } = this.clock();
    this.write(events);
    this.write(advance(runbook, this.records, mode, atUtc));
  }
}

export function rolesOf(runbook: Runbook): string[] {
  return [...new Set(runbook.flatMap((step) => [step.responsible, ...step.supporting, step.escalateTo]))];
}
