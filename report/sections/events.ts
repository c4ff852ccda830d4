/** What did not go by the book: roles handed to somebody else, and alarms. */
import { type Column, data, type Fragment, html, table } from '../html.ts';
import type { Report } from '../model.ts';
import { text } from '../texts.ts';
import { titled } from './decisions.ts';
import { instant, roleName } from './people.ts';

type Row = { atUtc: string; kind: 'hand-over' | 'alarm'; what: Fragment };

export function eventsSection(report: Report): Fragment {
  const rows = [...handOvers(report), ...alarms(report)].toSorted(
    (a, b) => Date.parse(a.atUtc) - Date.parse(b.atUtc),
  );
  const title = html`<h2 id="events">${text('Sostituzioni e allarmi', 'Hand-overs and alarms')}</h2>`;
  if (rows.length === 0) {
    // An older report knows no people at all.
    if (!report.steps.some(({ phase }) => phase !== undefined)) return '';
    return html`<section class="short" aria-labelledby="events">${title}
<p class="muted">${text('Nessun ruolo affidato ad altri, nessun allarme.', 'No role was handed over, no alarm was raised.')}</p></section>\n`;
  }
  const columns: Column<Row>[] = [
    {
      head: text('Ora', 'Time'),
      cell: ({ atUtc }) => html`<time datetime="${atUtc}">${instant(report, atUtc)}</time>`,
    },
    {
      head: text('Tipo', 'Kind'),
      cell: ({ kind }) =>
        html`<strong>${kind === 'alarm' ? text('allarme', 'alarm') : text('sostituzione', 'hand-over')}</strong>`,
    },
    { head: text('Che cosa', 'What'), kind: 'wide', cell: ({ what }) => what },
  ];
  const caption = text('In ordine di tempo', 'In order of time');
  return html`<section aria-labelledby="events">${title}
${table('happened', caption, columns, rows, ({ kind }) => (kind === 'alarm' ? 'fail' : ''))}</section>\n`;
}

function handOvers(report: Report): Row[] {
  return report.handOvers.map(({ atUtc, from, to, role, person = '', why }) => ({
    atUtc,
    kind: 'hand-over',
    what: html`${roleName(report, from)} → ${roleName(report, to)}: ${data(why)} <small>(${text('detto da', 'said by')} ${roleName(report, role)}${
      person === '' ? '' : html` <code>${data(person)}</code>`
    })</small>`,
  }));
}

function alarms(report: Report): Row[] {
  return report.alarms.map(({ atUtc, step, textIt, textEn }) => {
    const about = report.steps.find((candidate) => candidate.step === step);
    const which = about === undefined ? '' : html` <small>(${titled(about)})</small>`;
    return { atUtc, kind: 'alarm', what: html`<bdi>${text(textIt, textEn)}</bdi>${which}` };
  });
}
