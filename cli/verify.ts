/**
 * `dr verify`: is the cassette the right one, fresh, whole, readable, restorable. Exit status: 0 everything passed, 1 something is wrong,
 * 3 it could not be verified, 2 the command could not be carried out.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { readHistory } from '../cassette/history.ts';
import { outcomeOf, standingsOf } from '../cassette/standing.ts';
import { trendOf } from '../cassette/trend.ts';
import { type Level, levels } from '../cassette/verification.ts';
import type { CheckOutcome } from '../core/check.ts';
import { utcNow } from '../core/time.ts';
import { recoverInBubble } from '../lab/bubble.ts';
import { paint } from '../report/terminal.ts';
import { trendLines, verificationLines } from '../report/verification-lines.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { verify } from '../scripts/verify/verify.ts';
import { readDays, readLevel } from '../scripts/verify-cassette.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type VerifyFlags = PlaceFlags & {
  label?: string;
  site: string;
  host?: string;
  days?: number;
  history?: boolean;
  json?: boolean;
};

const statuses = { PASS: 0, FAIL: 1, 'NOT VERIFIABLE': 3 } satisfies Record<CheckOutcome, number>;

const HISTORY_DAYS = 30;

/** Adds `dr verify`. */
export function registerVerify(program: Command): void {
  withPlaceOptions(
    program
      .command('verify')
      .description('Verifica la cassetta, livello per livello. / Verifies the cassette, level by level.')
      // The deepest that needs no lab: every day a share of all bytes. `recoverability` takes minutes and root.
      .argument(
        '[level]',
        `ultimo livello / last level: ${levels.join(', ')}`,
        argument(readLevel),
        'content' as const,
      )
      .option('--label <label>', 'la cassetta che deve esserci / the cassette that must be there')
      .option('--site <site>', 'sede / site', 'viareggio')
      .option('--host <name>', 'macchina con la cassetta / host with the cassette')
      .option(
        '--days <n>',
        'tutta la cassetta in tanti giorni / the whole cassette in so many days; --history: giorni / days',
        argument(readDays),
      )
      .option('--history', "l'andamento delle verifiche / the trend of the verifications")
      .option('--json', 'un oggetto JSON / one JSON object'),
  ).action(async (level: Level, flags: VerifyFlags) => {
    const { context } = await surroundingsOf(flags, tellProgress);
    if (flags.history === true) await showHistory(context, flags);
    else process.exitCode = await carryOut(context, level, flags);
  });
}

async function carryOut(context: ScriptContext, level: Level, flags: VerifyFlags): Promise<number> {
  const before = await readHistory(context.custody.directory, flags.site);
  const { site, host, label, days } = flags;
  const verification = await verify(context, { site, host, label, days, upTo: level }, recoverInBubble);
  const subject = verification.results.findLast((result) => result.subject !== null)?.subject ?? null;
  const standings = standingsOf(before.verifications, subject, utcNow());
  const outcome = outcomeOf(verification);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ outcome, verification, standings })}\n`);
  else
    for (const line of verificationLines(verification, standings)) process.stdout.write(`${paint(line)}\n`);
  return statuses[outcome];
}

async function showHistory(
  context: ScriptContext,
  { site, days = HISTORY_DAYS, json }: VerifyFlags,
): Promise<void> {
  const { verifications, unreadableLines } = await readHistory(context.custody.directory, site);
  const trend = trendOf(verifications, days, utcNow());
  if (json === true) process.stdout.write(`${JSON.stringify({ site, trend, unreadableLines })}\n`);
  else for (const line of trendLines(site, trend, unreadableLines)) process.stdout.write(`${paint(line)}\n`);
}

/** For commander, which tells what is wrong with an argument and ends with its status for usage. */
function argument<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}
