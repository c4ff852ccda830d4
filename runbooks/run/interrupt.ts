/** What a person brings about who stops work that is under way: it hangs, or is not wanted any more. Pure; execute.ts does the stopping. */
import type { EvidenceEvent, EvidenceRecord } from '../evidence/evidence.ts';
import type { MachineStep } from '../plan/model.ts';

/** Said before and after: what our program can end, and what it can't. */
export const stillAtWork = {
  it: 'Il programma termina i suoi processi e dice di finire ai comandi che ha avviato sulle macchine; uno che non lo sente può ancora lavorare, e un tentativo nuovo lo attende fino a 15 minuti.',
  en: 'The program ends its processes and tells the commands that it has begun on hosts to end; one that does not hear may still be at work, and a new attempt waits for it up to 15 minutes.',
};

export const takesTooLong = {
  it: `Ci mette più del previsto; se è fermo lo si può interrompere. ${stillAtWork.it}`,
  en: `It takes longer than foreseen; if it hangs it can be stopped. ${stillAtWork.en}`,
};

type Interruption = { role: string; note: string };

/** Ends the attempt under way and those of its parts. Nothing that its work still says is written after this. */
export function interrupted(
  records: readonly EvidenceRecord[],
  step: MachineStep,
  attempt: number,
  outcome: 'cut-off' | 'failed',
  said: Interruption,
): EvidenceEvent[] {
  const ended = { type: 'step-finished', durationMs: 0, detail: '' } as const;
  return [
    ...partsUnderWay(records, step.id).map((part) => ({ ...ended, ...part, outcome: 'cut-off' as const })),
    { ...ended, step: step.id, attempt, outcome, detail: detailOf(said) },
  ];
}

/** In both languages, in the form that record-texts.ts takes apart; what the person typed must not look like a part of it. */
function detailOf({ role, note }: Interruption): string {
  const why = note
    .trim()
    .replace(/[.\s]+$/, '')
    .replaceAll(/\s(?=[/→]\s)/g, '');
  return `Interrotto da ${role}: ${why}. ${stillAtWork.it} / Stopped by ${role}: ${why}. ${stillAtWork.en}`;
}

function partsUnderWay(
  records: readonly EvidenceRecord[],
  whole: string,
): { step: string; attempt: number }[] {
  const parts = new Set<string>();
  const open = new Map<string, number>();
  for (const { event } of records) {
    if (event.type === 'plan') {
      for (const { step, partOf } of event.steps) if (partOf === whole) parts.add(step);
    } else if (event.type === 'step-started' && parts.has(event.step)) open.set(event.step, event.attempt);
    else if (event.type === 'step-finished') open.delete(event.step);
  }
  return [...open].map(([step, attempt]) => ({ step, attempt }));
}
