/** Every attempt of every step, phase by phase: when, how long, with which outcome, and who answered for it. */
import { isOnlyNamed } from '../../runbooks/clock/intervals.ts';
import type { Answer, Attempt, Step } from '../../runbooks/clock/model.ts';
import { ledElsewhere } from '../../runbooks/clock/other-way.ts';
import { duration, romeOffset, target } from '../format.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { counted, join, originTexts, stepKindTexts, stepOutcomeTexts, type Text, text } from '../texts.ts';
import { titled } from './decisions.ts';
import { choiceName, instant, noteOf, roleName, takenBackNote, whoAndWhen } from './people.ts';
import { byPhase, type PhaseGroup } from './phases.ts';

type Row = { step: Step; attempt: Attempt | undefined; first: boolean; answers: readonly Answer[] };

/** A step that is over within this has one time and not two. */
const INSTANT_MS = 1_000;
const MINUTE_MS = 60_000;

export function stepsSection(report: Report): Html {
  const columns = columnsFor(report);
  const groups = byPhase(report.steps).map((group) => {
    const rows = group.steps.flatMap((step) => rowsOf(report, step));
    const name = group.name === undefined ? '' : html`<h3>${group.name}</h3>\n`;
    return html`${name}${table('steps', captionOf(report, group), columns, rows, rowClass)}`;
  });
  return html`<section class="chapter" aria-labelledby="steps"><h2 id="steps">${text('Passi', 'Steps')}</h2>
${groups}</section>\n`;
}

function captionOf({ startedAtUtc }: Report, { steps }: PhaseGroup): Text {
  const own = steps.filter(({ partOf }) => partOf === undefined);
  const all = counted(own.length, text('passo', 'step'), text('passi', 'steps'));
  const ends = [...new Set(own.map((step) => step.outcome))].map((end) => {
    const count = own.filter((step) => step.outcome === end).length;
    return text(`${stepOutcomeTexts[end].it} ${count}`, `${stepOutcomeTexts[end].en} ${count}`);
  });
  const late = own.filter((step) => step.attempts.some((one) => isOverTime(step.timeoutMinutes, one))).length;
  const over = late === 0 ? [] : [text(`oltre il previsto ${late}`, `over plan ${late}`)];
  const said = join([...ends, ...over], ', ');
  const zone = romeOffset(startedAtUtc);
  return text(
    `${all.it} (${said.it}), con le ore di Roma (${zone})`,
    `${all.en} (${said.en}), in Rome time (${zone})`,
  );
}

function rowsOf({ answers }: Report, step: Step): Row[] {
  const own = answers.filter((answer) => answer.step === step.step);
  if (step.attempts.length === 0) return [{ step, attempt: undefined, first: true, answers: own }];
  return step.attempts.map((attempt, index) => ({
    step,
    attempt,
    first: index === 0,
    answers: own.filter((answer) => answer.attempt === attempt.attempt),
  }));
}

function columnsFor(report: Report): Column<Row>[] {
  return [
    {
      head: text('Passo e responsabile', 'Step and who is responsible'),
      cell: (row) => heading(report, row),
    },
    {
      head: text('Inizio e fine', 'Start and end'),
      kind: 'number',
      cell: ({ attempt }) => (attempt ? fromTo(report, attempt) : NOTHING),
    },
    {
      head: text('Durata (max)', 'Duration (max)'),
      kind: 'number',
      cell: ({ step, attempt }) => (attempt ? [howLong(attempt), planned(step, attempt)] : NOTHING),
    },
    { head: text('Esito', 'Outcome'), kind: 'wide', cell: (row) => outcome(report, row) },
    {
      head: text('Chi ha risposto', 'Who answered'),
      kind: 'wide',
      cell: ({ step, answers }) =>
        answers.length === 0 ? NOTHING : answers.map((answer) => answered(report, step, answer)),
    },
  ];
}

