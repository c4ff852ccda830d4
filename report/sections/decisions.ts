/** What was decided, by whom and when: on these the course of the whole run hangs. */
import type { Answer, Step } from '../../runbooks/clock/model.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { stepOutcomeTexts, text } from '../texts.ts';
import { choiceName, noteOf, takenBackNote, whoAndWhen } from './people.ts';

type Row = { step: Step; answers: readonly Answer[] };

export function decisionsSection(report: Report): Fragment {
  const rows = report.steps
    .filter(({ options }) => options !== undefined && options.length > 0)
    .map((step): Row => ({ step, answers: report.answers.filter((answer) => answer.step === step.step) }));
  if (rows.length === 0) return '';
  const columns: Column<Row>[] = [
    { head: text('Decisione', 'Decision'), cell: ({ step }) => titled(step) },
    {
      head: text('Scelta', 'Choice'),
      kind: 'wide',
      cell: ({ step, answers }) =>
        each(answers, (answer) => choice(step, answer), html`<span class="muted">${undecided(step)}</span>`),
    },
    {
      head: text('Chi e quando', 'Who and when'),
      kind: 'wide',
      cell: ({ answers }) =>
        each(answers, (answer) => html`${whoAndWhen(report, answer)}${noteOf(answer)}`, NOTHING),
    },
  ];
  const caption = text(
    'Le scelte da cui dipende tutto il resto; le risposte ritirate sono barrate',
    'The choices that all the rest depends on; answers taken back are struck out',
  );
  return html`<section class="decisions" aria-labelledby="decisions"><h2 id="decisions">${text('Decisioni', 'Decisions')}</h2>
${table('decided', caption, columns, rows, ({ answers }) => (answers.length === 0 ? 'away' : ''))}</section>\n`;
}

export function titled({ clause, titleIt, titleEn }: Step): Html {
  const number = clause === '' || clause === '-' ? '' : html`<span class="clause">${data(clause)}</span> `;
  return html`${number}<bdi>${text(titleIt, titleEn)}</bdi>`;
}

function choice(step: Step, answer: Answer): Html {
  const words = html`<bdi>${choiceName(step, answer.choice)}</bdi>`;
  if (answer.takenBack === null) return html`<strong>${words}</strong>`;
  return html`<s>${words}</s>${takenBackNote(answer)}`;
}

/** One line an answer, so that the lines of two cells stand side by side. */
function each(answers: readonly Answer[], line: (answer: Answer) => Html, nothing: Fragment): Fragment {
  if (answers.length === 0) return nothing;
  return answers.map((answer) => html`<div class="line">${line(answer)}</div>`);
}

function undecided({ outcome }: Step): Fragment {
  return outcome === 'not-needed' ? stepOutcomeTexts['not-needed'] : text('non presa', 'not taken');
}
