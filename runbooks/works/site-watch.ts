/** While a run lasts and Viareggio may be at work, somebody keeps looking whether Lucca answers: two sites never serve one domain unseen. */
import type { ScriptContext } from '../../scripts/context.ts';
import { type Broken, type Watch, watchIsolation } from '../../scripts/watch-isolation.ts';
import type { EvidenceEvent, EvidenceLog, EvidenceRecord } from '../evidence/evidence.ts';
import { ISOLATION_PART } from './restore-site.ts';

/** The step whose answer by a person stands for the proof that Lucca is silent. */
export const INTERLOCK_STEP = '6.2.4-interlock';
const RESTORE_STEP = '6.2.4-restore';

/** What a run does beside its steps until it is over. What it throws later goes to `onFatal`. */
export type RunWatch = (log: EvidenceLog, onFatal: (error: unknown) => void) => Watch;

export type SiteWatchOptions = {
  context: () => Promise<ScriptContext>;
  site: string;
  role: 'exercise' | 'active';
  everyMs?: number;
};

const LOOK_EVERY_MS = 15_000;

/**
 * Begins as soon as the evidence says that a domain controller may have started, also when a process takes such a run in hand. Whoever
 * answers at Lucca is an alarm; an exercise has failed with it, whatever comes later.
 */
export function siteWatch({ context, site, role, everyMs = LOOK_EVERY_MS }: SiteWatchOptions): RunWatch {
  return (log, onFatal) => {
    let watch: Watch | undefined;
    let stopped = false;
    const say = (events: readonly EvidenceEvent[]): void => {
      if (isOver(log.records)) return;
      try {
        log.appendTogether(events);
      } catch (error) {
        onFatal(error);
      }
    };
    const begin = (): void => {
      if (watch !== undefined || stopped || !mayServe(log.records)) return;
      watch = watchIsolation(context, site, {
        everyMs,
        role,
        onBroken: (broken) => say(role === 'exercise' ? [alarm(broken), lost(broken)] : [alarm(broken)]),
        onBlind: (reason) => say([blind(reason)]),
      });
    };
    log.subscribe(begin);
    begin();
    return {
      stop: async () => {
        stopped = true;
        await watch?.stop();
      },
    };
  };
}

/** The proof has passed, or a person said that the restore was done by hand: from here on a domain controller may run. */
function mayServe(records: readonly EvidenceRecord[]): boolean {
  return records.some(
    ({ event }) =>
      event.type === 'step-finished' &&
      [ISOLATION_PART, RESTORE_STEP].includes(event.step) &&
      ['done', 'unchanged'].includes(event.outcome),
  );
}

function isOver(records: readonly EvidenceRecord[]): boolean {
  return records.some(({ event }) => event.type === 'run-finished');
}

function alarm({ error: { message } }: Broken): EvidenceEvent {
  return { type: 'alarm', step: INTERLOCK_STEP, textIt: message, textEn: message };
}

function lost({ error: { message } }: Broken): EvidenceEvent {
  return {
    type: 'check',
    check: {
      id: 'isolation.lucca',
      titleIt: "Lucca non si raggiunge, per tutta l'esercitazione",
      titleEn: 'Lucca is out of reach, all through the exercise',
      outcome: 'FAIL',
      evidence: message,
      durationMs: 0,
    },
  };
}

function blind(reason: string): EvidenceEvent {
  return {
    type: 'alarm',
    step: INTERLOCK_STEP,
    textIt: `Nessuno può guardare se Lucca risponde: ${reason} Accendere e collegare le macchine di Viareggio, o chiedere a Lucca per telefono.`,
    textEn: `Nobody can look whether Lucca answers: ${reason} Power and plug the machines at Viareggio, or ask Lucca by telephone.`,
  };
}
