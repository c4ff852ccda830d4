/** One attempt at a step's work, as this process carries it out. */
import type { EvidenceEvent, EvidenceLog } from '../evidence/evidence.ts';
import { Recorder } from '../evidence/recorder.ts';

/**
 * Abandoned, its work is told to end, and nothing that it still says is written down: the step may be at its next attempt by then, or
 * left out.
 */
export class Attempt {
  readonly step: string;
  readonly number: number;
  readonly #end = new AbortController();
  readonly #over = Promise.withResolvers<'over'>();

  constructor(step: string, number: number) {
    this.step = step;
    this.number = number;
  }

  /** For the work: whoever minds it ends soon after. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get isAbandoned(): boolean {
    return this.signal.aborted;
  }

  abandon(): void {
    this.#end.abort();
  }

  /** Its work has returned, whatever it says. */
  over(): void {
    this.#over.resolve('over');
  }

  /** Whether it is over, or is so within that time. */
  async isOverWithin(limitMs: number): Promise<boolean> {
    const timer = Promise.withResolvers<'late'>();
    const timeout = setTimeout(() => timer.resolve('late'), limitMs);
    const first = await Promise.race([this.#over.promise, timer.promise]);
    clearTimeout(timeout);
    return first === 'over';
  }

  /** What its work may write. */
  recording(log: EvidenceLog): { recorder: Recorder; append: (event: EvidenceEvent) => void } {
    const append = (event: EvidenceEvent): void => {
      if (!this.isAbandoned) log.append(event);
    };
    const recorder = new Recorder({
      append,
      get records() {
        return log.records;
      },
    });
    return { recorder, append };
  }
}
