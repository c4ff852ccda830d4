/** Level 3, structure: the repository is whole, and its newest snapshot holds what it must. Reads no file contents. */
import { basename } from 'node:path';
import {
  canaryPaths,
  declaredAcls,
  declaredNames,
  judgeSnapshot,
  type Tags,
} from '../../cassette/snapshot.ts';
import { judgeStructure } from '../../cassette/structure.ts';
import type { Check } from '../../core/check.ts';
import { monotonicMs } from '../../core/time.ts';
import { countedIn } from '../../platforms/restic/cassette.ts';
import { checkStructure, snapshotContents } from '../../platforms/restic/structure.ts';
import { APPLICATIONS_STAGE, DOMAIN_ARCHIVE, MANIFEST, STAGE } from '../backup.ts';
import { passphraseOf } from '../context.ts';
import { carryOut, type Outcome, timed } from './level.ts';
import type { FoundSnapshot, Session } from './session.ts';

export async function verifyStructure(
  session: Session,
  found: FoundSnapshot,
): Promise<Outcome<FoundSnapshot>> {
  return await carryOut('structure', found.subject, async () => {
    const passphrase = await passphraseOf(session.context, found.label);
    const reading = snapshotChecks(session, found, passphrase);
    reading.catch(() => undefined); // told only where the repository itself is in order
    const started = monotonicMs();
    const facts = await checkStructure(session.host, found.label, passphrase);
    const repository = timed(judgeStructure(facts, found.subject.repositoryId), monotonicMs() - started);
    const whole = repository.every(({ outcome }) => outcome === 'PASS');
    return {
      checks: whole ? [...repository, ...(await reading)] : repository,
      subject: found.subject,
      figures: { locks: facts.locks.length },
      next: found,
    };
  });
}

async function snapshotChecks(
  { context: { inventory }, host }: Session,
  { label, snapshot, previousId }: FoundSnapshot,
  passphrase: string,
): Promise<Check[]> {
  const started = monotonicMs();
  const question = {
    label,
    snapshotId: snapshot.id,
    previousId,
    stage: STAGE,
    manifest: basename(MANIFEST),
    domain: basename(DOMAIN_ARCHIVE),
    folders: [...declaredAcls(inventory).keys()],
    canaries: canaryPaths(inventory),
    names: declaredNames(inventory),
    applicationsStage: APPLICATIONS_STAGE,
    applications: inventory.applications.map(({ id }) => id),
  };
  const contents = await snapshotContents(host, question, passphrase);
  return timed(judgeSnapshot(inventory, contents, countedBy(snapshot.tags)), monotonicMs() - started);
}

/** What the backup counted before it wrote; older snapshots say nothing of it. */
function countedBy(tags: readonly string[]): Tags {
  return {
    entries: countedIn(tags, 'entries'),
    bytes: countedIn(tags, 'bytes'),
    applications: countedIn(tags, 'applications'),
  };
}
