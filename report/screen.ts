/** The live screen of a run: it follows the evidence, so that what a person sees is what will be in the report. */
import type { Writable } from 'node:stream';
import { foldRun, offsetNow } from '../runbooks/clock/clock.ts';
import type { RunState } from '../runbooks/clock/model.ts';
import {
  type ClockReading,
  type EvidenceLog,
  type EvidenceRecord,
  readClock,
  readEvidence,
} from '../runbooks/evidence/evidence.ts';
import { linesFor, liveLines } from './screen-lines.ts';
import { eraser, type Line, paint } from './terminal.ts';
import type { Locale } from './texts.ts';
import { spellOut, wrap } from './visible.ts';

/** `tty`: a few lines redrawn in place. `plain`: a line for each thing that happens. `json`: a line for each record. */
export type ScreenMode = 'tty' | 'plain' | 'json';

export type Screen = {
  /** Shows what `log` holds already (a run taken up again) and everything from now on. */
  attach(log: EvidenceLog): void;
  /** How far the running step is, in one line, for example restic's percentage. */
  detail(text: string): void;
  /** Takes the live lines away while a person is asked something on the same terminal. */
  pause(): void;
  resume(): void;
  /** Takes the live lines away for good; nothing is written any more. */
  close(): void;
};

export type ScreenOptions = {
  stream: Writable & { readonly columns?: number | undefined };
  mode: ScreenMode;
  locale?: Locale;
  /** The clocks of the process that writes the evidence. */
  clock?: () => ClockReading;
};

/** The mode that suits a stream: what `--json` asks for, else what the stream is. */
export function screenMode(stream: { readonly isTTY?: boolean | undefined }, json: boolean): ScreenMode {
  if (json) return 'json';
  return stream.isTTY === true ? 'tty' : 'plain';
}

const REDRAW_MS = 500;
/** Without a terminal, progress of a long step shows at most this often. */
const PLAIN_DETAIL_MS = 10_000;
const DEFAULT_COLUMNS = 80;
/** As wide as the time at the beginning of a line. */
const INDENT = ' '.repeat(10);

/** A screen never stops a run: when its stream breaks (a closed pipe), it goes silent. */
export function createScreen({ stream, mode, locale = 'it', clock = readClock }: ScreenOptions): Screen {
  const records: EvidenceRecord[] = [];
  let state: RunState | undefined;
  let detail = '';
  let detailShownMs = Number.NEGATIVE_INFINITY;
  let drawn: string[] = [];
  let paused = false;
  let silent = false;
  let timer: NodeJS.Timeout | undefined;

  const onBroken = () => {
    silent = true;
    clearInterval(timer);
  };
  const onResize = () => redraw();
  stream.on('error', onBroken);
  stream.on('resize', onResize);

  function write(content: string): void {
    if (!silent && content !== '') stream.write(content);
  }

  function width(): number {
    // The last column stays free: a terminal wraps a line that fills it.
    return Math.max(1, (stream.columns ?? DEFAULT_COLUMNS) - 1);
  }

  function live(): Line[] {
    const last = records.at(-1);
    if (state === undefined || last === undefined || paused) return [];
    return liveLines(state, offsetNow(state, last, clock()), detail, locale, width());
  }

  /** Takes the live lines away, adds `lines` for good, and draws the live lines below them; one write, so nothing flickers. */
  function redraw(lines: readonly Line[] = []): void {
    if (mode !== 'tty') return;
    const fresh = live();
    const texts = fresh.map(({ text }) => text);
    if (lines.length === 0 && texts.join('\n') === drawn.join('\n')) return;
    const kept = lines
      .flatMap(({ text, tone }) => wrap(text, width(), INDENT).map((row) => paint({ text: row, tone })))
      .map((row) => `${row}\n`)
      .join('');
    const frame = fresh.map((line) => paint(line)).join('\n');
    write(`${eraser(drawn, width() + 1)}${kept}${frame}`);
    drawn = texts;
  }

  function show(record: EvidenceRecord): void {
    records.push(record);
    if (mode === 'json') return write(`${JSON.stringify(record)}\n`);
    if (record.event.type === 'step-started' || record.event.type === 'step-finished') detail = '';
    // A log can hold a note before its run begins; there is nothing to tell about it yet.
    if (state === undefined && record.event.type !== 'run-started') return;
    state = foldRun(records);
    if (mode === 'tty') return redraw(linesFor(record, state, locale, width()));
    const lines = linesFor(record, state, locale);
    detailShownMs = Date.parse(record.atUtc);
    write(lines.map(({ text }) => `${text}\n`).join(''));
  }

  return {
    attach(log) {
      for (const record of readEvidence(log.path)) show(record);
      log.subscribe(show);
      if (mode === 'tty') timer = setInterval(redraw, REDRAW_MS).unref();
    },
    detail(text) {
      detail = spellOut(text);
      if (mode === 'tty') return redraw();
      const now = Date.parse(clock().atUtc);
      if (mode === 'json' || now - detailShownMs < PLAIN_DETAIL_MS) return;
      detailShownMs = now;
      write(`${INDENT}${detail}\n`);
    },
    pause() {
      paused = true;
      redraw();
    },
    resume() {
      paused = false;
      redraw();
    },
    close() {
      clearInterval(timer);
      paused = true;
      redraw();
      silent = true;
      stream.off('resize', onResize);
    },
  };
}
