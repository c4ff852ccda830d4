/**
 * Executes a run: hears what is said to it, begins what may begin, carries machine work out, and writes all of it down. Killed at
 * any instant, the next process goes on: evidence says what was begun and done, the durable engine what was heard.
 */
import { DrError, toErrorRecord } from '../../core/errors.ts';
import { utcNow } from '../../core/time.ts';
import type { Durable } from '../durable/port.ts';
import { type EvidenceEvent, readClock } from '../evidence/evidence.ts';
import { isVerified } from '../evidence/milestones.ts';
import { sinceAsked } from '../evidence/recorder.ts';
import type { RunEvidence } from '../evidence/run-evidence.ts';
import type { MachineStep, NotifyStep, Runbook, RunbookStep } from '../plan/model.ts';
import { failureText, type Mailroom, type WorkResult, type Works } from '../works/work.ts';
import { Attempt } from './attempt.ts';
import { type Reply, type Signal, signalSchema } from './command.ts';
import { decide } from './decide.ts';
import { advance, asRecord, type RunMode, sendBack } from './next-steps.ts';
import { foldProgress, type Progress, type StepProgress } from './progress.ts';

export type Execution = {
  runbook: Runbook;
  mode: RunMode;
  roles: readonly string[];
  evidence: RunEvidence;
  /** The process is the run's holder number `epoch`. */
  epoch: number;
  /** The first events of a run that is not begun yet. */
  opening: readonly EvidenceEvent[];
  works: Works;
  mailroom: Mailroom;
  onDetail: (text: string) => void;
  /** How long work that is abandoned is waited for, before the step's next attempt or the run's end; half a minute where nothing is said. */
  patienceMs?: number;
  /** Nothing may go on: the evidence can't be kept, or another process has the run. */
  onFatal: (error: unknown) => void;
};

export class Conductor {
  readonly #execution: Execution;
  /** The attempts that this process carries out, by step. */
  readonly #working = new Map<string, Attempt>();
  /** By step, until what was abandoned last has ended, or was waited for long enough. */
  readonly #leaving = new Map<string, Promise<unknown>>();
  /** Tells the main line that work has brought the run to its end. */
  #tellOver: () => Promise<void> = async () => await Promise.resolve();

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  /** The main line: takes the run in hand and hears what people say, one after the other, until the run is over. */
  async main(durable: Durable): Promise<void> {
    // The engine would note a failure as the end of the run, for good.
    await this.#unlessFatal(async () => await this.#hear(durable));
  }

  async #hear(durable: Durable): Promise<void> {
    this.#tellOver = async () => await durable.signal({ type: 'over' } satisfies Signal);
    await this.#begin();
    while (!this.#isOver()) {
      const heard = signalSchema.safeParse(await durable.waitFor());
      if (!heard.success || heard.data.type === 'over') continue; // not from a program of ours, or asked above
      const signal = heard.data;
      const reply = await durable.step(
        'decide',
        async () => await this.#unlessFatal(async () => await this.#decide(signal)),
      );
      await durable.reply(signal.id, reply);
    }
    // What it works on may be cleared away next.
    await Promise.all(this.#leaving.values());
  }

