/** The live page: one HTML file with its style and code in it. It fetches nothing but `/events` and sends to nothing but `/act`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Html, html } from '../html.ts';
import { type Locale, type Text, text } from '../texts.ts';
import { iconTemplates } from './icons.ts';
import { liveTexts } from './texts.ts';

/** The page's code in the order in which its files need each other. */
const clientFiles = [
  'page-data',
  'dom',
  'figures',
  'rome',
  'rto',
  'state',
  'awaited',
  'fields',
  'forms',
  'now',
  'hero',
  'timeline',
  'facts',
  'points',
  'changes',
  'commands',
  'hands',
  'stream',
  'main',
];

export type LivePage = { source: string; policy: string };

/** The page is the same for every run: what it shows comes by `/events`. */
export function renderLivePage({ locale, canAct }: { locale: Locale; canAct: boolean }): LivePage {
  const style = ['../colours.css', 'page.css'].map(read).join('');
  const script = clientCode();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const source = html`${raw('<!doctype html>')}
<html lang="${locale}" data-connection="connecting">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<link rel="icon" href="data:,">
<title>${liveTexts.page.connecting[locale]}</title>
<style>${raw(style)}</style>
</head>
<body>
${body(canAct)}
${iconTemplates()}
<script type="application/json" id="page-data">${raw(jsonInHtml({ texts: liveTexts, canAct }))}</script>
<script type="module">${raw(script)}</script>
</body>
</html>
`.source;
  // Frames can be forbidden by the header only.
  return { source, policy: `${policy}; frame-ancestors 'none'` };
}

/** Landmarks and headings stand from the start; regions that speak must be there before they have something to say. */
function body(canAct: boolean): Html {
  const { page } = liveTexts;
  return html`<header>
<p class="office">Camera di Commercio di Lucca</p>
<p id="connection">${page.connecting}</p>
<button type="button" id="language" data-action="language"><span class="it" lang="en">English</span><span class="en" lang="it">Italiano</span></button>
<h1 id="kind">${page.connecting}</h1>
<p class="run" id="run"></p>
</header>
<div id="stale" role="alert"></div>
<div id="announce" class="hidden" role="status"></div>
<main>
<div id="alarms" aria-live="assertive"></div>
<div id="outcome"></div>
<div class="board">
<section class="rto-section" id="rto" aria-labelledby="rto-state"></section>
${section('running', text('In corso adesso', 'Running now'))}
<section class="ask" aria-labelledby="waiting-title"><h2 id="waiting-title" tabindex="-1">${page.waitingHeading}</h2>
<p id="recorded" role="status" tabindex="-1"></p>
<div id="waiting"></div></section>
<div class="facts-section" id="facts"></div>
</div>
<div class="below">
${section('timeline', text('Passi', 'Steps'))}
<div>
${section('checks', text('Verifiche', 'Checks'))}
${section('points', text('Tappe e intervalli', 'Milestones and intervals'))}
${canAct ? section('others', text('Altro', 'Other')) : ''}
${section('log', text('Registro', 'Log'))}
</div></div>
</main>
<noscript><p class="noscript">${text('La pagina ha bisogno di JavaScript; in un terminale: dr status --watch', 'The page needs JavaScript; in a terminal: dr status --watch')}</p></noscript>`;
}

function section(id: string, title: Text): Html {
  return html`<section class="${id}-section" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div id="${id}"></div></section>`;
}

/** Joins the modules into one: what they say to each other is theirs alone, so only `import` and `export` go. */
function clientCode(): string {
  return clientFiles
    .map((name) => read(`client/${name}.js`))
    .map((code) => code.replaceAll(/^import [^;]+;$/gm, '').replaceAll(/^export /gm, ''))
    .join('\n');
}

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

function hashOf(code: string): string {
  return `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
}

/** JSON that can't end the element that it stands in. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function raw(source: string): Html {
  return new Html(source);
}
