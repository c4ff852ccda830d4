/** The machine steps of the plan at Viareggio, on real hosts: cassette, snapshot, interlock, restore. The lab's drill uses them too. */
import { DrError } from '../../core/errors.ts';
import { formatRome } from '../../core/time.ts';
import { serverAt } from '../../inventory/lookup.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { proveSilence, refusalCodes } from '../../scripts/prove-silence.ts';
import { preloadEngine, type StackPlace } from '../../stacks/engine.ts';
import type { StackSettings } from '../../stacks/settings.ts';
import type { Recorder } from '../evidence/recorder.ts';
import { overrideIds } from '../plan/model.ts';
import type { Progress } from '../run/progress.ts';
import { cassetteEvent, noSnapshot, pluggedLabel } from './plugged-cassette.ts';
import { restoreSite } from './restore-site.ts';
import { INTERLOCK_STEP, type RunWatch, siteWatch } from './site-watch.ts';
import { failureText, type Work, type Works } from './work.ts';

/** In it a person says from before which instant the data must be (malware; the plan's 6.1.8 and scenario D3). */
export const CLEAN_BEFORE_STEP = '6.1.8-malware';

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

/** The surroundings of one attempt: aborted, its connections end, and so do its engine and all that it started. */
export function within({ context, place }: SiteSurroundings, signal: AbortSignal): SiteSurroundings {
  return { context: { ...context, access: { ...context.access, signal } }, place: { ...place, signal } };
}
type ActiveSettings = Extract<StackSettings, { role: 'active' }>;

/** The works, and the watch that a run with them needs beside. */
export function siteWorks(options: SiteWorkOptions): { works: Works; watch: RunWatch } {
  const { surroundings, role } = options;
  return {
    works: {
      cassette: cassetteWork(options),
      'choose-snapshot': snapshotWork(options),
      interlock: interlockWork(options),
      restore: restoreWork(options),
    },
    watch: siteWatch({ context: async () => (await surroundings()).context, site: SITE, role }),
  };
}

function cassetteWork({ surroundings }: SiteWorkOptions): Work {
  return async ({ signal }) => {
    // Of use to the restore only, while hosts are asked here: what fails is said there.
    void preloadEngine().catch(() => undefined);
    return {
      outcome: 'done',
      detail: await pluggedLabel(within(await surroundings(), signal).context, SITE),
    };
  };
}

function snapshotWork({ surroundings }: SiteWorkOptions): Work {
  return async ({ append, progress, signal }) => {
    const { context } = within(await surroundings(), signal);
    const label = await pluggedLabel(context, SITE);
    const before = cleanBefore(progress());
    const event = await cassetteEvent(context, SITE, label, before);
    append(event);
    const when = formatRome(event.snapshotAtUtc);
    return { outcome: 'done', detail: `${label}, ${event.snapshotId.slice(0, 8)}, ${when}` };
  };
}

function interlockWork({ surroundings, role }: SiteWorkOptions): Work {
  return async ({ signal }) => {
    const { context } = within(await surroundings(), signal);
    const { silent } = await proveSilence(context, { site: SITE, role }).catch((error: unknown) => {
      throw inRun(error, role);
    });
    return { outcome: 'done', detail: `tacciono / silent: ${silent.join(', ')}` };
  };
}

function restoreWork({ surroundings, role, attended, beforeVerification }: SiteWorkOptions): Work {
  return async ({ recorder, onDetail, progress, signal }) => {
    const { context, place } = within(await surroundings(), signal);
    const { cassette } = progress();
    if (cassette === undefined) throw noSnapshot('-');
    const from = {
      label: cassette.label,
      snapshot: cassette.snapshotId,
      cassetteHost: serverAt(context.inventory, SITE, 'file-server').name,
    };
    const settings = role === 'exercise' ? { role, from } : { role, from, ...overrideOf(progress()) };
    try {
      await restoreSite(context, place, settings, recorder, {
        onDetail,
        ...(beforeVerification && { beforeVerification: async () => await beforeVerification(recorder) }),
      });
    } catch (error) {
      // The stack looks once more before the domain starts: what it saw is for who answers for the interlock.
      if (!isRefusal(error)) throw error;
      return { outcome: 'sent-back', to: INTERLOCK_STEP, detail: failureText(inRun(error, role)) };
    }
    if (attended) recorder.requireVerified();
    return { outcome: 'done', detail: '' };
  };
}

/** A person took the interlock's refusal on himself; that role and reason go with the proof that the stack asks for. */
function overrideOf(
  progress: Progress,
): Pick<ActiveSettings, 'overrideBy' | 'overrideWhy' | 'overrideAlive'> {
  const { status, answer } = progress.steps.get(INTERLOCK_STEP) ?? {};
  const choice = overrideIds.find((id) => id === answer?.choice);
  if (status !== 'done' || answer === undefined || choice === undefined) return {};
  return { overrideBy: answer.role, overrideWhy: answer.note, overrideAlive: choice === 'override-alive' };
}

function isRefusal(error: unknown): error is DrError {
  return error instanceof DrError && refusalCodes.includes(error.code);
}

/** In a run nobody types the options of a command: the way on is an answer to the step. */
function inRun(error: unknown, role: SiteWorkOptions['role']): unknown {
  if (!isRefusal(error) || role !== 'active') return error;
  return new DrError(
    error.code,
    error.message,
    'Far spegnere i server di Lucca che rispondono, accendere e collegare a Viareggio le macchine che non hanno potuto guardare, poi «Riprovare». Solo il Responsabile della Continuità Operativa, se sa con certezza che Lucca non serve più il dominio, può scegliere «Scavalcare il blocco», con il motivo; se Lucca risponde, «anche se Lucca risponde». / Have the servers at Lucca that answer switched off, power and plug the machines at Viareggio that could not look, then "Try again". Only the Continuity manager, knowing for certain that Lucca serves the domain no more, may choose "Override the interlock", with the reason; where Lucca answers, "even though Lucca answers".',
    { cause: error },
  );
}

/** The instant before which data must be; undefined where the newest will do. */
function cleanBefore(progress: Progress): string | undefined {
  const step = progress.steps.get(CLEAN_BEFORE_STEP);
  return step?.status === 'done' ? step.answer?.atUtc : undefined;
}
