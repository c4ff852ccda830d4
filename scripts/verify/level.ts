/** How one level of verification is carried out, whichever it is. */
import type { Judged } from '../../cassette/judged.ts';
import { worst } from '../../cassette/standing.ts';
import type { Level, LevelResult, Subject } from '../../cassette/verification.ts';
import type { Check } from '../../core/check.ts';
import { DrError, toErrorRecord } from '../../core/errors.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';

/** What a level's work gives: its checks, numbers for charts and monitoring, and what the next levels need to know. */
export type Carried<T> = {
  checks: Check[];
  subject: Subject | null;
  figures?: Record<string, number>;
  next?: T | undefined;
};
export type Outcome<T> = { result: LevelResult; next: T | undefined };

/** Runs a level's work; one that throws did not pass, with what happened and what to do as the evidence. */
export async function carryOut<T>(
  level: Level,
  subject: Subject | null,
  work: () => Promise<Carried<T>>,
): Promise<Outcome<T>> {
  const startedAtUtc = utcNow();
  const started = monotonicMs();
  const carried = await work().catch(
    (error: unknown): Carried<T> => ({ checks: [notCarriedOut(level, error)], subject }),
  );
  const durationMs = monotonicMs() - started;
  const outcome = worst(carried.checks.map((check) => check.outcome));
  return {
    result: {
      level,
      outcome,
      checks: carried.checks,
      subject: carried.subject,
      startedAtUtc,
      durationMs,
      figures: carried.figures ?? {},
    },
    next: outcome === 'PASS' ? carried.next : undefined,
  };
}

/** Gives what was judged the time that it took to find out. */
export function timed(judged: readonly Judged[], durationMs: number): Check[] {
  return judged.map((one) => ({ ...one, durationMs }));
}

/** What is certainly wrong with a cassette when one of these is thrown; anything else only says that it could not be looked at. */
const failures = ['CASSETTE_DAMAGED', 'CASSETTE_PASSPHRASE', 'CASSETTE_BLANK'];

function notCarriedOut(level: Level, error: unknown): Check {
  const { message, hint } = toErrorRecord(error);
  const fails = error instanceof DrError && failures.includes(error.code);
  return {
    id: `${level}.${fails ? 'readable' : 'carried-out'}`,
    titleIt: fails ? 'Cassetta leggibile' : 'Verifica eseguibile',
    titleEn: fails ? 'Cassette readable' : 'Verification can be carried out',
    outcome: fails ? 'FAIL' : 'NOT VERIFIABLE',
    evidence: `${message} ${hint}`,
    durationMs: 0,
  };
}
