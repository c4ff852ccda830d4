/** What the screen says: one line for each thing that happened, and a few lines about what is happening now. */

import { assertNever } from '../core/errors.ts';
import { outageMs, rtoRemainingMs } from '../runbooks/clock/clock.ts';
import { timeAssumedMs } from '../runbooks/clock/intervals.ts';
import type { RunState, Step } from '../runbooks/clock/model.ts';
import type { EvidenceEvent, EvidenceRecord, Origin } from '../runbooks/evidence/evidence.ts';
import { milestoneTexts } from '../runbooks/evidence/milestones.ts';
import { paperText, probesText, readinessText } from '../runbooks/view/record-texts.ts';
import { dayAndTime, duration, target, timeOfDay } from './format.ts';
import { verdictSentence } from './sections/verdict.ts';
import { beside, GAP, type Line, oneLine, spread, stopwatch, type Tone, verdictTones } from './terminal.ts';
import {
  checkOutcomeTexts,
  type Locale,
  originTexts,
  runTitle,
  stepOutcomeTexts,
  type Text,
  text,
  verdictTexts,
} from './texts.ts';
import { columnsOf, fit } from './visible.ts';

/** Lines of evidence shown for one failed check; the report has them all. */
const MAX_EVIDENCE_LINES = 8;
/** Steps shown at once while many run in parallel. */
const MAX_RUNNING = 4;

/**
 * The lines for one record, oldest first; none for a record that only a program cares about. English stands beside Italian
 * where both fit in `width`; a line may still be wider.
 */
export function linesFor(
  record: EvidenceRecord,
  state: RunState,
  locale: Locale,
  width = Number.POSITIVE_INFINITY,
): Line[] {
  const { event } = record;
  const say = (mark: string, what: Text, tone: Tone = 'plain', tail = ''): Line => {
    const start = `${timeOfDay(record.atUtc)}  ${mark} `;
    const words = beside(what, locale, width - columnsOf(oneLine(start + tail)));
    return { text: oneLine(start + words + tail), tone };
  };
  switch (event.type) {
    case 'plan':
      return [];
    case 'run-started':
      return [say('●', runTitle(state), 'strong', `; ${startFigures(state)}`)];
    case 'step-started':
      return [say(`${position(state, event.step)} ▸`, titleOf(state, event.step))];
    case 'step-finished': {
      if (event.outcome === 'withdrawn') return [];
      const failed = event.outcome === 'failed' || event.outcome === 'cut-off';
      const mark = `${position(state, event.step)} ${failed ? '✗' : '✓'}`;
      return [say(mark, titleOf(state, event.step), failed ? 'bad' : 'good', ending(event, state, locale))];
    }
    case 'milestone': {
      const tail = milestoneTail(event.origin, record.atUtc, event.atUtc, locale);
      return [say('◆', milestoneTexts[event.name], 'quiet', tail)];
    }
    case 'cassette': {
      const made = dayAndTime(event.snapshotAtUtc);
      const what = text(`cassetta con i dati del ${made.it}`, `cassette with the data of ${made.en}`);
      return [say(`◆ ${event.label}:`, what)];
    }
    case 'check': {
      const { outcome, titleIt, titleEn, evidence } = event.check;
      const line = say(checkOutcomeTexts[outcome][locale], text(titleIt, titleEn), checkTones[outcome]);
      return outcome === 'PASS' ? [line] : [line, ...evidenceLines(evidence, locale)];
    }
    case 'answered': {
      const note = event.note === '' ? '' : `; ${event.note}`;
      return [
        say(
          `${position(state, event.step)} ☞`,
          titleOf(state, event.step),
          'quiet',
          `: ${event.role} → ${event.choice}${note}`,
        ),
      ];
    }
    case 'taken-back':
      return [
        say(
          `${position(state, event.step)} ↶`,
          titleOf(state, event.step),
          'doubtful',
          `: ${event.role}; ${event.why}`,
        ),
      ];
    case 'handed-over': {
      const what = text(`${event.to} sostituisce ${event.from}`, `${event.to} stands in for ${event.from}`);
      return [say('☞', what, 'quiet', `; ${event.why}`)];
    }
    case 'alarm':
      return [say('!', text(event.textIt, event.textEn), 'doubtful')];
    case 'resumed':
      return [say('●', text('esecuzione ripresa', 'run taken up again'), 'strong')];
    case 'probes':
      return [say('·', probesText(event.results))];
    case 'readiness':
      return [say('·', readinessText(event.desks))];
    case 'paper':
      return [say('·', paperText(event.entered))];
    case 'note':
      return [say('·', text(event.textIt, event.textEn), 'quiet')];
    case 'run-finished': {
      const { outcome } = state.verdict;
      const sentence = verdictSentence(state)[locale];
      const why = state.statusDetail === '' ? [] : evidenceLines(state.statusDetail, locale);
      return [
        say('●', verdictTexts[outcome], verdictTones[outcome]),
        ...evidenceLines(sentence, locale),
        ...why,
      ];
    }
    default:
      return assertNever(event);
  }
}

const checkTones = { PASS: 'good', FAIL: 'bad', 'NOT VERIFIABLE': 'doubtful' } as const;

