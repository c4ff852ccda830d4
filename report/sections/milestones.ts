/** The points of the clocks, and how the time between them was spent. */

import {
  type Interval,
  type Milestone,
  type PartName,
  type Parts,
  partNames,
} from '../../runbooks/clock/model.ts';
import { milestoneTexts } from '../../runbooks/evidence/milestones.ts';
import { dayAndTime, duration } from '../format.ts';
import { type Column, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { join, originTexts, partTexts, type Text, text } from '../texts.ts';
import { countOf } from './count.ts';

type Row = { name: Text; livedMs: number; assumedMs: number; parts: Parts; total: boolean };

export function milestonesSection(report: Report): Html {
  return html`<section aria-labelledby="milestones"><h2 id="milestones">${text('Tappe e intervalli', 'Milestones and intervals')}</h2>
${milestoneTable(report)}
${intervalTable(report)}</section>\n`;
}

function milestoneTable(report: Report): Html {
  const columns: Column<Milestone>[] = [
    { head: text('Tappa', 'Milestone'), cell: ({ name }) => milestoneTexts[name] },
    { head: text('Ora di Roma', 'Rome time'), kind: 'number', cell: instant },
    { head: text('Origine', 'Origin'), cell: ({ origin }) => originTexts[origin] },
    {
      head: countOf(report).since,
      kind: 'number',
      cell: ({ name }) => sinceCounted(report, name),
    },
  ];
  return table('milestones', text('Le tappe', 'The milestones'), columns, report.milestones);
}

/** A milestone written more than once shows the others too. */
function instant({ atUtc, otherAtUtc }: Milestone): Fragment {
  const others = join(otherAtUtc.map(dayAndTime), ', ');
  const note = text(`scritta anche: ${others.it}`, `also written: ${others.en}`);
  return html`<time datetime="${atUtc}">${dayAndTime(atUtc)}</time>${
    otherAtUtc.length === 0 ? '' : html` <small>${note}</small>`
  }`;
}

/** Lived and simulated time from the beginning of the count to a milestone, negative for one before it. */
function sinceCounted(report: Report, name: Milestone['name']): Fragment {
  const { milestones, intervals } = report;
  const from = milestones.findIndex((milestone) => milestone.name === countOf(report).from);
  const to = milestones.findIndex((milestone) => milestone.name === name);
  if (from === -1) return NOTHING;
  const between = intervals.slice(Math.min(from, to), Math.max(from, to));
  const sum = between.reduce((total, { livedMs, assumedMs }) => total + livedMs + assumedMs, 0);
  const simulated = between.some(({ assumedMs }) => assumedMs > 0);
  return html`${duration(to < from ? -sum : sum)}${simulated ? '\u00A0◇' : ''}`;
}

function intervalTable(report: Report): Fragment {
  const { intervals, rto, outage } = report;
  if (intervals.length === 0) return '';
  const rows: Row[] = intervals.map((interval) => ({ ...interval, name: nameOf(interval), total: false }));
  const whole = rto?.parts ?? outage?.parts;
  if (whole) rows.push({ name: countOf(report).name, ...sumOf(whole), parts: whole, total: true });
  const columns: Column<Row>[] = [
    { head: text('Intervallo', 'Interval'), cell: ({ name }) => name },
    { head: text('Totale', 'Total'), kind: 'number', cell: (row) => amount(row) },
    ...partNames.map(
      (part: PartName): Column<Row> => ({
        head: partTexts[part],
        kind: 'number',
        cell: ({ parts }) => (isNothing(parts[part]) ? NOTHING : amount(parts[part])),
      }),
    ),
  ];
  const caption = text(
    'Come è stato speso il tempo fra le tappe. Un istante coperto da più passi conta una volta; ◇ comprende tempo simulato',
    'How the time between milestones was spent. An instant covered by several steps counts once; ◇ includes simulated time',
  );
  return table('intervals', caption, columns, rows, ({ total }) => (total ? 'whole' : ''));
}

function sumOf(parts: Parts): { livedMs: number; assumedMs: number } {
  const all = partNames.map((name) => parts[name]);
  return {
    livedMs: all.reduce((sum, { livedMs }) => sum + livedMs, 0),
    assumedMs: all.reduce((sum, { assumedMs }) => sum + assumedMs, 0),
  };
}

function nameOf({ from, to }: Interval): Text {
  return join([milestoneTexts[from], milestoneTexts[to]], ' → ');
}

/** Between two steps the program takes some milliseconds; a table full of them would hide the times that matter. */
function isNothing({ livedMs, assumedMs }: Parts[PartName]): boolean {
  return livedMs + assumedMs < 50;
}

function amount({ livedMs, assumedMs }: { livedMs: number; assumedMs: number }): Fragment {
  const total = livedMs + assumedMs;
  return assumedMs > 0 ? html`${duration(total)}\u00A0◇` : duration(total);
}
