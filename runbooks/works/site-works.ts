/** The machine steps of the plan at Viareggio, on real hosts: cassette, snapshot, interlock, restore. The lab's drill uses them too. */
import { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { serverAt } from '../../inventory/lookup.ts';
import {
  listSnapshots,
  probeCassette,
  requireCassette,
  type Snapshot,
} from '../../platforms/restic/cassette.ts';
import { withHost } from '../../platforms/ssh.ts';
import { SNAPSHOT_TAG } from '../../scripts/backup.ts';
import { passphraseOf, type ScriptContext } from '../../scripts/context.ts';
import { proveSilence } from '../../scripts/prove-silence.ts';
import { watchIsolation } from '../../scripts/watch-isolation.ts';
import type { StackPlace } from '../../stacks/engine.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import type { Recorder } from '../evidence/recorder.ts';
import type { Progress } from '../run/progress.ts';
import { restoreSite } from './restore-site.ts';
import type { Work, Works } from './work.ts';

/** In it a person says from before which instant the data must be (malware; the plan's 6.1.8 and scenario D3). */
export const CLEAN_BEFORE_STEP = '6.1.8-malware';
/** The step whose answer by a person stands for the proof that Lucca is silent. */
export const INTERLOCK_STEP = '6.2.4-interlock';

export type SiteSurroundings = { context: ScriptContext; place: StackPlace };

export type SiteWorkOptions = {
  /** Asked for when a step begins: in a drill there is nothing before the lab is made. */
  surroundings: () => Promise<SiteSurroundings>;
  /** `exercise`: in isolation, to be destroyed afterwards. `active`: the real thing. */
  role: 'exercise' | 'active';
  beforeVerification?: (recorder: Recorder) => Promise<void>;
};

const SITE = 'viareggio';
const WATCH_EVERY_MS = 15_000;

export function siteWorks(options: SiteWorkOptions): Works {
  return {
    cassette: cassetteWork(options),
    'choose-snapshot': snapshotWork(options),
    interlock: interlockWork(options),
    restore: restoreWork(options),
  };
}

function cassetteWork({ surroundings }: SiteWorkOptions): Work {
  return async () => ({ outcome: 'done', detail: await pluggedLabel((await surroundings()).context) });
}

function snapshotWork({ surroundings }: SiteWorkOptions): Work {
  return async ({ append, progress }) => {
    const { context } = await surroundings();
    const label = await pluggedLabel(context);
    const before = cleanBefore(progress());
    const event = await cassetteEvent(context, label, before);
    append(event);
    const when = formatRome(event.snapshotAtUtc);
    return { outcome: 'done', detail: `${label}, ${event.snapshotId.slice(0, 8)}, ${when}` };
  };
}

function interlockWork({ surroundings, role }: SiteWorkOptions): Work {
  return async () => {
    const { silent } = await proveSilence((await surroundings()).context, { site: SITE, role });
    return { outcome: 'done', detail: `tacciono / silent: ${silent.join(', ')}` };
  };
}

function restoreWork({ surroundings, role, beforeVerification }: SiteWorkOptions): Work {
  return async ({ recorder, onDetail, progress, append }) => {
    const { context, place } = await surroundings();
    const { cassette } = progress();
    if (cassette === undefined) throw noSnapshot('-');
    const from = {
      label: cassette.label,
      snapshot: cassette.snapshotId,
      cassetteHost: serverAt(context.inventory, SITE, 'file-server').name,
    };
    const settings = role === 'exercise' ? { role, from } : { role, from, ...override(progress()) };
    const watch = watchOther(context, role, append);
    try {
      await restoreSite(context, place, settings, recorder, {
        onDetail,
        ...(beforeVerification && { beforeVerification: async () => await beforeVerification(recorder) }),
      });
    } finally {
      await watch.stop();
    }
    // What was restored while the other site answered is no exercise in isolation; on the day a person was told, and decides.
    if (watch.broken !== undefined && role === 'exercise') throw watch.broken;
    return { outcome: 'done', detail: '' };
  };
}

/** Lucca must stay silent while Viareggio comes up, and after: whoever answers there is told at once. */
function watchOther(
  context: ScriptContext,
  role: SiteWorkOptions['role'],
  append: (event: EvidenceEvent) => void,
): { stop: () => Promise<void>; broken: DrError | undefined } {
  const seen: { stop: () => Promise<void>; broken: DrError | undefined } = {
    stop: async () => await watch.stop(),
    broken: undefined,
  };
  const watch = watchIsolation(context, SITE, {
    everyMs: WATCH_EVERY_MS,
    role,
    onBroken: ({ error }) => {
      seen.broken = error;
      append({ type: 'alarm', step: INTERLOCK_STEP, textIt: error.message, textEn: error.message });
    },
  });
  return seen;
}

/** A person answered for the interlock ("done by hand", with a reason): that role takes it on itself. */
function override(progress: Progress): { overrideBy?: string; overrideWhy?: string } {
  const { status, answer } = progress.steps.get(INTERLOCK_STEP) ?? {};
  if (status !== 'done' || answer?.choice !== 'done') return {};
  return { overrideBy: answer.role, overrideWhy: answer.note };
}

/** The instant before which data must be; undefined where the newest will do. */
function cleanBefore(progress: Progress): string | undefined {
  const step = progress.steps.get(CLEAN_BEFORE_STEP);
  return step?.status === 'done' ? step.answer?.atUtc : undefined;
}

/** The label of the one cassette of the inventory that is in Viareggio's file server. @throws DrError CASSETTE_ABSENT ... */
async function pluggedLabel(context: ScriptContext): Promise<string> {
  const { name } = serverAt(context.inventory, SITE, 'file-server');
  return await withHost(context.access, name, async (host) => {
    for (const { label } of context.inventory.cassettes) {
      const probe = await probeCassette(host, label);
      if (probe.state === 'ready' && probe.identity.label === label) return label;
    }
    const [any] = context.inventory.cassettes;
    // Says what is wrong with the one that should be there.
    await requireCassette(host, any?.label ?? '-');
    throw noSnapshot(name);
  });
}

/** What is to be restored, as evidence: the newest snapshot of ours, or the newest before an instant. */
async function cassetteEvent(
  context: ScriptContext,
  label: string,
  before: string | undefined,
): Promise<Extract<EvidenceEvent, { type: 'cassette' }>> {
  const passphrase = await passphraseOf(context, label);
  const { name } = serverAt(context.inventory, SITE, 'file-server');
  return await withHost(context.access, name, async (host) => {
    const { identity } = await requireCassette(host, label);
    const { snapshots } = await listSnapshots(host, label, passphrase);
    const chosen = snapshots.findLast(
      ({ tags, time }) =>
        tags.includes(SNAPSHOT_TAG) && (before === undefined || Date.parse(time) < Date.parse(before)),
    );
    if (chosen === undefined) throw noSnapshot(label, before);
    return {
      type: 'cassette',
      label,
      serial: identity.serial,
      repositoryId: identity.repositoryId,
      snapshotId: chosen.id,
      snapshotAtUtc: new Date(chosen.time).toISOString(),
      site: SITE,
      sizeBytes: sizeTag(chosen),
    };
  });
}

/** The backup tags each snapshot with its size. */
function sizeTag({ tags }: Snapshot): number {
  const size = tags.find((tag) => tag.startsWith('bytes='));
  return size === undefined ? 0 : Number(size.slice('bytes='.length));
}

function noSnapshot(label: string, before?: string): DrError {
  const older = before === undefined ? '' : ` di prima del / from before ${formatRome(before)}`;
  return new DrError(
    'SNAPSHOT_UNKNOWN',
    `Sulla cassetta ${label} non c'è una copia${older}. / There is no such backup on the cassette.`,
    'Inserire una cassetta più vecchia della rotazione, poi riprovare il passo. / Plug in an older cassette of the rotation, then try the step again.',
  );
}
