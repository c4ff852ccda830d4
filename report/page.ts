/** The whole report as one HTML file: no network, no script needed but for the language switch. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { TrendDay } from '../cassette/trend.ts';
import { dayAndTime } from './format.ts';
import { data, type Fragment, Html, html } from './html.ts';
import type { Report } from './model.ts';
import { checksSection } from './sections/checks.ts';
import { clocksSection } from './sections/clocks.ts';
import { coverageSection } from './sections/coverage.ts';
import { decisionsSection } from './sections/decisions.ts';
import { readinessSection, suppliersSection } from './sections/desks.ts';
import { eventsSection } from './sections/events.ts';
import { ganttSection } from './sections/gantt.ts';
import { lettersSection } from './sections/letters.ts';
import { milestonesSection } from './sections/milestones.ts';
import { paperSection } from './sections/paper.ts';
import { cassetteSection, evidenceSection, originSection, versionsSection } from './sections/provenance.ts';
import { servicesSection } from './sections/services.ts';
import { stepsSection } from './sections/steps.ts';
import { verdictSection } from './sections/verdict.ts';
import { verificationsSection } from './sections/verifications.ts';
import { join, kindTexts, type Locale, routeTexts, scenarioTexts, type Text, verdictTexts } from './texts.ts';

/** Both languages are in the page; the root's `lang` says which one shows. */
const script = `
const root = document.documentElement;
const button = document.getElementById('language');
button.hidden = false;
button.addEventListener('click', () => {
  root.lang = root.lang === 'it' ? 'en' : 'it';
  document.title = root.dataset[root.lang];
});
`;

const style = ['colours.css', 'page.css', 'services.css', 'verifications.css']
  .map((name) => readFileSync(joinPath(import.meta.dirname, name), 'utf8'))
  .join('');

/** Nothing but the page's own style and this very script may run, whatever the data holds. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** `trend`: the verifications of the cassette before the run. */
export function renderPage(report: Report, locale: Locale, trend: readonly TrendDay[] = []): string {
  const title = titleOf(report);
  return html`${raw('<!doctype html>')}
<html lang="${locale}" data-it="${title.it}" data-en="${title.en}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<link rel="icon" href="data:,">
<title>${title[locale]}</title>
<style>${raw(style)}${raw(footerStyle(report.runId))}</style>
</head>
<body>
<header>
<p class="office">Camera di Commercio di Lucca</p>
<button type="button" id="language" hidden><span class="it" lang="en">English</span><span class="en" lang="it">Italiano</span></button>
<h1>${kindTexts[report.kind]}</h1>
<p class="run">${route(report)}${report.scenario === null ? '' : html`${scenarioTexts[report.scenario]} · `}${dayAndTime(report.startedAtUtc)} · ${data(report.operator)} · ${data(report.runId)}</p>
</header>
<main>
${verdictSection(report)}
${clocksSection(report)}
${servicesSection(report)}
${decisionsSection(report)}
${eventsSection(report)}
${ganttSection(report)}
${checksSection(report)}
${readinessSection(report)}
${suppliersSection(report)}
${coverageSection(report)}
${stepsSection(report)}
${lettersSection(report)}
${paperSection(report)}
${milestonesSection(report)}
${cassetteSection(report)}
${verificationsSection(trend)}
${originSection(report)}
${versionsSection(report)}
${evidenceSection(report)}
</main>
<script>${raw(script)}</script>
</body>
</html>
`.source;
}

/** On another way nothing moves. */
function route({ kind, otherWay }: Report): Fragment {
  return otherWay === undefined ? html`${routeTexts[kind]} · ` : '';
}

function titleOf({ kind, verdict, startedAtUtc }: Report): Text {
  const name = join([kindTexts[kind], dayAndTime(startedAtUtc)], ', ');
  return join([verdictTexts[verdict.outcome], name], ' · ');
}

/** The run's name at the foot of each printed page; a name with other signs in it is left out rather than quoted for CSS. */
function footerStyle(runId: string): string {
  return /^[\w.:-]+$/.test(runId) ? `@page { @bottom-left { content: "${runId}"; } }` : '';
}

/** For what this module made itself, or is known to hold nothing to escape. */
function raw(source: string): Html {
  return new Html(source);
}
