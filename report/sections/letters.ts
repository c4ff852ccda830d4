/** The letters of a run: each lies as a file beside the report, where it can be read as it was sent. */
import type { Step } from '../../runbooks/clock/model.ts';
import { type Column, data, type Fragment, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { stepOutcomeTexts, text } from '../texts.ts';
import { titled } from './decisions.ts';
import { instant } from './people.ts';

/** As scripts/deliver-letter.ts names them; anything else makes no link. */
const fileNamePattern = /^[a-z0-9][a-z0-9.-]*$/i;

export function lettersSection(report: Report): Fragment {
  const letters = report.steps.filter(({ kind, attempts }) => kind === 'notify' && attempts.length > 0);
  if (letters.length === 0) return '';
  const columns: Column<Step>[] = [
    { head: text('Lettera', 'Letter'), cell: titled },
    { head: text('File', 'File'), cell: fileOf },
    { head: text('Quando', 'When'), kind: 'number', cell: (step) => when(report, step) },
    {
      head: text('Esito', 'Outcome'),
      kind: 'wide',
      cell: ({ outcome, attempts }) =>
        html`${stepOutcomeTexts[outcome]} <span class="evidence">${data(attempts.at(-1)?.detail ?? '')}</span>`,
    },
  ];
  const caption =
    report.kind === 'drill'
      ? text(
          'In un’esercitazione le lettere si scrivono e non si inviano; i file stanno accanto a questo rapporto',
          'In a drill letters are written and not sent; the files lie beside this report',
        )
      : text('I file stanno accanto a questo rapporto', 'The files lie beside this report');
  return html`<section aria-labelledby="letters"><h2 id="letters">${text('Lettere', 'Letters')}</h2>
${table('letters', caption, columns, letters)}</section>\n`;
}

function fileOf({ step, outcome }: Step): Fragment {
  if ((outcome !== 'done' && outcome !== 'unchanged') || !fileNamePattern.test(step)) return NOTHING;
  return html`<a href="letters/${step}.eml">letters/${step}.eml</a>`;
}

function when(report: Report, { attempts }: Step): Fragment {
  const at = attempts.at(-1)?.finishedAtUtc;
  return at ? html`<time datetime="${at}">${instant(report, at)}</time>` : NOTHING;
}
