/** What a person sees of the set-up, on stderr: stdout belongs to the command that follows. */
import { assertNever } from '../core/errors.ts';
import { formatDurationMs, monotonicMs } from '../core/time.ts';
import type { Progress, Stage, StageListener, StageResult } from './stage.ts';

/** A long stage shows that it lives: each second on a terminal, each half minute in a file. */
const TERMINAL_BEAT_MS = 1_000;
const PLAIN_BEAT_MS = 30_000;

type Running = { titleEn: string; titleIt: string; begunMs: number; line: string };

/** Prints stages as they begin and end. Close it when all have ended. */
export class Screen implements StageListener, Disposable {
  readonly #terminal = process.stderr.isTTY;
  readonly #running = new Map<string, Running>();
  readonly #beat: NodeJS.Timeout;

  constructor() {
    this.#beat = setInterval(
      () => {
        this.#showRunning();
      },
      this.#terminal ? TERMINAL_BEAT_MS : PLAIN_BEAT_MS,
    );
    this.#beat.unref();
  }

  started(stage: Stage): void {
    const { titleIt, titleEn } = stage;
    this.#running.set(stage.id, { titleIt, titleEn, begunMs: monotonicMs(), line: '' });
    this.#print(`  inizio / start  ${titleIt} / ${titleEn}`);
  }

  progressOf(stage: Stage): Progress {
    return {
      say: (line) => {
        const running = this.#running.get(stage.id);
        if (running && line.trim() !== '') running.line = line.trim();
      },
      note: (text) => {
        this.#print(`  ${stage.titleIt} / ${stage.titleEn}: ${text}`);
      },
    };
  }

  finished(stage: Stage, result: StageResult): void {
    this.#running.delete(stage.id);
    const title = `${stage.titleIt} / ${stage.titleEn}`;
    switch (result.outcome) {
      case 'ready':
        return;
      case 'done':
        this.#print(`  fatto / done     ${title}: ${result.detail}, ${formatDurationMs(result.durationMs)}`);
        return;
      case 'failed':
        this.#print(`  ERRORE / ERROR  ${title}: ${result.error.message}\n  -> ${result.error.hint}`);
        return;
      case 'blocked':
        this.#print(`  saltato / skipped  ${title}: ${result.by}`);
        return;
      default:
        assertNever(result);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    this.#eraseStatus();
  }

  #showRunning(): void {
    const parts = [...this.#running.values()].map(
      ({ titleIt, begunMs, line }) =>
        `${titleIt} ${formatDurationMs(monotonicMs() - begunMs)}${line && ` (${line})`}`,
    );
    if (parts.length === 0) return;
    const text = `  ... ${parts.join(' · ')}`;
    if (!this.#terminal) {
      process.stderr.write(`${text}\n`);
      return;
    }
    this.#eraseStatus();
    process.stderr.write(text.slice(0, (process.stderr.columns || 80) - 1));
  }

  #print(text: string): void {
    this.#eraseStatus();
    process.stderr.write(`${text}\n`);
  }

  #eraseStatus(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
  }
}
