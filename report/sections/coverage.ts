/** Every service class, service out of scope and solution: measured in this run, tried from the desks, or what only the documents say. */
import { type CoverageRow, coverageStatuses } from '../../runbooks/clock/model.ts';
import { coverageKinds } from '../../runbooks/evidence/services.ts';
import { duration, target } from '../format.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { checkOutcomeTexts, coverageTexts, join, type Text, text } from '../texts.ts';
import { outcomeClass } from './verdict.ts';

const kindTitles = {
  'service-class': text('Classi di servizi', 'Service classes'),
  'out-of-scope': text('Fuori ambito', 'Out of scope'),
  solution: text('Soluzioni tecniche', 'Technical solutions'),
} satisfies Record<CoverageRow['kind'], Text>;

export function coverageSection(report: Report): Fragment {
  const { coverage = [] } = report;
  if (coverage.length === 0) return '';
  const groups = coverageKinds.flatMap((kind) => {
    const rows = coverage.filter((row) => row.kind === kind);
    return rows.length === 0 ? [] : [group(report, kindTitles[kind], rows)];
  });
  return html`<section aria-labelledby="coverage"><h2 id="coverage">${text('Copertura', 'Coverage')}</h2>
<p>${summary(coverage)}</p>
${groups}</section>\n`;
}

/** How many classes stand how: what nobody measured must not hide among what was. */
function summary(coverage: readonly CoverageRow[]): Text {
  const classes = coverage.filter(({ kind }) => kind === 'service-class');
  const parts = coverageStatuses.flatMap((status) => {
    const count = classes.filter((row) => row.status === status).length;
    const { it, en } = coverageTexts[status];
    return count === 0 ? [] : [text(`${it} ${count}`, `${en} ${count}`)];
  });
  const counts = join(parts, ', ');
  return text(`Classi di servizi: ${counts.it}.`, `Service classes: ${counts.en}.`);
}

function group(report: Report, title: Text, rows: readonly CoverageRow[]): Html {
  const columns: Column<CoverageRow>[] = [
    { head: title, cell: ({ name }) => data(name) },
    {
      head: text('Stato', 'Standing'),
      cell: ({ status }) => html`<strong>${coverageTexts[status]}</strong>`,
    },
    { head: text('Esito', 'Outcome'), cell: outcome },
    { head: text('Perché', 'Why'), kind: 'wide', cell: (row) => why(report, row) },
  ];
  const caption = text(
    `${title.it}: che cosa è stato misurato e che cosa è solo scritto`,
    `${title.en}: what was measured and what is only written`,
  );
  return table('coverage', caption, columns, rows, rowClass);
}

function rowClass({ status, outcome: seen }: CoverageRow): string {
  if (seen !== null) return outcomeClass(seen);
  return status === 'not-covered' ? 'unknown' : '';
}

function outcome({ outcome: seen }: CoverageRow): Fragment {
  return seen === null
    ? NOTHING
    : html`<span class="sign">${icon(seen)}<strong>${checkOutcomeTexts[seen]}</strong></span>`;
}

/** What was measured first, then what the documents say. */
function why({ services = [] }: Report, row: CoverageRow): Fragment {
  const restored = services
    .filter(({ id }) => row.services.includes(id))
    .map(({ nameIt, nameEn, rto }) => {
      const took = rto.actualMs === null ? text('mai verificato', 'never verified') : duration(rto.actualMs);
      const limit = target(rto.targetMs);
      return text(`${nameIt}: ${took.it} su ${limit.it}`, `${nameEn}: ${took.en} of ${limit.en}`);
    });
  const measured = [...restored, ...tried(row)];
  return [
    measured.length === 0 ? '' : html`<div class="line"><bdi>${join(measured, '; ')}</bdi></div>`,
    html`<div class="line muted"><bdi>${text(row.whyIt, row.whyEn)}</bdi></div>`,
  ];
}

function tried({ kind, probed }: CoverageRow): Text[] {
  if (probed.length === 0) return [];
  if (kind === 'solution') {
    const good = probed.filter(({ outcome: seen }) => seen === 'PASS').length;
    return [
      text(
        `oggi rispondono ${good} delle sue classi provate su ${probed.length}; il ripristino presso il fornitore non è stato provato`,
        `${good} of its ${probed.length} classes tried answer today; the recovery at the supplier was not tried`,
      ),
    ];
  }
  return probed.map(({ passed, results }) =>
    text(
      `prove riuscite dalle postazioni: ${passed} su ${results}`,
      `probes passed from the desks: ${passed} of ${results}`,
    ),
  );
}
