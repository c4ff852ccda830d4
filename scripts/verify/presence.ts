/** Level 1, presence: this medium, this label, at this site (the plan's 2.5). Opens no repository. */
import { lookAtCustody } from '../../cassette/meeting.ts';
import { judgePresence } from '../../cassette/presence.ts';
import { monotonicMs } from '../../core/time.ts';
import { carryOut, type Outcome, timed } from './level.ts';
import type { Found, Session } from './session.ts';

export async function verifyPresence(session: Session): Promise<Outcome<Found>> {
  const { context, host, site, label } = session;
  return await carryOut('presence', null, async () => {
    const started = monotonicMs();
    const { media, custody, problems } = await lookAtCustody(context, site, host, label);
    const { contradictions } = custody;
    const { judged, medium } = judgePresence({
      host: host.name,
      media,
      label,
      labels: context.inventory.cassettes.map((cassette) => cassette.label),
      contradictions,
      problems,
    });
    const checks = timed(judged, monotonicMs() - started);
    if (medium === undefined) return { checks, subject: null, figures: { media: media.length } };
    const { identity, mountPoint, usedBytes, freeBytes } = medium;
    const subject = {
      label: identity.label,
      repositoryId: identity.repositoryId,
      snapshotId: null,
      snapshotAtUtc: null,
    };
    return {
      checks,
      subject,
      figures: { media: media.length, used_bytes: usedBytes, free_bytes: freeBytes },
      next: { label: identity.label, mountPoint, subject },
    };
  });
}
