/**
 * Executes a run: hears what is said to it, begins what may begin, carries machine work out, and writes all of it down. Killed at
 * any instant, the next process goes on: evidence says what was done, the durable engine what was heard.
 */
import { DrError, toErrorRecord } from '../../core/errors.ts';
import { utcNow } from '../../core/time.ts';
import type { Durable, RunProgram } from '../durable/port.ts';
import { type EvidenceEvent, type EvidenceRecord, thisProcess } from '../evidence/evidence.ts';
import { Recorder, sinceAsked } from '../evidence/recorder.ts';
import type { RunEvidence } from '../evidence/run-evidence.ts';
import type { MachineStep, NotifyStep, Runbook, RunbookStep } from '../plan/model.ts';
import type { Mailroom, WorkResult, Works } from '../works/work.ts';
import { type Reply, type Signal, signalSchema } from './command.ts';
import { decide } from './decide.ts';
import { advance, asRecord, type RunMode } from './next-steps.ts';
import { foldProgress, type Progress, type StepProgress } from './progress.ts';

export type Execution = {
  runbook: Runbook;
  mode: RunMode;
  roles: readonly string[];
  evidence: RunEvidence;
  /** Written first, once. */
  opening: readonly EvidenceEvent[];
  works: Works;
  mailroom: Mailroom;
  onDetail: (text: string) => void;
  /** Nothing may go on: the evidence can't be kept, or another process has the run. */
  onFatal: (error: unknown) => void;
};

/** What one thing heard led to; the durable engine keeps it, so a later process begins the same branches. */
type Outcome = { begin: string[]; finished: boolean; reply?: Reply };

/** The run as the durable engine executes it. */
export function runProgram(execution: Execution): RunProgram {
  const conductor = new Conductor(execution);
  return {
    main: async (durable) => await conductor.main(durable),
    branch: async (durable, name) => await conductor.branch(durable, name),
  };
}