function heading(report: Report, { step, attempt, first }: Row): Html {
  const number = attempt?.attempt ?? 1;
  if (!first)
    return html`<span class="again">${titled(step)} <small>${text(`tentativo ${number}`, `attempt ${number}`)}</small></span>`;
  const { responsible, partOf, kind } = step;
  const role = responsible === undefined ? '' : html` · ${roleName(report, responsible)}`;
  if (partOf !== undefined) return html`<span class="part">${text(step.titleIt, step.titleEn)}</span>`;
  return html`${titled(step)} <small class="who">${stepKindTexts[kind]}${role}</small>`;
}

function fromTo(report: Report, { startedAtUtc, finishedAtUtc, livedMs }: Attempt): Fragment {
  const from = html`<time datetime="${startedAtUtc}">${instant(report, startedAtUtc)}</time>`;
  if (finishedAtUtc === null || livedMs < INSTANT_MS) return from;
  return html`${from} <span class="until">– <time datetime="${finishedAtUtc}">${instant(report, finishedAtUtc)}</time></span>`;
}

function howLong(attempt: Attempt): Fragment {
  const origin = html` <small>${originTexts[attempt.origin]}</small>`;
  if (isOnlyNamed(attempt)) return origin;
  if (attempt.durationMs === null) {
    const known = duration(attempt.livedMs);
    return html`${text(`almeno ${known.it}`, `at least ${known.en}`)}${origin}`;
  }
  const utc = attempt.durationFrom === 'utc' ? html` <small>UTC</small>` : '';
  return html`${duration(attempt.durationMs)}${utc}${origin}`;
}

/** What the plan gives the step, and whether this attempt took longer. */
function planned({ timeoutMinutes }: Step, attempt: Attempt): Fragment {
  if (timeoutMinutes === undefined) return '';
  const most = target(timeoutMinutes * MINUTE_MS);
  const limit = html` <small>${text(`max ${most.it}`, `max ${most.en}`)}</small>`;
  if (!isOverTime(timeoutMinutes, attempt)) return limit;
  return html`${limit} <strong class="over-time">${text('oltre il previsto', 'over plan')}</strong>`;
}

function isOverTime(timeoutMinutes: number | undefined, { durationMs, livedMs }: Attempt): boolean {
  return timeoutMinutes !== undefined && (durationMs ?? livedMs) > timeoutMinutes * MINUTE_MS;
}

/** Of a decision, what was decided; else how it ended. */
function outcome(report: Report, { step, attempt, answers }: Row): Fragment {
  const decided = answers.find((answer) => answer.takenBack === null && isOption(step, answer));
  const name: Text =
    decided === undefined
      ? stepOutcomeTexts[attempt?.outcome ?? step.outcome]
      : choiceName(step, decided.choice);
  const detail = attempt?.detail ?? '';
  const why = step.outcome === 'not-needed' ? whyNotNeeded(report, step) : '';
  return html`<strong><bdi>${name}</bdi></strong>${detail === '' ? '' : html` <span class="evidence">${data(detail)}</span>`}${why}`;
}

/** The decision that led elsewhere; where it was not taken itself, the one before it says why. */
function whyNotNeeded({ steps, answers }: Report, step: Step): Fragment {
  const answer = ledElsewhere(step, answers);
  const decision = steps.find((candidate) => candidate.step === answer?.step);
  if (answer === undefined || decision === undefined) return '';
  return html` <small><bdi>${text(decision.titleIt, decision.titleEn)}</bdi>: <bdi>${choiceName(decision, answer.choice)}</bdi></small>`;
}

function answered(report: Report, step: Step, answer: Answer): Html {
  const says = answer.choice === 'retry' || answer.takenBack !== null;
  const choice = says ? html`<bdi>${choiceName(step, answer.choice)}</bdi>. ` : '';
  if (answer.takenBack === null)
    return html`<div class="line">${choice}${whoAndWhen(report, answer)}${noteOf(answer)}</div>`;
  return html`<div class="line"><s>${choice}${whoAndWhen(report, answer)}</s>${takenBackNote(answer)}${noteOf(answer)}</div>`;
}

function isOption({ options = [] }: Step, { choice }: Answer): boolean {
  return options.some(({ id }) => id === choice);
}

function rowClass({ step, attempt }: Row): string {
  if (attempt?.outcome === 'failed' || attempt?.outcome === 'interrupted') return 'fail';
  return step.outcome === 'not-needed' ? 'away' : '';
}