/** The region that is drawn again and again: running steps and their times, what comes next, what is left of the RTO. */
export function liveLines(
  state: RunState,
  offsetMs: number,
  detail: string,
  locale: Locale,
  width: number,
): Line[] {
  if (state.status !== 'unfinished') return [];
  const running = state.steps.filter(({ outcome }) => outcome === 'running');
  const lines = running.slice(0, MAX_RUNNING).map((step): Line => {
    const sinceMs = offsetMs - (step.attempts.at(-1)?.offsetMs ?? offsetMs);
    const mark = `▸ ${position(state, step.step)} `;
    const clock = stopwatch(sinceMs);
    const title = beside(titleOf(state, step.step), locale, width - mark.length - clock.length - GAP);
    return { text: spread(oneLine(mark + title), clock, width), tone: 'strong' };
  });
  if (running.length > MAX_RUNNING) {
    const more = running.length - MAX_RUNNING;
    lines.push(quiet(`  ${beside(text(`… e altri ${more} passi`, `… and ${more} more steps`), locale)}`));
  }
  if (detail !== '') lines.push(quiet(`  ${detail}`));
  const next = nextStep(state);
  if (next) {
    const title = text(`poi: ${next.titleIt}`, `next: ${next.titleEn}`);
    lines.push(quiet(`  ${beside(title, locale, width - 2)}`));
  }
  return [...lines, ...countLine(state, offsetMs, locale, width)].map((line) => ({
    ...line,
    text: fit(oneLine(line.text), width),
  }));
}

function startFigures({ rto, rpo, runId }: RunState): string {
  if (rto === null || rpo === null) return runId;
  return `RTO ${target(rto.targetMs).it}, RPO ${target(rpo.targetMs).it}; ${runId}`;
}

/** `: fatto, 18,4 s, 2º tentativo; what the step said`. */
function ending(
  { step, attempt, outcome, detail }: Extract<EvidenceEvent, { type: 'step-finished' }>,
  state: RunState,
  locale: Locale,
): string {
  const planned = state.steps.find((candidate) => candidate.step === step);
  const timed = planned?.attempts.findLast((candidate) => candidate.attempt === attempt);
  const parts = [stepOutcomeTexts[outcome][locale]];
  if (timed?.durationMs !== undefined && timed.durationMs !== null) {
    const simulated = timeAssumedMs(timed) > 0 ? ` ${text('simulati', 'simulated')[locale]}` : '';
    const most = planned?.timeoutMinutes;
    const max = most === undefined ? '' : ` (max ${target(most * 60_000)[locale]})`;
    parts.push(duration(timed.durationMs)[locale] + simulated + max);
  }
  if (attempt > 1) parts.push(text(`tentativo ${attempt}`, `attempt ${attempt}`)[locale]);
  return `: ${parts.join(', ')}${detail === '' ? '' : `; ${detail}`}`;
}

/** Where a milestone's time comes from; one set for another time than it was written at says for which. */
function milestoneTail(origin: Origin, writtenUtc: string, atUtc: string, locale: Locale): string {
  const elsewhere = Math.abs(Date.parse(atUtc) - Date.parse(writtenUtc)) >= 1_000;
  return ` (${originTexts[origin][locale]}${elsewhere ? `: ${dayAndTime(atUtc)[locale]}` : ''})`;
}

function evidenceLines(evidence: string, locale: Locale): Line[] {
  const all = evidence.split('\n');
  const lines = all
    .slice(0, MAX_EVIDENCE_LINES)
    .map((line): Line => ({ text: oneLine(`          ${line}`), tone: 'plain' }));
  const more = all.length - MAX_EVIDENCE_LINES;
  if (more > 0)
    lines.push(quiet(`          ${beside(text(`… altre ${more} righe`, `${more} more lines`), locale)}`));
  return lines;
}

/** `[ 7/14]`: the step's place in the plan. */
function position({ steps }: RunState, step: string): string {
  const total = String(steps.length);
  const at = String(steps.findIndex((candidate) => candidate.step === step) + 1);
  return `[${at.padStart(total.length)}/${total}]`;
}

function titleOf({ steps }: RunState, step: string): Text {
  const found = steps.find((candidate) => candidate.step === step);
  return found === undefined ? text(step, step) : text(found.titleIt, found.titleEn);
}

/** The first step not begun after the last one that was. */
function nextStep({ steps }: RunState): Step | undefined {
  const last = steps.findLastIndex(({ outcome }) => outcome !== 'planned');
  return steps.slice(last + 1).find(({ outcome }) => outcome === 'planned');
}

/** What is left of the RTO; in a return, for how long nobody has been able to work. */
function countLine(state: RunState, offsetMs: number, locale: Locale, width: number): Line[] {
  const goneMs = outageMs(state, offsetMs);
  if (goneMs !== undefined) {
    const gone = duration(goneMs);
    const what = text(`senza server da ${gone.it}`, `without the server for ${gone.en}`);
    return [{ text: `  ${beside(what, locale, width - 2)}`, tone: 'plain' }];
  }
  const leftMs = rtoRemainingMs(state, offsetMs);
  if (leftMs === undefined || state.rto === null) return [];
  const left = duration(Math.abs(leftMs));
  const limit = target(state.rto.targetMs);
  const missed = leftMs < 0;
  const what = missed
    ? text(`RTO superato da ${left.it} (${limit.it})`, `RTO missed by ${left.en}`)
    : text(`RTO: restano ${left.it} su ${limit.it}`, `${left.en} left of ${limit.en}`);
  return [{ text: `  ${beside(what, locale, width - 2)}`, tone: missed ? 'bad' : 'plain' }];
}

function quiet(content: string): Line {
  return { text: content, tone: 'quiet' };
}
