/** `dr status --watch`: the run on a terminal, redrawn in place; elsewhere a line for each change. */
import type { Writable } from 'node:stream';
import type { RunView } from '../../runbooks/view/run-view.ts';
import { eraser, type Line, paint } from '../terminal.ts';
import type { Locale } from '../texts.ts';
import { remainingAfter } from './client/rto.js';
import type { LiveSource } from './source.ts';
import { changeLines, watchLines } from './watch-lines.ts';

export type WatchStream = Writable & {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly isTTY?: boolean | undefined;
};

const REDRAW_MS = 500;
const DEFAULT_COLUMNS = 80;

/** The run as lines narrower than `columns`: a terminal wraps a line that fills it. */
export function renderWatch(
  view: RunView,
  { columns, locale, colour }: { columns: number; locale: Locale; colour: boolean },
): string[] {
  return watchLines(view, locale, Math.max(1, columns - 1)).map((line) => paint(line, colour));
}

/** Follows the run on `stream` until the returned function is called. A stream that breaks (a closed pipe) ends it quietly. */
export function watchOnTerminal(source: LiveSource, stream: WatchStream, locale: Locale): () => void {
  return stream.isTTY === true ? redrawing(source, stream, locale) : telling(source, stream, locale);
}

function redrawing(source: LiveSource, stream: WatchStream, locale: Locale): () => void {
  let view = source.current();
  let seenMs = performance.now();
  let drawn: string[] = [];

  function draw(): void {
    const columns = stream.columns ?? DEFAULT_COLUMNS;
    const now = later(view, performance.now() - seenMs);
    // Lines above the window's first one could not be erased again.
    const lines = watchLines(now, locale, Math.max(1, columns - 1)).slice(0, stream.rows);
    const texts = lines.map(({ text }) => text);
    if (texts.join('\n') === drawn.join('\n')) return;
    stream.write(`${eraser(drawn, columns)}${lines.map((line) => paint(line)).join('\n')}`);
    drawn = texts;
  }

  const unsubscribe = source.subscribe((next) => {
    view = next;
    seenMs = performance.now();
    draw();
  });
  const timer = setInterval(draw, REDRAW_MS);
  const stop = once(() => {
    clearInterval(timer);
    unsubscribe();
    stream.off('resize', draw);
  });
  stream.on('resize', draw);
  stream.on('error', stop);
  draw();
  return () => {
    if (stop()) stream.write('\n');
  };
}

function telling(source: LiveSource, stream: WatchStream, locale: Locale): () => void {
  let told: RunView | undefined;
  const tell = (view: RunView): void => {
    const lines = changeLines(told, view, locale);
    told = view;
    if (lines.length > 0) stream.write(lines.map(({ text }: Line) => `${text}\n`).join(''));
  };
  const unsubscribe = source.subscribe(tell);
  stream.on('error', unsubscribe);
  tell(source.current());
  return unsubscribe;
}

/** The view as it would be after so much more time without anything happening. */
function later(view: RunView, elapsedMs: number): RunView {
  const goesOn = new Set<string>(['running', 'waiting', 'unknown']);
  return {
    ...view,
    rtoRemainingMs: remainingAfter(view, elapsedMs),
    madeAtUtc: new Date(Date.parse(view.madeAtUtc) + elapsedMs).toISOString(),
    steps: view.steps.map((step) =>
      step.durationMs === null || !goesOn.has(step.status)
        ? step
        : { ...step, durationMs: step.durationMs + elapsedMs },
    ),
  };
}

/** Runs `work` the first time only, and says whether it did. */
function once(work: () => void): () => boolean {
  let done = false;
  return () => {
    if (done) return false;
    done = true;
    work();
    return true;
  };
}
