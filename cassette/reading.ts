/**
 * What of a cassette was read when, and what is to be read next, so that all of it is read within so many days. The unit is a file of
 * the repository. Pure; reading-log.ts keeps it.
 */
export type FileState = {
  bytes: number;
  /** Since when it is known to be there. */
  seenAtUtc: string;
  /** When it was read last; null where it never was. */
  readAtUtc: string | null;
  /** Whether it was right then. */
  right: boolean;
};

export type Reading = {
  files: ReadonlyMap<string, FileState>;
  /** When the run that was cut off began; null where the last one came to its end. */
  unfinishedSinceUtc: string | null;
};

export type ReadingPlan = {
  /** To be read now, those that were never right and the oldest first. */
  files: string[];
  bytes: number;
  /** Read already by a run that was cut off, and not again now. */
  carriedBytes: number;
};

const DAY_MS = 86_400_000;

/** After this time a run that was cut off is not continued but made anew: what it read is no longer today's. */
const CONTINUED_FOR_MS = DAY_MS;

/** What is there now, with what was known of it before. What is gone is forgotten. */
export function withPresent(
  reading: Reading,
  present: readonly { file: string; bytes: number }[],
  nowUtc: string,
): Reading {
  const files = present.map(({ file, bytes }): [string, FileState] => {
    const known = reading.files.get(file);
    // A file of another size is another file, whatever its name says.
    if (known !== undefined && known.bytes === bytes) return [file, known];
    return [file, { bytes, seenAtUtc: nowUtc, readAtUtc: null, right: false }];
  });
  const continued =
    reading.unfinishedSinceUtc !== null &&
    Date.parse(nowUtc) - Date.parse(reading.unfinishedSinceUtc) < CONTINUED_FOR_MS;
  return { files: new Map(files), unfinishedSinceUtc: continued ? reading.unfinishedSinceUtc : null };
}

/** A share of the whole: 1/days of its bytes, and whatever would be older than `days` by tomorrow. */
export function planReading(
  { files, unfinishedSinceUtc }: Reading,
  days: number,
  nowUtc: string,
): ReadingPlan {
  const carried = [...files].filter(([, state]) => wasReadSince(state, unfinishedSinceUtc));
  const carriedBytes = sum(carried.map(([, { bytes }]) => bytes));
  const done = new Set(carried.map(([file]) => file));
  const total = sum([...files.values()].map(({ bytes }) => bytes));
  const wantedBytes = Math.ceil(total / days) - carriedBytes;
  const dueBefore = Date.parse(nowUtc) - (days - 1) * DAY_MS;
  const plan: string[] = [];
  let bytes = 0;
  for (const [file, state] of [...files].toSorted(([, a], [, b]) => age(a) - age(b))) {
    if (done.has(file)) continue;
    if (bytes >= wantedBytes && Date.parse(state.readAtUtc ?? state.seenAtUtc) > dueBefore) continue;
    plan.push(file);
    bytes += state.bytes;
  }
  return { files: plan, bytes, carriedBytes };
}

/** What was never right comes first, then the one that was read the longest ago. */
function age({ right, readAtUtc }: FileState): number {
  return right && readAtUtc !== null ? Date.parse(readAtUtc) : Number.NEGATIVE_INFINITY;
}

function wasReadSince({ right, readAtUtc }: FileState, sinceUtc: string | null): boolean {
  return right && readAtUtc !== null && sinceUtc !== null && Date.parse(readAtUtc) >= Date.parse(sinceUtc);
}

export type Coverage = {
  totalBytes: number;
  /** Read within `days` and right. */
  coveredBytes: number;
  /** The oldest of those readings. */
  sinceUtc: string | null;
  /** Neither read nor new within `days`. */
  overdueBytes: number;
};

export function coverageOf({ files }: Pick<Reading, 'files'>, days: number, nowUtc: string): Coverage {
  const limit = Date.parse(nowUtc) - days * DAY_MS;
  const states = [...files.values()];
  const covered = states.filter(
    ({ right, readAtUtc }) => right && readAtUtc !== null && Date.parse(readAtUtc) >= limit,
  );
  const overdue = states.filter(
    (state) => !covered.includes(state) && Date.parse(state.readAtUtc ?? state.seenAtUtc) < limit,
  );
  const times = covered.map(({ readAtUtc }) => String(readAtUtc)).toSorted();
  return {
    totalBytes: sum(states.map(({ bytes }) => bytes)),
    coveredBytes: sum(covered.map(({ bytes }) => bytes)),
    sinceUtc: times[0] ?? null,
    overdueBytes: sum(overdue.map(({ bytes }) => bytes)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
