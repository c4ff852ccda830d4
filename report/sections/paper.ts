/** What was written on paper while a service was away, and entered afterwards: digests and counts, nobody's name. */
import { dayAndTime } from '../format.ts';
import { type Column, data, type Fragment, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { text } from '../texts.ts';
import { roleName } from './people.ts';

type Entered = NonNullable<Report['paper']>[number];

export function paperSection(report: Report): Fragment {
  const { paper = [] } = report;
  if (paper.length === 0) return '';
  const columns: Column<Entered>[] = [
    { head: text('Fogli presenze', 'Sign-in sheets'), cell: ({ sheets }) => data(sheets.join(', ')) },
    { head: text('Giorni', 'Days'), kind: 'number', cell: ({ days }) => days },
    { head: text('Persone', 'Persons'), kind: 'number', cell: ({ persons }) => persons },
    { head: text('Entrate e uscite', 'Comings and goings'), kind: 'number', cell: ({ entries }) => entries },
    {
      head: text('Registrato', 'Entered'),
      kind: 'wide',
      cell: ({ atUtc, role }) => html`${dayAndTime(atUtc)}, ${roleName(report, role)}`,
    },
    {
      head: text('Sostituito per', 'Replaced for'),
      cell: ({ superseded }) => (superseded.length === 0 ? NOTHING : data(superseded.join(', '))),
    },
    {
      head: text('Impronta del file (SHA-256)', 'Digest of the file (SHA-256)'),
      kind: 'wide',
      cell: ({ sha256 }) => html`<code class="hash">${sha256}</code>`,
    },
  ];
  const caption = text(
    'Il piano (3.3) fa firmare a mano; il file con le ore resta nella cartella privata dell’ufficio',
    'The plan (3.3) has people sign by hand; the file with the times stays in the office’s private folder',
  );
  return html`<section aria-labelledby="paper"><h2 id="paper">${text('Presenze su carta', 'Attendance on paper')}</h2>
${table('paper', caption, columns, paper)}</section>\n`;
}
