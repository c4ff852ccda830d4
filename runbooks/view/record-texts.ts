/** A record of the evidence as one line for people. */
import { assertNever } from '../../core/errors.ts';
import { formatDurationMs } from '../../core/time.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import type { Bilingual, Runbook } from '../plan/model.ts';
import { choiceTitle } from '../run/choices.ts';

const same = (text: string): Bilingual => ({ it: text, en: text });

export function recordText(event: EvidenceEvent, runbook: Runbook): Bilingual {
  switch (event.type) {
    case 'run-started':
      return {
        it: `Inizio: ${[event.runId, event.scenario ?? []].flat().join(', ')}`,
        en: `Begun: ${[event.runId, event.scenario ?? []].flat().join(', ')}`,
      };
    case 'plan':
      return { it: `Passi previsti: ${event.steps.length}`, en: `Steps planned: ${event.steps.length}` };
    case 'step-started': {
      const again = event.attempt > 1 ? ` (${event.attempt})` : '';
      return stepLine(runbook, event.step, `inizia${again}`, `begins${again}`);
    }
    case 'step-finished': {
      const { it, en } = outcomeWords[event.outcome];
      const detail = event.detail === '' ? '' : `: ${event.detail}`;
      return stepLine(runbook, event.step, `${it}${detail}`, `${en}${detail}`);
    }
    case 'answered': {
      const step = runbook.find(({ id }) => id === event.step);
      const title = step ? choiceTitle(step, event.choice) : same(event.choice);
      const note = event.note === '' ? '' : `: ${event.note}`;
      return stepLine(
        runbook,
        event.step,
        `${event.role} → ${title.it}${note}`,
        `${event.role} → ${title.en}${note}`,
      );
    }
    case 'taken-back':
      return stepLine(
        runbook,
        event.step,
        `${event.role} ritira la risposta: ${event.why}`,
        `${event.role} takes the answer back: ${event.why}`,
      );
    case 'handed-over':
      return {
        it: `${event.to} sostituisce ${event.from}: ${event.why}`,
        en: `${event.to} stands in for ${event.from}: ${event.why}`,
      };
    case 'milestone':
      return same(`● ${event.name}`);
    case 'cassette':
      return { it: `Cassetta ${event.label}`, en: `Cassette ${event.label}` };
    case 'check':
      return {
        it: `${event.check.outcome} ${event.check.titleIt}`,
        en: `${event.check.outcome} ${event.check.titleEn}`,
      };
    case 'note':
      return { it: event.textIt, en: event.textEn };
    case 'alarm':
      return { it: `ALLARME: ${event.textIt}`, en: `ALARM: ${event.textEn}` };
    case 'resumed':
      return { it: 'Esecuzione ripresa', en: 'Run taken up again' };
    case 'run-finished':
      return event.outcome === 'completed'
        ? { it: 'Fine', en: 'End' }
        : { it: `Interrotta: ${event.detail}`, en: `Aborted: ${event.detail}` };
    default:
      return assertNever(event);
  }
}

const outcomeWords = {
  done: { it: 'fatto', en: 'done' },
  unchanged: { it: 'era già fatto', en: 'was done already' },
  failed: { it: 'NON RIUSCITO', en: 'FAILED' },
  skipped: { it: 'saltato', en: 'skipped' },
  'cut-off': { it: 'INTERROTTO', en: 'CUT OFF' },
  withdrawn: { it: 'non attende più', en: 'waits no longer' },
} satisfies Record<Extract<EvidenceEvent, { type: 'step-finished' }>['outcome'], Bilingual>;

function stepLine(runbook: Runbook, id: string, it: string, en: string): Bilingual {
  const title = runbook.find((step) => step.id === id)?.title ?? same(id);
  return { it: `${title.it}: ${it}`, en: `${title.en}: ${en}` };
}

export function secondsText(ms: number): Bilingual {
  return { it: formatDurationMs(ms, 'it'), en: formatDurationMs(ms, 'en') };
}
