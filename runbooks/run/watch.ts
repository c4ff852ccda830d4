/**
 * Alarms before it is too late: a step that nears or passes its time-out (its escalation is named), an RTO that runs out. It only
 * looks at the evidence and writes each alarm once; time is that of the run's own time line, so a clock that is set changes nothing.
 */
import { foldRun, offsetNow, rtoRemainingMs } from '../clock/clock.ts';
import type { RtoClock } from '../clock/model.ts';
import {
  type EvidenceEvent,
  type EvidenceLog,
  type EvidenceRecord,
  readClock,
} from '../evidence/evidence.ts';
import type { Runbook, RunbookStep } from '../plan/model.ts';
import { secondsText } from '../view/record-texts.ts';
import { canBeStopped } from './choices.ts';
import { foldProgress } from './progress.ts';

const LOOK_EVERY_MS = 1_000;
/** Parts of a time-out and of the RTO that may pass before somebody is warned. */
const WARN_AT = 0.8;

export type Alarm = { key: string; event: Extract<EvidenceEvent, { type: 'alarm' }> };

/** Looks each second until stopped. */
export function watchRun(
  runbook: Runbook,
  log: EvidenceLog,
  onFatal: (error: unknown) => void,
): { stop: () => void } {
  const timer = setInterval(() => {
    try {
      for (const { key, event } of alarmsDue(runbook, log.records)) log.append(event, key);
    } catch (error) {
      onFatal(error);
    }
  }, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** All alarms that are due now, those on record included (their keys tell them). */
export function alarmsDue(runbook: Runbook, records: readonly EvidenceRecord[], now = readClock()): Alarm[] {
  const last = records.at(-1);
  if (last === undefined || !records.some(({ event }) => event.type === 'run-started')) return [];
  const run = foldRun(records);
  if (run.status !== 'unfinished') return [];
  const offsetMs = offsetNow(run, last, now);
  const { steps } = foldProgress(runbook, records);
  const late = runbook.flatMap((step) => {
    const { status, attempt } = steps.get(step.id) ?? { status: 'blocked', attempt: 0 };
    const began = run.steps.find((timed) => timed.step === step.id)?.attempts.at(-1)?.offsetMs;
    if ((status !== 'waiting' && status !== 'running') || began === undefined) return [];
    return stepAlarms(step, attempt, offsetMs - began);
  });
  return [...late, ...rtoAlarms(run.rto, rtoRemainingMs(run, offsetMs))];
}

function stepAlarms(step: RunbookStep, attempt: number, passedMs: number): Alarm[] {
  const limitMs = step.timeoutMinutes * 60_000;
  const limit = secondsText(limitMs);
  const alarm = (name: string, it: string, en: string): Alarm => ({
    key: `alarm/${name}/${step.id}/${attempt}`,
    event: {
      type: 'alarm',
      step: step.id,
      textIt: `${step.id} ${step.title.it}: ${it}`,
      textEn: `${step.id} ${step.title.en}: ${en}`,
    },
  });
  const stopIt = canBeStopped(step)
    ? { it: ' Se è fermo si può interrompere: "dr step".', en: ' If it hangs it can be stopped: "dr step".' }
    : { it: '', en: '' };
  if (passedMs >= limitMs)
    return [
      alarm(
        'time-out',
        `oltre i ${limit.it} previsti. Avvisare: ${step.escalateTo}.${stopIt.it}`,
        `over the ${limit.en} foreseen. Tell: ${step.escalateTo}.${stopIt.en}`,
      ),
    ];
  if (passedMs >= limitMs * WARN_AT)
    return [alarm('near', `quasi ai ${limit.it} previsti.`, `near the ${limit.en} foreseen.`)];
  return [];
}

function rtoAlarms(rto: RtoClock | null, remainingMs: number | undefined): Alarm[] {
  if (rto === null || rto.actualMs !== null || remainingMs === undefined) return [];
  if (remainingMs < 0) return [runAlarm('rto-missed', "L'RTO è superato.", 'The RTO is missed.')];
  if (remainingMs > rto.targetMs * (1 - WARN_AT)) return [];
  const left = secondsText(remainingMs);
  return [runAlarm('rto-near', `Restano ${left.it} di RTO.`, `${left.en} of the RTO are left.`)];
}

function runAlarm(name: string, textIt: string, textEn: string): Alarm {
  return { key: `alarm/${name}`, event: { type: 'alarm', step: null, textIt, textEn } };
}
