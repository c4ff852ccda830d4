/** The machine part of the return: what changed at Viareggio goes back to Lucca, and Viareggio stands by again. */
import type { Check } from '../../core/check.ts';
import { DrError } from '../../core/errors.ts';
import { serverAt } from '../../inventory/lookup.ts';
import { withHost } from '../../platforms/ssh.ts';
import { requireAtRest, restOf } from '../../scripts/at-rest.ts';
import type { BackupOutcome } from '../../scripts/backup.ts';
import { passphraseOf, type ScriptContext } from '../../scripts/context.ts';
import { proveSilence } from '../../scripts/prove-silence.ts';
import { findSnapshot } from '../../scripts/restore-files.ts';
import { standDown } from '../../scripts/stand-down.ts';
import { backupSite } from '../../scripts/stop-serving.ts';
import { verifyApplicationsServe, verifyDirectory, verifyRestore } from '../../scripts/verify-restore.ts';
import { SiteStack, type StackPlace, type StackRun } from '../../stacks/engine.ts';
import type { StackEvent } from '../../stacks/engine-events.ts';

export { resumeServing, stopServing } from '../../scripts/stop-serving.ts';

/** A snapshot, or "latest", on a cassette. */
export type CopySource = { label: string; snapshot: string };
export type ReturnHooks = { onEvent?: (event: StackEvent) => void; onCheck?: (check: Check) => void };

/** The long copy, while Viareggio still works; the cassette is in its file server. What changes later follows when it stops. */
export async function returnBackup(context: ScriptContext, label: string): Promise<BackupOutcome> {
  return await backupSite(context, 'viareggio', label);
}

/**
 * Lucca comes back and is verified. Checks that fail are in the outcome, for the caller to judge.
 * @throws DrError as {@link bringLuccaUp}
 */
export async function restoreLucca(
  context: ScriptContext,
  place: StackPlace,
  source: CopySource,
  { onEvent, onCheck }: ReturnHooks = {},
): Promise<{ run: StackRun; snapshotId: string; checks: Check[] }> {
  const { run, snapshotId } = await bringLuccaUp(context, place, source, onEvent);
  const { checks } = await verifyRestore(
    context,
    { site: 'lucca', label: source.label, snapshot: snapshotId },
    onCheck,
  );
  return { run, snapshotId, checks };
}

/**
 * Lucca comes back, on new hardware, from Viareggio's last copy; the cassette is in Lucca's file server. Cut off, it is continued
 * by calling it again.
 * @throws DrError OTHER_SITE_ALIVE or STILL_SERVING (Viareggio), SNAPSHOT_BEFORE_STOP, and those of the scripts
 */
export async function bringLuccaUp(
  context: ScriptContext,
  place: StackPlace,
  source: CopySource,
  onEvent?: ReturnHooks['onEvent'],
): Promise<{ run: StackRun; snapshotId: string }> {
  await proveSilence(context, { site: 'lucca', role: 'return' });
  const cassetteHost = serverAt(context.inventory, 'lucca', 'file-server').name;
  const passphrase = await passphraseOf(context, source.label);
  const { id, time } = await withHost(
    context.access,
    cassetteHost,
    async (host) => await findSnapshot(host, source.label, source.snapshot, passphrase),
  );
  await requireTakenAfterStop(context, { id, time });
  const from = { label: source.label, snapshot: id, cassetteHost };
  const stack = await SiteStack.open('lucca', { role: 'active', from }, place);
  await stack.forgetUnlessFrom(id);
  return { run: await stack.up(onEvent), snapshotId: id };
}

/**
 * Viareggio stands by again: everything that was restored onto its machines is erased. Lucca must serve the domain by then.
 * @throws DrError LUCCA_NOT_SERVING, STILL_SERVING, HARDWARE_NOT_READY
 */
export async function standbyViareggio(
  context: ScriptContext,
  place: StackPlace,
  { onEvent, onCheck }: ReturnHooks = {},
): Promise<{ changed: boolean }> {
  await requireAtRest(context, 'lucca');
  await requireLuccaServes(context, onCheck);
  const stack = await SiteStack.open('viareggio', { role: 'standby' }, place);
  await stack.liftProtection();
  const run = await stack.up(onEvent);
  // Also what was restored by hand, of which the stack knows nothing.
  const machines = context.inventory.hosts.filter(({ site }) => site === 'viareggio');
  const stood = await Promise.all(machines.map(async ({ name }) => await standDown(context, name)));
  return { changed: run.changed || stood.some(({ changed }) => changed) };
}

/** A copy from before the stop would lose what was written between the two, and nobody would notice. @throws DrError SNAPSHOT_BEFORE_STOP */
export async function requireTakenAfterStop(
  context: ScriptContext,
  { id, time }: { id: string; time: string },
): Promise<void> {
  const server = serverAt(context.inventory, 'viareggio', 'file-server').name;
  const { stoppedAtUtc } = await restOf(context, server).catch(() => ({ stoppedAtUtc: '' }));
  if (stoppedAtUtc === '') {
    context.progress(
      `${server} non dice quando ha smesso di servire: che ${id.slice(0, 8)} sia l'ultima copia va controllato da chi ripristina. / It does not say when it stopped: whoever restores must check that this is the last copy.`,
    );
    return;
  }
  if (Date.parse(time) >= Date.parse(stoppedAtUtc)) return;
  throw new DrError(
    'SNAPSHOT_BEFORE_STOP',
    `Lo snapshot ${id.slice(0, 8)} (${time}) è di prima che Viareggio smettesse di servire (${stoppedAtUtc}): si perderebbe ciò che vi è stato scritto dopo. / The snapshot is older than Viareggio's stop: what was written in between would be lost.`,
    'Rimettere la cassetta a Viareggio e fare l\'ultima copia con "dr return stop --label ETICHETTA". / Plug the cassette in at Viareggio and take the last copy with "dr return stop --label LABEL".',
  );
}

async function requireLuccaServes(
  context: ScriptContext,
  onCheck: (check: Check) => void = () => undefined,
): Promise<void> {
  const checks = [
    ...(await verifyDirectory(context, 'lucca')),
    ...(await verifyApplicationsServe(context, 'lucca', 'viareggio')),
  ];
  for (const check of checks) onCheck(check);
  const wrong = checks.filter(({ outcome }) => outcome !== 'PASS');
  if (wrong.length === 0) return;
  throw new DrError(
    'LUCCA_NOT_SERVING',
    `Lucca non serve ancora: ${wrong.map(({ titleIt, evidence }) => `${titleIt}: ${evidence}`).join('; ')}. I dati di Viareggio restano dove sono. / Lucca does not serve yet; Viareggio's data stay where they are.`,
    'Completare il ripristino con "dr return restore", poi ripetere. / Complete it with "dr return restore", then run again.',
  );
}
