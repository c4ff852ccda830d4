/** A record of the evidence as one line for people. */
import { assertNever } from '../../core/errors.ts';
import { formatDurationMs } from '../../core/time.ts';
import type { EvidenceEvent } from '../evidence/evidence.ts';
import { milestoneTexts } from '../evidence/milestones.ts';
import type { DeskReadiness, PaperEntry, ProbeResult } from '../evidence/services.ts';
import type { Bilingual, Runbook } from '../plan/model.ts';
import { choiceTitle } from '../run/choices.ts';

const same = (text: string): Bilingual => ({ it: text, en: text });

type Roles = Record<string, Bilingual>;

export function recordText(event: EvidenceEvent, runbook: Runbook, roles: Roles): Bilingual {
  const named = (role: string): Bilingual => roles[role] ?? same(role);
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
      if (event.detail === '') return stepLine(runbook, event.step, it, en);
      const detail = eachLanguage(event.detail);
      return stepLine(runbook, event.step, `${it}: ${detail.it}`, `${en}: ${detail.en}`);
    }
    case 'answered': {
      const step = runbook.find(({ id }) => id === event.step);
      const title = step ? choiceTitle(step, event.choice) : same(event.choice);
      const note = event.note === '' ? '' : `: ${event.note}`;
      return stepLine(
        runbook,
        event.step,
        `${named(event.role).it} → ${title.it}${note}`,
        `${named(event.role).en} → ${title.en}${note}`,
      );
    }
    case 'taken-back':
      return stepLine(
        runbook,
        event.step,
        `${named(event.role).it} ritira la risposta: ${event.why}`,
        `${named(event.role).en} takes the answer back: ${event.why}`,
      );
    case 'handed-over':
      return {
        it: `${named(event.to).it} sostituisce ${named(event.from).it}: ${event.why}`,
        en: `${named(event.to).en} stands in for ${named(event.from).en}: ${event.why}`,
      };
    case 'milestone': {
      const { it, en } = milestoneTexts[event.name];
      return { it: `● ${it}`, en: `● ${en}` };
    }
    case 'cassette':
      return { it: `Cassetta ${event.label}`, en: `Cassette ${event.label}` };
    case 'check':
      return {
        it: `${event.check.outcome} ${event.check.titleIt}`,
        en: `${event.check.outcome} ${event.check.titleEn}`,
      };
    case 'probes':
      return probesText(event.results);
    case 'readiness':
      return readinessText(event.desks);
    case 'paper':
      return paperText(event.entered);
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

/**
 * What a step ended with, `CODE: italiano. / English. → italiano. / English.` where it failed, for readers of one language: on a
 * phone, under stress, half of it would be in the way. What is not said twice in each part stays as it is.
 */
export function eachLanguage(detail: string): Bilingual {
  const [, code = '', said = detail] = /^([A-Z][A-Z_]+: )?(.*)$/s.exec(detail) ?? [];
  const parts = said.split(' → ').map((part) => part.split(' / '));
  if (parts.some(({ length }) => length !== 2)) return same(detail);
  const pick = (index: number): string => code + parts.map((part) => part[index]).join(' → ');
  return { it: pick(0), en: pick(1) };
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

export function probesText(results: readonly ProbeResult[]): Bilingual {
  const passed = results.filter(({ outcome }) => outcome === 'PASS').length;
  return {
    it: `Servizi dei fornitori: prove riuscite ${passed} su ${results.length}`,
    en: `Suppliers’ services: probes passed ${passed} of ${results.length}`,
  };
}

export function readinessText(desks: readonly DeskReadiness[]): Bilingual {
  const open = desks.filter(({ canOpen }) => canOpen === true).length;
  return {
    it: `Postazioni che possono aprire: ${open} su ${desks.length}`,
    en: `Desks that can open: ${open} of ${desks.length}`,
  };
}

export function paperText({ sheets, persons, entries }: PaperEntry): Bilingual {
  return {
    it: `Presenze dai fogli ${sheets.join(', ')}: persone ${persons}, entrate e uscite ${entries}`,
    en: `Attendance from the sheets ${sheets.join(', ')}: persons ${persons}, comings and goings ${entries}`,
  };
}

export function secondsText(ms: number): Bilingual {
  return { it: formatDurationMs(ms, 'it'), en: formatDurationMs(ms, 'en') };
}
