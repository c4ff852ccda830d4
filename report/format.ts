/** Figures as people read them, in both languages; instants in Europe/Rome. */
import { formatBytes } from '../core/sizes.ts';
import { formatDurationMs } from '../core/time.ts';
import { type Text, text } from './texts.ts';

const HOUR_MS = 3_600_000;

const targetUnits: [unitMs: number, unit: string][] = [
  [HOUR_MS, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** A tenth of a second is the finest that people are shown; hours rather than days, as targets are; never broken over two lines. */
export function duration(durationMs: number): Text {
  if (Math.abs(durationMs) < 50)
    return text(unbroken(durationMs > 0 ? '< 0,1 s' : '0 s'), unbroken(durationMs > 0 ? '< 0.1 s' : '0 s'));
  const hours = Math.trunc(durationMs / HOUR_MS);
  if (Math.abs(hours) < 48)
    return both((locale) => unbroken(formatDurationMs(durationMs, locale).replace('-', '−')));
  const minutes = Math.floor((Math.abs(durationMs) % HOUR_MS) / 60_000);
  return both(() => unbroken(`${hours} h ${String(minutes).padStart(2, '0')} min`.replace('-', '−')));
}

/** How much more or less a time is than another, always with its sign: `+2 h 03 min`, `−5,0 s`. */
export function difference(differenceMs: number): Text {
  const amount = duration(Math.abs(differenceMs));
  const sign = Math.abs(differenceMs) < 50 ? '' : differenceMs > 0 ? '+' : '−';
  return text(sign + amount.it, sign + amount.en);
}

/** A target as documents state it: `72 h` rather than three days, `1 s` rather than `1,0 s`. */
export function target(targetMs: number): Text {
  for (const [unitMs, unit] of targetUnits)
    if (targetMs % unitMs === 0) return both(() => unbroken(`${targetMs / unitMs} ${unit}`));
  return duration(targetMs);
}

/** A share of a target, `0,02 %` to `143 %`. */
export function percent(ratio: number): Text {
  const digits = { maximumSignificantDigits: ratio < 1 ? 2 : 3 };
  return both((locale) => unbroken(`${new Intl.NumberFormat(locale, digits).format(ratio * 100)} %`));
}

export function size(sizeBytes: number): Text {
  return both((locale) => formatBytes(sizeBytes, locale));
}

/** Day and time: `23/11/2026 08:00:12` and `23 Nov 2026 08:00:12`. */
export function dayAndTime(isoUtc: string): Text {
  return both((locale) => {
    const month = locale === 'it' ? '2-digit' : 'short';
    return `${rome(isoUtc, locale, { day: '2-digit', month, year: 'numeric' })} ${timeOfDay(isoUtc)}`;
  });
}

/** Time of day, `08:00:12`. */
export function timeOfDay(isoUtc: string): string {
  return rome(isoUtc, 'it', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** The day alone, to see whether two instants share it. */
export function day(isoUtc: string): string {
  return rome(isoUtc, 'it', { day: '2-digit', month: '2-digit', year: 'numeric' });
}

/** Rome's distance from UTC at that instant, `UTC+1`. */
export function romeOffset(isoUtc: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Rome', timeZoneName: 'shortOffset' });
  const name = parts.formatToParts(new Date(isoUtc)).find(({ type }) => type === 'timeZoneName')?.value;
  return (name ?? 'UTC').replace('GMT', 'UTC');
}

function rome(isoUtc: string, locale: 'it' | 'en', options: Intl.DateTimeFormatOptions): string {
  const tag = locale === 'it' ? 'it-IT' : 'en-GB';
  return new Intl.DateTimeFormat(tag, { timeZone: 'Europe/Rome', ...options }).format(new Date(isoUtc));
}

function both(say: (locale: 'it' | 'en') => string): Text {
  return text(say('it'), say('en'));
}

/** With spaces that do not break a line. */
function unbroken(figure: string): string {
  return figure.replaceAll(' ', '\u00A0');
}
