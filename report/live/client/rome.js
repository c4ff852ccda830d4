/** A time that somebody reads off a clock at Lucca or Viareggio, as an instant. */

/**
 * `2026-11-23T08:30` of Europe/Rome in UTC, whatever time zone this device keeps. Null for what is no time, and for the hour
 * that summer time skips. Of an hour that comes twice, the first one is meant.
 * @param {string} local
 * @returns {string | null}
 */
export function romeToUtc(local) {
  const asUtcMs = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local) || Number.isNaN(asUtcMs)) return null;
  // The 30th of February would count as the 2nd of March.
  if (!new Date(asUtcMs).toISOString().startsWith(local)) return null;
  // Rome is one hour ahead of UTC, two in summer; the greater one first gives the earlier instant.
  for (const hoursAhead of [2, 1]) {
    const candidate = new Date(asUtcMs - hoursAhead * 3_600_000);
    if (romeWall(candidate) === asUtcMs) return candidate.toISOString();
  }
  return null;
}

const parts = new Intl.DateTimeFormat('en', {
  timeZone: 'Europe/Rome',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/**
 * What a clock at Rome shows, read as if it were UTC.
 * @param {Date} instant
 */
function romeWall(instant) {
  const values = parts.formatToParts(instant).map(({ type, value }) => [type, Number(value)]);
  const { year, month, day, hour, minute, second } = Object.fromEntries(values);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
