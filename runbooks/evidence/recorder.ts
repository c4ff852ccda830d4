/** Writes a run's steps, milestones and checks as evidence while they happen. */
import type { Check } from '../../core/check.ts';
import { DrError, toErrorRecord } from '../../core/errors.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';
import type { EvidenceEvent, EvidenceLog, EvidenceRecord, MilestoneName, Origin } from './evidence.ts';
import { checksNotPassed, isVerified } from './milestones.ts';
import type { DeskReadiness, ProbeResult } from './services.ts';

export type PlannedStep = Extract<EvidenceEvent, { type: 'plan' }>['steps'][number];
type StepOutcome = Extract<EvidenceEvent, { type: 'step-finished' }>['outcome'];

/** Of the log, what is read and written here. */
export type Writing = Pick<EvidenceLog, 'records'> & { append: (event: EvidenceEvent) => unknown };

export class Recorder {
  readonly #log: Writing;
  readonly #startedMs = new Map<string, number>();

  constructor(log: Writing) {
    this.#log = log;
  }

  /** Says that a point of the clocks is reached now; a step that was cut off after it reaches it once. */
  milestone(name: MilestoneName, origin: Origin): void {
    if (
      sinceAsked(this.#log.records).some(
        ({ event }) => event.type === 'milestone' && event.name === name && event.origin === origin,
      )
    )
      return;
    this.#log.append({ type: 'milestone', name, atUtc: utcNow(), origin });
  }

  /** Reaches the end of the RTO's count, where every check passed; else the service is not verified and the count goes on. */
  verified(): void {
    if (isVerified(this.#log.records)) this.milestone('service-verified', 'measured');
  }

  /** What stands between the restore and a verified service, each check as it was carried out last. */
  notPassed(): Check[] {
    return checksNotPassed(this.#log.records);
  }

  /** @throws DrError VERIFICATION_FAILED, which names the checks that did not pass */
  requireVerified(): void {
    if (!isVerified(this.#log.records)) throw notVerified(this.notPassed());
  }

  check(check: Check): void {
    this.#log.append({ type: 'check', check });
  }

  /** What the desks saw of the suppliers' services, and which of them can open. */
  services(results: ProbeResult[], desks: DeskReadiness[]): void {
    if (results.length > 0) this.#log.append({ type: 'probes', results });
    if (desks.length > 0) this.#log.append({ type: 'readiness', desks });
  }

  note(textIt: string, textEn: string, origin: Origin): void {
    this.#log.append({ type: 'note', textIt, textEn, origin });
  }

  /** For what a step that is done again would say again. */
  noteOnce(textIt: string, textEn: string, origin: Origin): void {
    if (!this.hasNoted(textIt)) this.note(textIt, textEn, origin);
  }

  /** Whether this run, also before it was cut off, has noted something that begins so in Italian. */
  hasNoted(startIt: string): boolean {
    return this.#log.records.some(({ event }) => event.type === 'note' && event.textIt.startsWith(startIt));
  }

  begin(step: string, origin: Origin = 'measured'): void {
    const attempt = this.#attempts(step) + 1;
    this.#startedMs.set(step, monotonicMs());
    this.#log.append({ type: 'step-started', step, attempt, origin });
  }

  end(step: string, outcome: StepOutcome, detail = ''): void {
    this.#log.append({
      type: 'step-finished',
      step,
      attempt: Math.max(1, this.#attempts(step)),
      outcome,
      durationMs: monotonicMs() - (this.#startedMs.get(step) ?? monotonicMs()),
      detail,
    });
  }

  /** How often a step was begun, also by processes that died: the log knows. */
  #attempts(step: string): number {
    return this.#log.records.filter(({ event }) => event.type === 'step-started' && event.step === step)
      .length;
  }

  /** Whether a step has been carried out, by this process or one before it, and nobody has asked to do it again. */
  isDone(step: string): boolean {
    const last = sinceAsked(this.#log.records).findLast(
      ({ event }) => event.type === 'step-finished' && event.step === step,
    );
    return last?.event.type === 'step-finished' && ['done', 'unchanged'].includes(last.event.outcome);
  }

  /** Runs one measured step. What `work` throws is recorded and thrown on. */
  async step<T>(
    step: string,
    work: () => Promise<T>,
    detailOf: (result: T) => string = () => '',
  ): Promise<T> {
    this.begin(step);
    try {
      const result = await work();
      this.end(step, 'done', detailOf(result));
      return result;
    } catch (error) {
      this.end(step, 'failed', toErrorRecord(error).message);
      throw error;
    }
  }
}

/** The records since a person last asked for something to be done again: what stands before may be done and reached once more. */
export function sinceAsked(records: readonly EvidenceRecord[]): readonly EvidenceRecord[] {
  const asked = records.findLastIndex(
    ({ event }) => event.type === 'taken-back' || (event.type === 'answered' && event.choice === 'retry'),
  );
  return records.slice(asked + 1);
}

function notVerified(checks: readonly Check[]): DrError {
  const names = (language: 'it' | 'en'): string =>
    checks
      .map(({ titleIt, titleEn, outcome }) => `${language === 'it' ? titleIt : titleEn} (${outcome})`)
      .join(', ');
  return new DrError(
    'VERIFICATION_FAILED',
    `Il ripristino è finito, ma il servizio non è verificato, e il RTO continua a correre: ${names('it') || 'nessuna verifica'}. / The restore ended, but the service is not verified, and the RTO runs on: ${names('en') || 'no check'}.`,
    'Guardare sotto "Verifiche" che cosa non va, correggerlo e riprovare: si verifica di nuovo tutto. Se il servizio si può usare così, rispondere "Fatto a mano" e dire perché. / See under "Checks" what is wrong, mend it and try again: everything is verified anew. If the service can be used as it is, answer "Done by hand" and say why.',
  );
}
