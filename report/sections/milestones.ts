/** The points of the clocks against their plan, and how the time between them was spent. */

import { timeBetween } from '../../runbooks/clock/intervals.ts';
import {
  type Interval,
  type Milestone,
  type PartName,
  type Parts,
  partNames,
} from '../../runbooks/clock/model.ts';
import { milestoneTexts } from '../../runbooks/evidence/milestones.ts';
import { dayAndTime, difference, duration } from '../format.ts';
import { type Column, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { join, originTexts, partTexts, type Text, text } from '../texts.ts';
import { countOf } from './count.ts';

type Row = {
  name: Text;
  livedMs: number;
  assumedMs: number;
  parts: Parts;
  plannedMs?: number | undefined;
  total: boolean;
};

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
    ...againstPlan(report),
    {
      head: countOf(report).since,
      kind: 'number',
      cell: ({ offsetMs }) => sinceCounted(report, offsetMs),
    },
  ];
  return table('milestones', milestonesCaption(report), columns, report.milestones);
}

function isPlanned({ milestones }: Report): boolean {
  return milestones.some(({ fromFirst }) => fromFirst !== undefined);
}

function milestonesCaption(report: Report): Text {
  if (!isPlanned(report)) return text('Le tappe', 'The milestones');
  return text(
    'Le tappe, contate dalla prima: il previsto è il massimo, se ogni passo usasse tutto il suo tempo',
    'The milestones, counted from the first: planned is the most, were each step to use all of its time',
  );
}

/** Older evidence does not hold what was planned. */
function againstPlan(report: Report): Column<Milestone>[] {
  if (!isPlanned(report)) return [];
  return [
    {
      head: plannedText,
      kind: 'number',
      cell: ({ fromFirst }) => (fromFirst === undefined ? NOTHING : duration(fromFirst.plannedMs)),
    },
    {
      head: text('Effettivo', 'Actual'),
      kind: 'number',
      cell: ({ fromFirst }) => (fromFirst === undefined ? NOTHING : duration(fromFirst.actualMs)),
    },
    {
      head: differenceText,
      kind: 'number',
      cell: ({ fromFirst }) =>
        fromFirst === undefined ? NOTHING : apart(fromFirst.actualMs, fromFirst.plannedMs),
    },
  ];
}

const plannedText = text('Previsto (max)', 'Planned (max)');
const differenceText = text('Differenza', 'Difference');

/** More than planned stands out. */
function apart(actualMs: number, plannedMs: number): Fragment {
  const by = difference(actualMs - plannedMs);
  return actualMs > plannedMs ? html`<strong class="over-time">${by}</strong>` : by;
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
function sinceCounted(report: Report, offsetMs: number): Fragment {
  const { from } = countOf(report);
  if (from === undefined) return NOTHING;
  const spentMs = timeBetween(report.steps, from.offsetMs, offsetMs);
  const simulated = Math.abs(spentMs) > Math.abs(offsetMs - from.offsetMs);
  return html`${duration(spentMs)}${simulated ? '\u00A0◇' : ''}`;
}

function intervalTable(report: Report): Fragment {
  const { intervals, rto, outage } = report;
  if (intervals.length === 0) return '';
  const rows: Row[] = intervals.map((interval) => ({ ...interval, name: nameOf(interval), total: false }));
  const whole = rto?.parts ?? outage?.parts;
  if (whole) rows.push({ name: countOf(report).name, ...sumOf(whole), parts: whole, total: true });
  const columns: Column<Row>[] = [
    { head: text('Intervallo', 'Interval'), cell: ({ name }) => name },
    ...(isPlanned(report) ? [plannedColumn] : []),
    { head: text('Totale', 'Total'), kind: 'number', cell: (row) => amount(row) },
    ...(isPlanned(report) ? [differenceColumn] : []),
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

const plannedColumn: Column<Row> = {
  head: plannedText,
  kind: 'number',
  cell: ({ plannedMs }) => (plannedMs === undefined ? NOTHING : duration(plannedMs)),
};

const differenceColumn: Column<Row> = {
  head: differenceText,
  kind: 'number',
  cell: ({ plannedMs, livedMs, assumedMs }) =>
    plannedMs === undefined ? NOTHING : apart(livedMs + assumedMs, plannedMs),
};

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
