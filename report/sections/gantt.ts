/** The Gantt chart: one row a step, one bar an attempt, minutes counted from the activation, as the RTO counts them, or from Viareggio's stop. */
import { isOnlyNamed, timeAssumedMs } from '../../runbooks/clock/intervals.ts';
import type { Attempt, Step } from '../../runbooks/clock/model.ts';
import { duration } from '../format.ts';
import { type Fragment, Html, html } from '../html.ts';
import type { Report } from '../model.ts';
import { counted, stepKindTexts, type Text, text } from '../texts.ts';
import { countOf } from './count.ts';
import { byPhase, type PhaseGroup } from './phases.ts';

/** The stretch of the time line that the chart shows, and the instant that its axis calls 0. */
type Domain = { startMs: number; endMs: number; zeroMs: number };

/** Room at the end for a bar that is drawn wider than its time. */
const MARGIN = 0.02;

export function ganttSection(report: Report): Html {
  const begun = report.steps.filter(({ attempts }) => attempts.length > 0);
  const steps = begun.filter((step) => step.attempts.some((attempt) => hasLength(step, attempt)));
  const title = html`<h2 id="gantt">${text('Svolgimento', 'How it went')}</h2>`;
  if (begun.length === 0)
    return html`<section>${title}<p>${text('Nessun passo è stato eseguito.', 'No step was run.')}</p></section>\n`;
  if (steps.length === 0) return html`<section>${title}<p>${leftOut(begun.length)}</p></section>\n`;
  const domain = domainOf(report, steps);
  const { countedFrom } = countOf(report);
  const caption = text(
    `Diagramma di Gantt dei passi; il tempo è contato ${countedFrom.it}`,
    `Gantt chart of the steps; time is counted ${countedFrom.en}`,
  );
  return html`<section aria-labelledby="gantt">${title}
${patterns}
<table class="gantt"><caption>${caption}</caption>
<thead><tr><th scope="col">${text('Passo', 'Step')}</th><th scope="col" class="axis">${axis(domain)}</th>
<th scope="col" class="number">${text('Durata', 'Duration')}</th></tr></thead>
<tbody>
${countRow(report, domain)}${byPhase(steps).map((group) => phaseRows(group, domain))}</tbody></table>
${legend}${begun.length > steps.length ? html`<p class="muted left-out">${leftOut(begun.length - steps.length)}</p>` : ''}</section>\n`;
}

/** A person's answer or a letter that is over within this is a mere line on the chart, and sixty of them hide the machines' work. */
const SHOWN_MS = 1_000;

function hasLength({ kind }: Step, attempt: Attempt): boolean {
  const { livedMs, outcome } = attempt;
  const inOrder = outcome === 'done' || outcome === 'unchanged' || outcome === 'skipped';
  if (!inOrder || timeAssumedMs(attempt) > 0) return true;
  return kind === 'machine' || kind === 'check' ? !isOnlyNamed(attempt) : livedMs >= SHOWN_MS;
}

function leftOut(count: number): Text {
  const what = counted(count, text('passo', 'step'), text('passi', 'steps'));
  return text(
    `Non sono nel diagramma ${what.it} senza durata (risposte simulate, lettere scritte in un istante): stanno nella tabella dei passi.`,
    `Not in the chart: ${what.en} without a duration (simulated answers, letters written in an instant); they are in the table of steps.`,
  );
}

function phaseRows({ name, steps }: PhaseGroup, domain: Domain): Html {
  const head =
    name === undefined ? '' : html`<tr class="phase"><th scope="row" colspan="3">${name}</th></tr>\n`;
  return html`${head}${steps.map((step) => stepRow(step, domain))}`;
}

function domainOf(report: Report, steps: readonly Step[]): Domain {
  const zero = countOf(report).from;
  const attempts = steps.flatMap((step) => step.attempts);
  const firstMs = Math.min(...attempts.map(({ offsetMs }) => offsetMs));
  const endMs = Math.max(...attempts.map(endOf), firstMs + 1);
  const zeroMs = zero?.offsetMs ?? firstMs;
  // A run can begin long after a declared activation: then the chart still begins there, unless that would crush the steps.
  const near = zeroMs < firstMs && firstMs - zeroMs < (endMs - firstMs) * 2;
  return { startMs: near ? zeroMs : firstMs, endMs: endMs + (endMs - firstMs) * MARGIN, zeroMs };
}

function endOf({ offsetMs, livedMs }: Attempt): number {
  return offsetMs + livedMs;
}

/** First row: the count itself, so that every bar can be read against it. */
function countRow(report: Report, domain: Domain): Fragment {
  const count = countOf(report);
  const [from, to] = [count.from?.offsetMs, count.to?.offsetMs];
  if (from === undefined || to === undefined || to < from) return '';
  const startMs = Math.min(Math.max(from, domain.startMs), domain.endMs);
  const endMs = Math.max(startMs, Math.min(to, domain.endMs));
  const shape = `<rect class="rto" x="${x(domain, startMs)}" y="50%" width="${width(domain, startMs, endMs)}" height="6"/>`;
  const assumedMs = report.rto?.assumedMs ?? 0;
  const added = duration(assumedMs);
  const simulated =
    assumedMs > 0 ? html` <small>${text(`+ ${added.it} simulati`, `+ ${added.en} simulated`)}</small>` : '';
  return html`<tr class="whole"><th scope="row">${count.name}</th><td>${lane(domain, shape)}</td><td class="number">${duration(to - from)}${simulated}</td></tr>\n`;
}

