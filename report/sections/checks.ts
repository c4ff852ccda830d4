/** The checks: failures first, then what could not be verified, then what passed. */
import type { RunCheck } from '../../runbooks/clock/model.ts';
import { duration } from '../format.ts';
import { type Column, data, type Fragment, type Html, html, table } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { checkOutcomeTexts, join, text } from '../texts.ts';
import { outcomeClass } from './verdict.ts';

const order = { FAIL: 0, 'NOT VERIFIABLE': 1, PASS: 2 } satisfies Record<RunCheck['outcome'], number>;

const columns: Column<RunCheck>[] = [
  {
    head: text('Verifica', 'Check'),
    cell: ({ titleIt, titleEn, id }) => html`${text(titleIt, titleEn)} <code>${data(id)}</code>`,
  },
  { head: text('Esito', 'Outcome'), cell: outcome },
  {
    head: text('Che cosa si è visto', 'What was seen'),
    kind: 'wide',
    cell: ({ evidence }) => html`<div class="evidence">${data(evidence)}</div>`,
  },
  {
    head: text('Durata', 'Duration'),
    kind: 'number',
    cell: ({ durationMs }) => duration(durationMs),
  },
];

export function checksSection({ checks }: Report): Html {
  const rows = checks.toSorted((a, b) => order[a.outcome] - order[b.outcome]);
  const title = html`<h2 id="checks">${text('Verifiche dopo il ripristino', 'Checks after the restore')}</h2>`;
  if (rows.length === 0)
    return html`<section>${title}<p>${text('Nessuna verifica è stata eseguita.', 'No check was carried out.')}</p></section>\n`;
  const caption = text(
    'Prima le verifiche fallite, poi quelle non possibili; se ripetuta, conta l’ultima volta',
    'Failed checks first, then those not verifiable; where repeated, the last time counts',
  );
  return html`<section aria-labelledby="checks">${title}
${table('checks', caption, columns, rows, (check) => outcomeClass(check.outcome))}</section>\n`;
}

function outcome({ outcome: value, earlier }: RunCheck): Fragment {
  const before = join(
    earlier.map((past) => checkOutcomeTexts[past]),
    ', ',
  );
  const note = text(`prima: ${before.it}`, `before: ${before.en}`);
  return html`<span class="sign">${icon(value)}<strong>${checkOutcomeTexts[value]}</strong></span>${
    earlier.length === 0 ? '' : html` <small>${note}</small>`
  }`;
}
