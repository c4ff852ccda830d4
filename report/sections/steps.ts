/** Every attempt of every step: when, how long, how known, with which outcome. */
import { isOnlyNamed } from '../../runbooks/clock-intervals.ts';
import type { Attempt, Step } from '../../runbooks/clock-model.ts';
import { day, dayAndTime, duration, romeOffset, timeOfDay } from '../format.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { originTexts, stepKindTexts, stepOutcomeTexts, type Text, text } from '../texts.ts';

type Row = { number: number; step: Step; attempt: Attempt | undefined };

export function stepsSection(report: Report): Html {
  const rows = report.steps.flatMap((step, index): Row[] =>
    step.attempts.length === 0
      ? [{ number: index + 1, step, attempt: undefined }]
      : step.attempts.map((attempt) => ({ number: index + 1, step, attempt })),
  );
  const caption = text(
    `I passi, con le ore di Roma (${romeOffset(report.startedAtUtc)})`,
    `The steps, in Rome time (${romeOffset(report.startedAtUtc)})`,
  );
  return html`<section aria-labelledby="steps"><h2 id="steps">${text('Passi', 'Steps')}</h2>
${table('steps', caption, columnsFor(report), rows, rowClass)}</section>\n`;
}

function columnsFor(report: Report): Column<Row>[] {
  const sameDay = day(report.startedAtUtc) === day(report.lastAtUtc);
  const instant = (iso: string): Fragment =>
    html`<time datetime="${iso}">${sameDay ? timeOfDay(iso) : dayAndTime(iso)}</time>`;
  return [
    {
      head: text('Passo', 'Step'),
      cell: ({ number, step }) =>
        html`<span class="count">${number}</span> ${text(step.titleIt, step.titleEn)} <small>${stepKindTexts[step.kind]}</small>`,
    },
    {
      head: text('Clausola', 'Clause'),
      cell: ({ step }) => (step.clause === '' ? NOTHING : data(step.clause)),
    },
    {
      head: text('Tentativo', 'Attempt'),
      kind: 'number',
      cell: ({ attempt }) => attempt?.attempt ?? NOTHING,
    },
    {
      head: text('Inizio', 'Start'),
      kind: 'number',
      cell: ({ attempt }) => (attempt ? instant(attempt.startedAtUtc) : NOTHING),
    },
    {
      head: text('Fine', 'End'),
      kind: 'number',
      cell: ({ attempt }) => (attempt?.finishedAtUtc ? instant(attempt.finishedAtUtc) : NOTHING),
    },
    { head: text('Durata', 'Duration'), kind: 'number', cell: ({ attempt }) => howLong(attempt) },
    {
      head: text('Origine', 'Origin'),
      cell: ({ attempt }) => (attempt ? originTexts[attempt.origin] : NOTHING),
    },
    { head: text('Esito', 'Outcome'), kind: 'wide', cell: outcome },
  ];
}

function howLong(attempt: Attempt | undefined): Fragment {
  if (attempt === undefined || isOnlyNamed(attempt)) return NOTHING;
  if (attempt.durationMs === null) {
    const known = duration(attempt.livedMs);
    return text(`almeno ${known.it}`, `at least ${known.en}`);
  }
  return attempt.durationFrom === 'utc'
    ? html`${duration(attempt.durationMs)} <small>UTC</small>`
    : duration(attempt.durationMs);
}

function outcome({ step, attempt }: Row): Fragment {
  const name: Text = stepOutcomeTexts[attempt?.outcome ?? step.outcome];
  const detail = attempt?.detail ?? '';
  return html`<strong>${name}</strong>${detail === '' ? '' : html` <span class="evidence">${data(detail)}</span>`}`;
}

function rowClass({ attempt }: Row): string {
  return attempt?.outcome === 'failed' || attempt?.outcome === 'interrupted' ? 'fail' : '';
}
