/** Figures as people read them; instants in Europe/Rome, wherever the reader's own clock stands. */

/** @import { Text } from '../../texts.ts' */

const HOUR_MS = 3_600_000;

/**
 * `71:58:12`, to be read from across a room.
 * @param {number} ms
 */
export function countdown(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return `${ms < 0 ? '−' : ''}${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

/**
 * `1:05`, `2:03:09`: a running time, which changes each second.
 * @param {number} ms
 */
export function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 3_600 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}` : countdown(seconds * 1_000);
}

/**
 * `18,4 s`, `4 min 05 s`, `2 h 03 min`.
 * @param {number} ms
 * @returns {Text}
 */
export function duration(ms) {
  const seconds = ms / 1_000;
  if (seconds < 59.95)
    return { it: `${seconds.toFixed(1).replace('.', ',')} s`, en: `${seconds.toFixed(1)} s` };
  const whole = Math.round(seconds);
  const said =
    whole < 3_600
      ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
      : `${Math.floor(whole / 3_600)} h ${two(Math.floor(whole / 60) % 60)} min`;
  return { it: said, en: said };
}

/**
 * How much more or less, always with its sign: `+2 h 03 min`, `−5,0 s`.
 * @param {number} ms
 * @returns {Text}
 */
export function difference(ms) {
  const { it, en } = duration(Math.abs(ms));
  const sign = Math.abs(ms) < 50 ? '' : ms > 0 ? '+' : '−';
  return { it: sign + it, en: sign + en };
}

/**
 * A target as documents state it: `72 h`.
 * @param {number} ms
 * @returns {Text}
 */
export function target(ms) {
  for (const [unit, name] of /** @type {const} */ ([
    [HOUR_MS, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ]))
    if (ms % unit === 0) return { it: `${ms / unit} ${name}`, en: `${ms / unit} ${name}` };
  return duration(ms);
}

/**
 * `10:31:07`.
 * @param {string | number} instant
 */
export function timeOfDay(instant) {
  return rome(instant, 'it', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/**
 * `23/11/2026 10:31` and `23 Nov 2026 10:31`.
 * @param {string} instant
 * @returns {Text}
 */
export function dayAndTime(instant) {
  const time = rome(instant, 'it', { hour: '2-digit', minute: '2-digit' });
  return {
    it: `${rome(instant, 'it', { day: '2-digit', month: '2-digit', year: 'numeric' })} ${time}`,
    en: `${rome(instant, 'en', { day: '2-digit', month: 'short', year: 'numeric' })} ${time}`,
  };
}

/**
 * The time alone on the view's own day, else the day with it.
 * @param {string} instant
 * @param {string} madeAtUtc
 * @returns {Text}
 */
export function timeNear(instant, madeAtUtc) {
  const day = /** @param {string} iso */ (iso) => rome(iso, 'it', { dateStyle: 'short' });
  if (day(instant) !== day(madeAtUtc)) return dayAndTime(instant);
  const time = rome(instant, 'it', { hour: '2-digit', minute: '2-digit' });
  return { it: time, en: time };
}

/**
 * When something is due, short enough for a list: `23:49`, on another day `25/11 02:49` and `25 Nov 02:49`.
 * @param {string} instant
 * @param {string} madeAtUtc
 * @returns {Text}
 */
export function dueTime(instant, madeAtUtc) {
  const near = timeNear(instant, madeAtUtc);
  if (near.it === near.en) return near;
  const time = rome(instant, 'it', { hour: '2-digit', minute: '2-digit' });
  return {
    it: `${rome(instant, 'it', { day: '2-digit', month: '2-digit' })} ${time}`,
    en: `${rome(instant, 'en', { day: '2-digit', month: 'short' })} ${time}`,
  };
}

/**
 * @param {string | number} instant
 * @param {'it' | 'en'} locale
 * @param {Intl.DateTimeFormatOptions} options
 */
function rome(instant, locale, options) {
  const tag = locale === 'it' ? 'it-IT' : 'en-GB';
  return new Intl.DateTimeFormat(tag, { timeZone: 'Europe/Rome', ...options }).format(new Date(instant));
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, '0');
}