  /** Begins the run, or goes on with one that no other process has in hand any more. */
  async #begin(): Promise<void> {
    const { runbook, evidence, epoch, opening } = this.#execution;
    const { steps, finished } = this.#progress();
    if (finished !== undefined) return;
    if (evidence.log.records.length === 0) this.#write(opening);
    else
      this.#write([
        { type: 'resumed', epoch },
        ...runbook.flatMap((step) => this.#takeUp(step, steps.get(step.id))),
      ]);
    await evidence.settled();
  }

  /** A decision is on record wholly or not at all, so one that was cut off is either taken already or taken now. */
  async #decide({ id, command }: Extract<Signal, { type: 'command' }>): Promise<Reply> {
    const { runbook, mode, roles, evidence } = this.#execution;
    if (!evidence.log.has(id)) {
      const situation = { runbook, mode, roles, records: evidence.log.records, nowUtc: utcNow() };
      let events: EvidenceEvent[];
      try {
        events = decide(situation, command);
      } catch (error) {
        if (error instanceof DrError) return { ok: false, ...toErrorRecord(error) };
        throw error;
      }
      this.#write(events, id);
    }
    await evidence.settled();
    return { ok: true };
  }

  /** Writes `events` and all that follows from them, all or nothing, and begins the work that they begin. */
  #write(events: readonly EvidenceEvent[], key?: string): void {
    const { runbook, mode, evidence } = this.#execution;
    const nowUtc = utcNow();
    const known = [...evidence.log.records, ...events.map((event) => asRecord(event, nowUtc))];
    evidence.log.appendTogether([...events, ...advance(runbook, known, mode, nowUtc)], key);
    const { steps, finished } = this.#progress();
    for (const [id, attempt] of this.#working) {
      const { status, attempt: current } = steps.get(id) ?? {};
      if (finished !== undefined || status !== 'running' || current !== attempt.number)
        this.#abandon(attempt);
    }
    if (finished !== undefined) return;
    for (const step of runbook) {
      const { status, attempt: number } = steps.get(step.id) ?? {};
      if (status !== 'running' || number === undefined || this.#working.has(step.id)) continue;
      const attempt = new Attempt(step.id, number);
      this.#working.set(step.id, attempt);
      void this.#unlessFatal(async () => await this.#carryOut(step, attempt));
    }
  }

  /** A person stopped it, or ended the run. */
  #abandon(attempt: Attempt): void {
    attempt.abandon();
    this.#working.delete(attempt.step);
    const before = this.#leaving.get(attempt.step);
    const leaving = this.#unlessFatal(async () => await this.#awaitEnd(attempt));
    this.#leaving.set(attempt.step, Promise.all([before, leaving]));
  }

  async #awaitEnd(attempt: Attempt): Promise<void> {
    const { evidence, patienceMs = PATIENCE_MS, onDetail } = this.#execution;
    onDetail(leavingText(attempt));
    if ((await attempt.isOverWithin(patienceMs)) || this.#isOver()) return;
    evidence.log.append(notLeft(attempt));
  }

  /** What was cut off is begun again, unless only a person can say whether the work had been done. */
  #takeUp(step: RunbookStep, progress: StepProgress | undefined): EvidenceEvent[] {
    if (progress?.status !== 'running') return [];
    const base = { step: step.id, attempt: progress.attempt };
    if ('cutOff' in step ? step.cutOff === 'probe' : this.#execution.mode.kind === 'drill')
      return [{ ...base, type: 'step-started', attempt: base.attempt + 1, origin: 'measured' }];
    return [
      {
        ...base,
        type: 'step-finished',
        outcome: 'cut-off',
        durationMs: 0,
        detail: 'Interrotto: non si sa se sia avvenuto. / Cut off: whether it happened is not known.',
      },
    ];
  }

  async #carryOut(step: RunbookStep, attempt: Attempt): Promise<void> {
    // Its beginning is in the database too, which refuses whoever has lost the run.
    await this.#execution.evidence.settled();
    await this.#leaving.get(step.id);
    const result = attempt.isAbandoned ? undefined : await this.#work(step, attempt);
    attempt.over();
    if (result === undefined || attempt.isAbandoned) return; // a person has stopped it meanwhile, or ended the run
    this.#working.delete(step.id);
    this.#write(this.#endOf(step, result));
    if (!this.#isOver()) return;
    await this.#execution.evidence.settled();
    await this.#tellOver();
  }

  async #work(step: RunbookStep, attempt: Attempt): Promise<WorkResult> {
    const { works, mailroom, onDetail, evidence } = this.#execution;
    const base = {
      attempt: attempt.number,
      signal: attempt.signal,
      ...attempt.recording(evidence.log),
      progress: () => this.#progress(),
      onDetail: (text: string) => {
        if (!attempt.isAbandoned) onDetail(text);
      },
    };
    try {
      if (step.kind === 'notify') return await mailroom({ ...base, step: step satisfies NotifyStep });
      if (step.kind === 'human') return { outcome: 'done', detail: '' };
      const work = works[step.work];
      if (work === undefined) throw noWork(step);
      return await work({ ...base, step });
    } catch (error) {
      if (isFatal(error)) throw error;
      return { outcome: 'failed', detail: failureText(error) };
    }
  }

  #endOf(step: RunbookStep, result: WorkResult): EvidenceEvent[] {
    const { steps } = this.#progress();
    const { attempt, started } = steps.get(step.id) ?? { attempt: 1, started: undefined };
    // This process began it, so its monotonic clock tells.
    const durationMs = started === undefined ? 0 : readClock().monotonicMs - started.monotonicMs;
    const { outcome, detail } = result;
    if (outcome === 'sent-back') {
      const to = { step: result.to, attempt: steps.get(result.to)?.attempt ?? 0, detail };
      return sendBack({ step: step.id, attempt, durationMs }, to);
    }
    const ended = { type: 'step-finished', step: step.id, attempt, outcome, durationMs, detail } as const;
    return outcome === 'failed' ? [ended] : [ended, ...this.#milestoneOf(step)];
  }

  /** Unless the work itself wrote it down, nearer to the instant. */
  #milestoneOf({ id, milestone: name }: RunbookStep): EvidenceEvent[] {
    const written = sinceAsked(this.#execution.evidence.log.records).some(
      ({ event }) => event.type === 'milestone' && event.name === name && event.origin === 'measured',
    );
    if (name === undefined || written) return [];
    if (name === 'service-verified' && !isVerified(this.#execution.evidence.log.records)) return [];
    return [{ type: 'milestone', name, atUtc: utcNow(), origin: 'measured', step: id }];
  }

  #progress(): Progress {
    return foldProgress(this.#execution.runbook, this.#execution.evidence.log.records);
  }

  #isOver(): boolean {
    return this.#progress().finished !== undefined;
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

/** The engine ends what it started within some 15 seconds, a connection at once. */
const PATIENCE_MS = 30_000;

function leavingText({ step, number }: Attempt): string {
  return `${step}: attendo che il tentativo ${number} si fermi. / ${step}: waiting for attempt ${number} to stop.`;
}

/** On the machines it may do harm or good; here nothing of it counts. */
function notLeft({ step, number }: Attempt): EvidenceEvent {
  return {
    type: 'note',
    textIt: `${step}: il tentativo ${number}, interrotto, non si è ancora fermato e può lavorare ancora. Ciò che fa non conta più.`,
    textEn: `${step}: attempt ${number}, which was stopped, has not ended yet and may still be at work. What it does counts no more.`,
    origin: 'measured',
  };
}

function isFatal(error: unknown): boolean {
  return error instanceof DrError && /^(EVIDENCE_|RUN_TAKEN_OVER)/.test(error.code);
}

function noWork(step: MachineStep): DrError {
  return new DrError(
    'NO_WORK',
    `Questo programma non sa fare il passo ${step.id} qui. / This program cannot do this step here.`,
    'Farlo a mano e rispondere "fatto a mano". / Do it by hand and answer "done by hand".',
  );
}
