/** Times as people at Lucca type them. */
import { DrError } from './errors.ts';

const FORM = /^(?:(\d{4})-(\d{2})-(\d{2})[ T])?(\d{1,2})[:.](\d{2})$/;

/**
 * `9:30` (today) or `2026-11-24 09:30`, Europe/Rome, as an ISO instant in UTC. An hour that a change to summer time leaves out is
 * taken as the one after it; one that comes twice, as the first.
 * @throws DrError TIME_FORM
 */
export function parseRome(text: string, nowUtc: string): string {
  const found = FORM.exec(text.trim());
  const today = romeParts(Date.parse(nowUtc));
  const [year, month, day] =
    found?.[1] === undefined
      ? [today.year, today.month, today.day]
      : [Number(found[1]), Number(found[2]), Number(found[3])];
  const [hour, minute] = [Number(found?.[4]), Number(found?.[5])];
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  const named = new Date(Date.UTC(year, month - 1, day));
  // A year of two digits (`0026`) would quietly be one of the last century.
  const isDate = named.getUTCMonth() === month - 1 && named.getUTCFullYear() === year;
  if (found === null || hour > 23 || minute > 59 || !isDate) throw badTime(text);
  // Rome is one or two hours ahead; the earlier instant of the two that shows this time.
  const shown = [2, 1]
    .map((hours) => wanted - hours * 3_600_000)
    .find((instant) => asUtc(instant) === wanted);
  return new Date(shown ?? wanted - 3_600_000).toISOString();
}

function asUtc(instant: number): number {
  const { year, month, day, hour, minute } = romeParts(instant);
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** The day that an instant falls on in Rome, `2026-11-24`. */
export function romeDay(isoUtc: string): string {
  const { year, month, day } = romeParts(Date.parse(isoUtc));
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute';

function romeParts(instant: number): Record<Part, number> {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Rome',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hour12: false,
    })
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Part): number => parts.get(name) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour') % 24,
    minute: part('minute'),
  };
}

function badTime(text: string): DrError {
  return new DrError(
    'TIME_FORM',
    `"${text}" non è un'ora. / It is no time of day.`,
    'Scrivere 9:30 (oggi) oppure "2026-11-24 09:30", ora italiana. / Type 9:30 (today) or "2026-11-24 09:30", Italian time.',
  );
}
