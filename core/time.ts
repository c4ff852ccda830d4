/** Durations are measured on the monotonic clock, instants are UTC, people read Europe/Rome (docs: "Time" in the developers' rules). */

/** Milliseconds on the monotonic clock; only differences mean anything, and only inside one process. */
export function monotonicMs(): number {
  return performance.now();
}

/** The present instant as an ISO 8601 string in UTC, with milliseconds. */
export function utcNow(): string {
  return new Date().toISOString();
}

/** Made when it is needed: it takes longer than all the rest of a start. */
let romeFormat: Intl.DateTimeFormat | undefined;

/** An instant as people at Lucca read it, for example `23/11/26, 08:00:00`. */
export function formatRome(isoUtc: string): string {
  romeFormat ??= new Intl.DateTimeFormat('it-IT', {
    timeZone: 'Europe/Rome',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return romeFormat.format(new Date(isoUtc));
}

/** A duration for people: `0,4 s`, `12,3 s`, `4 min 05 s`, `2 h 03 min`, `3 g 02 h`. `locale` picks the decimal sign and the unit of a day. */
export function formatDurationMs(durationMs: number, locale: 'it' | 'en' = 'it'): string {
  const sign = durationMs < 0 ? '-' : '';
  const totalSeconds = Math.abs(durationMs) / 1000;
  if (totalSeconds < 59.95) {
    const text = totalSeconds.toFixed(1);
    return `${sign}${locale === 'it' ? text.replace('.', ',') : text} s`;
  }
  const whole = Math.round(totalSeconds);
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  if (whole < 48 * 3600)
    return `${sign}${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
  return `${sign}${Math.floor(whole / 86400)} ${locale === 'it' ? 'g' : 'd'} ${twoDigits(Math.floor((whole % 86400) / 3600))} h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
