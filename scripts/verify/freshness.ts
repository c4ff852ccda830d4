/** Level 2, freshness: how old the newest snapshot of ours is, against the RPO. Opens the repository, reads no data. */
import { ageMsOf, judgeFreshness } from '../../cassette/freshness.ts';
import { monotonicMs, utcNow } from '../../core/time.ts';
import { listSnapshots } from '../../platforms/restic/cassette.ts';
import type { RemoteHost } from '../../platforms/ssh.ts';
import { SNAPSHOT_TAG } from '../backup.ts';
import { passphraseOf } from '../context.ts';
import { carryOut, type Outcome, timed } from './level.ts';
import type { Found, FoundSnapshot, Session } from './session.ts';

const HOUR_MS = 3_600_000;

export async function verifyFreshness(session: Session, found: Found): Promise<Outcome<FoundSnapshot>> {
  const { context, host } = session;
  return await carryOut('freshness', found.subject, async () => {
    const passphrase = await passphraseOf(context, found.label);
    const started = monotonicMs();
    const [{ snapshots, unreadable }, clock] = await Promise.all([
      listSnapshots(host, found.label, passphrase),
      clockOf(host),
    ]);
    const ours = snapshots.filter(({ tags }) => tags.includes(SNAPSHOT_TAG));
    const rpoMs = context.inventory.targets.fileServerAndDomain.rpoHours * HOUR_MS;
    const facts = {
      snapshots: ours,
      unreadable,
      foreign: snapshots.length - ours.length,
      nowUtc: utcNow(),
      ...clock,
      rpoMs,
    };
    const [previous, newest] = [ours.at(-2), ours.at(-1)];
    const subject = {
      ...found.subject,
      snapshotId: newest?.id ?? null,
      snapshotAtUtc: newest === undefined ? null : new Date(newest.time).toISOString(),
    };
    return {
      checks: timed(judgeFreshness(facts), monotonicMs() - started),
      subject,
      figures: {
        ...(newest !== undefined && { snapshot_age_seconds: (ageMsOf(facts) ?? 0) / 1000 }),
        rpo_seconds: rpoMs / 1000,
        snapshots: ours.length,
        clock_offset_seconds: clock.hostAheadMs / 1000,
      },
      next: newest && { ...found, subject, snapshot: newest, previousId: previous?.id },
    };
  });
}

/** Asked over the connection: the answer was given some time between question and receipt. */
async function clockOf(host: RemoteHost): Promise<{ hostAheadMs: number; uncertainMs: number }> {
  const askedMs = Date.now();
  const { stdout } = await host.try('date +%s%3N');
  const uncertainMs = (Date.now() - askedMs) / 2;
  return { hostAheadMs: Number(stdout.trim()) - (askedMs + uncertainMs), uncertainMs };
}
