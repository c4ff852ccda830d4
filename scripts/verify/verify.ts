/** `dr verify` without the screen: the levels one after the other, up to the one that was asked for or the first that does not pass. */
import { createHash, randomUUID } from 'node:crypto';
import { appendVerification } from '../../cassette/history.ts';
import type { Level, LevelResult, Verification } from '../../cassette/verification.ts';
import { levels } from '../../cassette/verification.ts';
import { DrError } from '../../core/errors.ts';
import { withLock } from '../../core/process-lock.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';
import { cassetteByLabel, hostByName, serverAt } from '../../inventory/lookup.ts';
import { RemoteHost } from '../../platforms/ssh.ts';
import type { ScriptContext } from '../context.ts';
import { verifyContent } from './content.ts';
import { verifyFreshness } from './freshness.ts';
import { carryOut, type Outcome } from './level.ts';
import { verifyPresence } from './presence.ts';
import type { FoundSnapshot, Session } from './session.ts';
import { verifyStructure } from './structure.ts';

export type VerifyRequest = {
  site: string;
  /** The host with the cassette; default: the site's file server. */
  host?: string | undefined;
  /** The cassette that must be there; default: the only one of ours that is there. */
  label?: string | undefined;
  /** The last level to carry out; those below it come first. */
  upTo: Level;
  /** The whole cassette is read within so many days, a share each time; default: the inventory's. */
  days?: number | undefined;
};

/** The level `recoverability`, which needs a place to restore into: whoever has one brings it (lab/bubble.ts). */
export type Recoverability = (session: Session, found: FoundSnapshot) => Promise<Outcome<FoundSnapshot>>;

/**
 * Carries the levels out, appends the verification to the site's history (in the folder of custody), and gives it. The levels after one
 * that did not pass are left out: they were not carried out. What goes wrong with the cassette or on the way to it is a result.
 * @throws DrError INVENTORY_LOOKUP (no such site, host or label), VERIFY_RUNNING: nothing was verified
 */
export async function verify(
  context: ScriptContext,
  request: VerifyRequest,
  recoverability?: Recoverability,
): Promise<Verification> {
  const { site } = request;
  const { custody } = context;
  return await withLock(
    `verify-${createHash('sha256').update(`${custody.directory} ${site}`).digest('hex').slice(0, 16)}`,
    running,
    async () => await verifyAlone(context, request, recoverability),
  );
}

async function verifyAlone(
  context: ScriptContext,
  request: VerifyRequest,
  recoverability: Recoverability | undefined,
): Promise<Verification> {
  const { site, label, upTo } = request;
  const { inventory, custody } = context;
  const hostName = hostByName(inventory, request.host ?? serverAt(inventory, site, 'file-server').name).name;
  if (label !== undefined) cassetteByLabel(inventory, label);
  const started = monotonicMs();
  const startedAtUtc = utcNow();
  const days = request.days ?? inventory.rotation.readWithinDays.value;
  const results = await carryOutLevels(
    { context, site, label, days },
    hostName,
    levels.slice(0, levels.indexOf(upTo) + 1),
    recoverability,
  );
  const verification: Verification = {
    id: randomUUID(),
    site,
    requested: upTo,
    startedAtUtc,
    durationMs: monotonicMs() - started,
    results,
  };
  await appendVerification(custody.directory, verification);
  return verification;
}

async function carryOutLevels(
  asked: Omit<Session, 'host'>,
  hostName: string,
  wanted: readonly Level[],
  recoverability: Recoverability | undefined,
): Promise<LevelResult[]> {
  const connecting = RemoteHost.connect(asked.context.access, hostName);
  const host = await connecting.catch(() => undefined);
  if (host === undefined) return [await unreachable(connecting)];
  await using _ = host;
  const session = { ...asked, host };
  const results: LevelResult[] = [];
  const passed = <T>({ result, next }: Outcome<T>): T | undefined => {
    results.push(result);
    return next;
  };
  const found = passed(await verifyPresence(session));
  const fresh =
    found && wanted.includes('freshness') ? passed(await verifyFreshness(session, found)) : undefined;
  let last: FoundSnapshot | undefined = fresh;
  if (last && wanted.includes('structure')) last = passed(await verifyStructure(session, last));
  if (last && wanted.includes('content')) last = passed(await verifyContent(session, last));
  if (last && wanted.includes('recoverability') && recoverability)
    passed(await recoverability(session, last));
  return results;
}

function running(cause: unknown): DrError {
  return new DrError(
    'VERIFY_RUNNING',
    'Una verifica di questa sede è già in corso. / A verification of this site is already running.',
    'Attendere che finisca, poi ripetere. / Wait for it, then run again.',
    { cause },
  );
}

/** The host does not answer: whether the cassette is there cannot be told. */
async function unreachable(connecting: Promise<RemoteHost>): Promise<LevelResult> {
  const { result } = await carryOut(
    'presence',
    null,
    async () => await Promise.reject(await connecting.catch((error: unknown) => error)),
  );
  return result;
}
