/** What the report rests on: the cassette, what was measured and what was not, the clocks, the versions, the evidence. */

import type { Cassette, Origin } from '../../runbooks/evidence/evidence.ts';
import { originSchema } from '../../runbooks/evidence/evidence.ts';
import { milestoneTexts } from '../../runbooks/evidence/milestones.ts';
import { dayAndTime, duration, size } from '../format.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import type { Report } from '../model.ts';
import { counted, originTexts, type Text, text } from '../texts.ts';

export function cassetteSection({ cassettes, rpo }: Report): Html {
  const intro =
    rpo === null
      ? text('Il supporto da cui si è ripristinato.', 'The medium restored from.')
      : text(
          'Il supporto da cui si è ripristinato; se sono più d’uno, per l’RPO conta l’ultimo che era a Viareggio.',
          'The medium restored from; of several, the last one that was at Viareggio counts for the RPO.',
        );
  const none = text('Nessuna cassetta è stata registrata.', 'No cassette is on record.');
  return html`<section class="short" aria-labelledby="cassette"><h2 id="cassette">${text('Cassetta', 'Cassette')}</h2>
<p class="muted">${cassettes.length === 0 ? none : intro}</p>${cassettes.map(cassetteFacts)}</section>\n`;
}

function cassetteFacts(cassette: Cassette): Html {
  return html`<dl class="facts long">${fact(text('etichetta', 'label'), html`<strong>${data(cassette.label)}</strong>`)}
${fact(text('numero di serie', 'serial number'), code(cassette.serial))}
${fact(text('sede', 'site'), data(cassette.site))}
${fact(text('repository', 'repository'), code(cassette.repositoryId))}
${fact(text('snapshot', 'snapshot'), code(cassette.snapshotId))}
${fact(text('dati del', 'data of'), dayAndTime(cassette.snapshotAtUtc))}
${fact(text('dimensione', 'size'), size(cassette.sizeBytes))}</dl>`;
}

export function originSection(report: Report): Html {
  const caption = text(
    'Misurato: dal programma. Dichiarato: scritto da una persona. Simulato: non è successo davvero.',
    'Measured: by the program. Declared: typed in by a person. Simulated: it did not really happen.',
  );
  const columns: Column<Origin>[] = [
    { head: text('Origine', 'Origin'), cell: (origin) => originTexts[origin] },
    { head: text('Passi', 'Steps'), kind: 'wide', cell: (origin) => stepsOf(report, origin) },
    { head: text('Tappe', 'Milestones'), kind: 'wide', cell: (origin) => milestonesOf(report, origin) },
    { head: text('Note', 'Notes'), kind: 'wide', cell: (origin) => notesOf(report, origin) },
  ];
  return html`<section class="short" aria-labelledby="origin"><h2 id="origin">${text('Misurato, dichiarato, simulato', 'Measured, declared, simulated')}</h2>
${table('origins', caption, columns, originSchema.options)}
${clockWarnings(report)}</section>\n`;
}

/** More than this are counted: the table of steps says of each how it is known. */
const MAX_NAMED = 12;

/** Measured steps are the rule and only counted; the others are named. */
function stepsOf({ steps }: Report, origin: Origin): Fragment {
  const own = steps.filter(({ attempts }) => attempts.at(-1)?.origin === origin);
  if (own.length === 0) return NOTHING;
  if (origin === 'measured' || own.length > MAX_NAMED)
    return counted(own.length, text('passo', 'step'), text('passi', 'steps'));
  return list(own.map((step) => text(step.titleIt, step.titleEn)));
}

function milestonesOf({ milestones }: Report, origin: Origin): Fragment {
  const own = milestones.filter((milestone) => milestone.origin === origin);
  return own.length === 0 ? NOTHING : list(own.map(({ name }) => milestoneTexts[name]));
}

function notesOf({ notes }: Report, origin: Origin): Fragment {
  const own = notes.filter((note) => note.origin === origin);
  return own.length === 0 ? NOTHING : list(own.map(({ textIt, textEn }) => text(textIt, textEn)));
}

function list(items: readonly Text[]): Html {
  return html`<ul>${items.map((item) => html`<li><bdi>${item}</bdi></li>`)}</ul>`;
}

function clockWarnings({ clockJumps, rto }: Report): Fragment {
  const uncertain =
    rto === null
      ? text('questo tempo è incerto', 'this time is uncertain')
      : text(
          'questo tempo è incerto e l’RTO vale solo se regge anche aggiungendolo',
          'this time is uncertain, and the RTO holds only if it does with it added',
        );
  return clockJumps.map(({ atUtc, byMs, unaccounted }) => {
    const by = duration(Math.abs(byMs));
    const moved =
      byMs > 0
        ? text(`è andato avanti di ${by.it}`, `went forward by ${by.en}`)
        : text(`è andato indietro di ${by.it}`, `went back by ${by.en}`);
    const effect = unaccounted ? uncertain : text('le durate non ne risentono', 'durations are not affected');
    return html`<p class="warning">${dayAndTime(atUtc)}: ${text(
      `l’orologio della macchina ${moved.it}; ${effect.it}.`,
      `the machine’s clock ${moved.en}; ${effect.en}.`,
    )}</p>\n`;
  });
}

export function versionsSection({ versions }: Report): Html {
  const facts = Object.entries(versions).map(([name, version]) => fact(data(name), data(version)));
  return html`<section class="short" aria-labelledby="versions"><h2 id="versions">${text('Versioni', 'Versions')}</h2>
<dl class="facts">${facts}</dl></section>\n`;
}

export function evidenceSection({ evidence }: Report): Html {
  const intro = text(
    'Ogni cifra di questo rapporto viene dal registro delle prove accanto ad esso: un record per riga, ciascuno con l’impronta (SHA-256) di quello prima. Chi conserva l’ultima impronta può scoprire qualunque modifica.',
    'Every figure of this report comes from the evidence log beside it: one record a line, each with the digest (SHA-256) of the one before. Whoever keeps the last digest can tell any change.',
  );
  const verify = text(
    'Per verificare tutta la catena e rifare questo rapporto; oppure, senza il programma, per ricalcolare l’ultima impronta:',
    'To verify the whole chain and make this report again; or, without the program, to compute the last digest again:',
  );
  const bySed = `tail -n 1 ${evidence.file} | sed 's/,"hash":"[0-9a-f]*"}$/}/' | tr -d '\\n' | sha256sum`;
  return html`<section class="short chain" aria-labelledby="evidence"><h2 id="evidence">${text('Prove', 'Evidence')}</h2>
<p>${intro}</p>
<dl class="facts long">${fact(text('registro', 'log'), html`<code>${data(evidence.file)}</code>`)}
${fact(text('record', 'records'), evidence.records)}${fact(text('processi', 'processes'), evidence.processes)}
${fact(text('ultima impronta', 'last digest'), html`<code class="hash">${evidence.lastHash}</code>`)}</dl>
<p>${verify}</p>
<pre><code>dr report .
${bySed}</code></pre></section>\n`;
}

function fact(name: Fragment, value: Fragment): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`;
}

function code(value: string): Html {
  return html`<code class="hash">${data(value)}</code>`;
}
