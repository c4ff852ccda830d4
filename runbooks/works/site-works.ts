/** The machine steps of the plan at Viareggio, on real hosts: cassette, snapshot, interlock, restore. The lab's drill uses them too. */
import type { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { serverAt } from '../../inventory/lookup.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { proveSilence } from '../../scripts/prove-silence.ts';
import { watchIsolation } from '../../scripts/watch-isolation.ts';
import { preloadEngine, type StackPlace } from '../../stacks/engine.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import type { Recorder } from '../evidence/recorder.ts';
import type { Progress } from '../run/progress.ts';
import { cassetteEvent, noSnapshot, pluggedLabel } from './plugged-cassette.ts';
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
  /** Somebody is there to mend what a check finds, and to have it verified again; else the report alone says it. */
  attended: boolean;
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
  return async () => {
    // Of use to the restore only, while hosts are asked here: what fails is said there.
    void preloadEngine().catch(() => undefined);
    return { outcome: 'done', detail: await pluggedLabel((await surroundings()).context, SITE) };
  };
}

function snapshotWork({ surroundings }: SiteWorkOptions): Work {
  return async ({ append, progress }) => {
    const { context } = await surroundings();
    const label = await pluggedLabel(context, SITE);
    const before = cleanBefore(progress());
    const event = await cassetteEvent(context, SITE, label, before);
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

function restoreWork({ surroundings, role, attended, beforeVerification }: SiteWorkOptions): Work {
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
    if (attended) recorder.requireVerified();
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