class Conductor {
  readonly #execution: Execution;
  /** Branches whose work this process has begun. */
  readonly #begun = new Set<string>();

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  async main(durable: Durable): Promise<void> {
    let outcome = await durable.step('begin', async () => await this.#begin());
    for (;;) {
      for (const name of outcome.begin) await durable.begin(name);
      if (outcome.finished) return;
      const heard = signalSchema.safeParse(await durable.waitFor());
      if (!heard.success) continue; // not from a program of ours
      const signal = heard.data;
      outcome = await durable.step('decide', async () => await this.#decide(signal));
      if (outcome.reply !== undefined) await durable.reply(signal.id, outcome.reply);
    }
  }

  async branch(durable: Durable, name: string): Promise<void> {
    await durable.step('work', async () => await this.#unlessFatal(async () => await this.#work(name)));
    await durable.signal({ type: 'branch-ended', id: `${name}/ended` } satisfies Signal);
  }

  async #begin(): Promise<Outcome> {
    return await this.#unlessFatal(async () => {
      for (const [index, event] of this.#execution.opening.entries()) this.#append(event, `opening/${index}`);
      return await this.#goOn('begin', []);
    });
  }

  async #decide(signal: Signal): Promise<Outcome> {
    return await this.#unlessFatal(async () => {
      if (signal.type === 'branch-ended') return await this.#goOn(signal.id, []);
      const { runbook, mode, roles } = this.#execution;
      const records = this.#recordsBefore(signal.id);
      try {
        const decision = decide({ runbook, mode, roles, records, nowUtc: utcNow() }, signal.command);
        const outcome = await this.#goOn(signal.id, decision.events);
        return { ...outcome, begin: [...decision.begin, ...outcome.begin], reply: { ok: true } };
      } catch (error) {
        if (!(error instanceof DrError) || isFatal(error)) throw error;
        return { begin: [], finished: false, reply: { ok: false, ...toErrorRecord(error) } };
      }
    });
  }

  /** Writes `events` and all that follows from them; `cause` makes sure that each is written once. */
  async #goOn(cause: string, events: readonly EvidenceEvent[]): Promise<Outcome> {
    const { runbook, mode, evidence } = this.#execution;
    const nowUtc = utcNow();
    const known = [...this.#recordsBefore(cause), ...events.map((event) => asRecord(event, nowUtc))];
    const next = advance(runbook, known, mode, nowUtc);
    for (const event of [...events, ...next.events]) this.#append(event, `${cause}/${identity(event)}`);
    await evidence.settled();
    return { begin: next.begin, finished: next.finished };
  }

  /** The evidence as it was before anything came of `cause`, so that a decision cut off half-way is taken the same way again. */
  #recordsBefore(cause: string): EvidenceRecord[] {
    return this.#execution.evidence.log.records.filter(({ key }) => !key?.startsWith(`${cause}/`));
  }

  /** The work of a branch, `step#attempt`. What is finished on record is not done again. */
  async #work(name: string): Promise<void> {
    const { runbook, evidence } = this.#execution;
    const [id, attempt] = parseBranch(name);
    const step = runbook.find((candidate) => candidate.id === id);
    const before = this.#progress().steps.get(id);
    if (step === undefined || before === undefined || before.attempt < attempt) return;
    if (before.status === 'done') this.#reachMilestone(step); // cut off just before it
    if (before.status !== 'running') return;
    const cutOff = before.started?.process !== thisProcess() && !this.#begun.has(name);
    if (!cutOff || this.#beginAgain(step, before)) {
      this.#begun.add(name);
      const result = await this.#carryOut(step);
      this.#end(id, result);
      if (result.outcome !== 'failed') this.#reachMilestone(step);
    }
    await evidence.settled();
  }

  /** After a kill: false when only a person can say whether the work had been done. */
  #beginAgain(step: RunbookStep, { attempt }: StepProgress): boolean {
    if ('cutOff' in step ? step.cutOff === 'ask' : this.#execution.mode.kind !== 'drill') {
      this.#append({
        type: 'step-finished',
        step: step.id,
        attempt,
        outcome: 'cut-off',
        durationMs: 0,
        detail: 'Interrotto: non si sa se sia avvenuto. / Cut off: whether it happened is not known.',
      });
      return false;
    }
    this.#append({ type: 'step-started', step: step.id, attempt: attempt + 1, origin: 'measured' });
    return true;
  }

  async #carryOut(step: RunbookStep): Promise<WorkResult> {
    const { works, mailroom, onDetail } = this.#execution;
    const base = {
      attempt: this.#progress().steps.get(step.id)?.attempt ?? 1,
      recorder: new Recorder(this.#execution.evidence.log),
      append: (event: EvidenceEvent) => this.#append(event),
      progress: () => this.#progress(),
      onDetail,
    };
    try {
      if (step.kind === 'notify') return await mailroom({ ...base, step: step satisfies NotifyStep });
      if (step.kind === 'human') return { outcome: 'done', detail: '' };
      const work = works[step.work];
      if (work === undefined) throw noWork(step);
      return await work({ ...base, step });
    } catch (error) {
      if (isFatal(error)) throw error;
      const { code, message, hint } = toErrorRecord(error);
      return { outcome: 'failed', detail: `${code}: ${message} → ${hint}` };
    }
  }

  #end(id: string, { outcome, detail }: WorkResult): void {
    const { attempt, started } = this.#progress().steps.get(id) ?? { attempt: 1, started: undefined };
    const durationMs = started === undefined ? 0 : Math.max(0, Date.now() - Date.parse(started.atUtc));
    this.#append({ type: 'step-finished', step: id, attempt, outcome, durationMs, detail });
  }

  /** Unless the work itself wrote it down, nearer to the instant. */
  #reachMilestone(step: RunbookStep): void {
    const written = sinceAsked(this.#execution.evidence.log.records).some(
      ({ event }) =>
        event.type === 'milestone' && event.name === step.milestone && event.origin === 'measured',
    );
    if (step.milestone === undefined || written) return;
    this.#append({
      type: 'milestone',
      name: step.milestone,
      atUtc: utcNow(),
      origin: 'measured',
      step: step.id,
    });
  }

  #progress(): Progress {
    return foldProgress(this.#execution.runbook, this.#execution.evidence.log.records);
  }

  #append(event: EvidenceEvent, key?: string): void {
    this.#execution.evidence.log.append(event, key);
  }

  /** A failure of our own must not become the recorded outcome of a step: this process ends, and the next one goes on. */
  async #unlessFatal<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#execution.onFatal(error);
      return await new Promise<never>(() => undefined);
    }
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof DrError && /^(EVIDENCE_|RUN_TAKEN_OVER)/.test(error.code);
}

/** Tells the events of one cause apart. */
function identity(event: EvidenceEvent): string {
  const parts = [
    event.type,
    'step' in event ? event.step : '',
    'attempt' in event ? String(event.attempt) : '',
    event.type === 'milestone' ? event.name : '',
  ];
  return parts.filter(Boolean).join('/');
}

function parseBranch(name: string): [step: string, attempt: number] {
  const at = name.lastIndexOf('#');
  return [name.slice(0, at), Number(name.slice(at + 1))];
}

function noWork(step: MachineStep): DrError {
  return new DrError(
    'NO_WORK',
    `Questo programma non sa fare il passo ${step.id} qui. / This program cannot do this step here.`,
    'Farlo a mano e rispondere "fatto a mano". / Do it by hand and answer "done by hand".',
  );
}