function stepRow(step: Step, domain: Domain): Html {
  const bars = step.attempts.map((attempt) => barOf(step, attempt, domain)).join('');
  const part = step.partOf === undefined ? '' : ' class="part"';
  return html`<tr${new Html(part)}><th scope="row">${text(step.titleIt, step.titleEn)}</th><td>${lane(domain, bars)}</td>
<td class="number">${howLong(step)}</td></tr>\n`;
}

function barOf(step: Step, attempt: Attempt, domain: Domain): string {
  const { offsetMs, outcome, origin } = attempt;
  const kind = origin === 'measured' ? step.kind : 'stated';
  const place = `x="${x(domain, offsetMs)}" y="50%" width="${barWidth(domain, attempt)}" height="11"`;
  return `<rect class="attempt ${kind} ${outcome}" ${place}/>`;
}

/** A bar too short to be seen is drawn this wide, in pixels. */
const MIN_BAR = { measured: '2', stated: '7' };

function barWidth(domain: Domain, attempt: Attempt): string {
  const share = attempt.livedMs / (domain.endMs - domain.startMs);
  if (share >= 0.012) return width(domain, attempt.offsetMs, endOf(attempt));
  return attempt.origin === 'measured' ? MIN_BAR.measured : MIN_BAR.stated;
}

function howLong(step: Step): Fragment {
  const { attempts } = step;
  const simulated = text('simulato', 'simulated');
  if (attempts.every(isOnlyNamed)) return html`<small>${simulated}</small>`;
  const total = attempts.reduce((sum, { durationMs, livedMs }) => sum + (durationMs ?? livedMs), 0);
  const tries = counted(attempts.length, text('tentativo', 'attempt'), text('tentativi', 'attempts'));
  return [
    duration(total),
    attempts.some((attempt) => timeAssumedMs(attempt) > 0) ? html` <small>${simulated}</small>` : '',
    attempts.length > 1 ? html` <small>${tries}</small>` : '',
  ];
}

/** One row's drawing area with the axis' lines through it. */
function lane(domain: Domain, shapes: string): Html {
  const grid = ticks(domain)
    .map((atMs) => {
      const at = x(domain, atMs);
      return `<line class="${atMs === domain.zeroMs ? 'zero' : 'grid'}" x1="${at}" x2="${at}" y1="0" y2="100%"/>`;
    })
    .join('');
  return new Html(`<svg class="lane" aria-hidden="true">${grid}${shapes}</svg>`);
}

function axis(domain: Domain): Html {
  const labels = ticks(domain).map(
    (atMs) =>
      html`<span style="left:${x(domain, atMs)}">${tickLabel(atMs - domain.zeroMs, tickStep(domain))}</span>`,
  );
  const name = text('Tempo', 'Time');
  return html`<div class="ticks" aria-hidden="true">${labels}</div><span class="hidden">${name}</span>`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const steps = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96].map((count) => count * HOUR),
];

/** The finest step of the axis that gives at most seven lines. */
function tickStep({ startMs, endMs }: Domain): number {
  return steps.find((step) => (endMs - startMs) / step <= 6) ?? endMs - startMs;
}

function ticks(domain: Domain): number[] {
  const step = tickStep(domain);
  const first = Math.ceil((domain.startMs - domain.zeroMs) / step);
  const last = Math.floor((domain.endMs - domain.zeroMs) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => domain.zeroMs + (first + index) * step);
}

/** `0`, `30 s`, `2 min`, `1:30 min`, `3 h`: as short as an axis needs. */
function tickLabel(ms: number, step: number): Text {
  const sign = ms < 0 ? '−' : '';
  const abs = Math.abs(ms);
  const label = (() => {
    if (abs === 0) return '0';
    if (step >= HOUR || (abs >= HOUR && abs % HOUR === 0)) return `${abs / HOUR} h`;
    if (abs >= HOUR) return `${Math.floor(abs / HOUR)}:${pad(Math.floor((abs % HOUR) / MINUTE))} h`;
    if (abs >= MINUTE)
      return abs % MINUTE === 0
        ? `${abs / MINUTE} min`
        : `${Math.floor(abs / MINUTE)}:${pad((abs % MINUTE) / SECOND)} min`;
    return `${Math.round(abs / 100) / 10} s`;
  })();
  return text(`${sign}${label}`.replace('.', ','), `${sign}${label}`);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

function x({ startMs, endMs }: Domain, atMs: number): string {
  return `${((100 * (atMs - startMs)) / (endMs - startMs)).toFixed(3)}%`;
}

function width({ startMs, endMs }: Domain, fromMs: number, toMs: number): string {
  return `${((100 * (toMs - fromMs)) / (endMs - startMs)).toFixed(3)}%`;
}

const patterns = new Html(
  `<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="failed" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="back" width="5" height="5"/><rect class="failed-line" width="2" height="5"/></pattern>
<pattern id="stated" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="back" width="4" height="4"/><rect class="stated-line" width="1.5" height="4"/></pattern>
</defs></svg>`,
);

const legendEntries: [kind: string, name: Text][] = [
  ['machine', stepKindTexts.machine],
  ['check', stepKindTexts.check],
  ['human', stepKindTexts.human],
  ['notify', stepKindTexts.notify],
  ['stated', text('simulato o dichiarato', 'simulated or declared')],
  ['machine failed', text('fallito', 'failed')],
  ['machine interrupted', text('interrotto o non concluso', 'interrupted or not ended')],
];

const legend = html`<ul class="legend">
${legendEntries.map(([kind, name]) => html`<li>${swatch(kind)}${name}</li>\n`)}</ul>`;

function swatch(kind: string): Html {
  return new Html(
    `<svg width="18" height="12" aria-hidden="true"><rect class="attempt ${kind}" x="1" y="1" width="16" height="10"/></svg>`,
  );
}
