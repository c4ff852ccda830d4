/** What a line on a terminal is made of, and how lines are drawn over those that were there. */
import { styleText } from 'node:util';
import type { Locale, Text } from './texts.ts';
import { columnsOf, fit, spellOut } from './visible.ts';

export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'doubtful';
/** How a run's verdict is shown. */
export const verdictTones = {
  PASS: 'good',
  DECLARED: 'strong',
  FAIL: 'bad',
  'NOT CARRIED OUT': 'doubtful',
} as const satisfies Record<string, Tone>;

export type Line = { text: string; tone: Tone };

/** Columns between a step's title and its time. */
export const GAP = 2;

/** Italian with English beside it if that takes at most `width` columns; English alone for who asked for it. */
export function beside(what: Text, locale: Locale, width = Number.POSITIVE_INFINITY): string {
  if (locale === 'en' || what.it === what.en) return what.en;
  const both = `${what.it} / ${what.en}`;
  return columnsOf(both) <= width ? both : what.it;
}

/** `1:05`, `2:03:09`: a running time, which changes each second. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${twoDigits(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Left text and right text on one line of `width` columns; the left one gives way. */
export function spread(left: string, right: string, width: number): string {
  const room = width - right.length - GAP;
  if (room < 8) return fit(left, width);
  const cut = fit(left, room);
  return `${cut}${' '.repeat(room - columnsOf(cut) + GAP)}${right}`;
}

/** Safe and simple enough for a terminal and for grep: no controls, no line ends, no spaces but the common one. */
export function oneLine(content: string): string {
  return spellOut(content).replaceAll(/[\n\u00A0]/g, ' ');
}

/** Back to the first of the lines drawn before, and everything from there on erased; a narrower terminal has wrapped them. */
export function eraser(drawn: readonly string[], columns: number): string {
  if (drawn.length === 0) return '';
  const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / columns)), 0);
  return `\r${rows > 1 ? `\u001B[${rows - 1}A` : ''}\u001B[J`;
}

const styles = {
  plain: [],
  strong: ['bold'],
  quiet: ['dim'],
  good: ['green'],
  bad: ['red', 'bold'],
  doubtful: ['yellow', 'bold'],
} satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** Colours on a terminal, unless NO_COLOR asks for none. */
export function paint({ text: words, tone }: Line, colour = colourWanted()): string {
  return colour && styles[tone].length > 0
    ? styleText(styles[tone], words, { validateStream: false })
    : words;
}

export function colourWanted(): boolean {
  return (process.env['NO_COLOR'] ?? '') === '';
}
