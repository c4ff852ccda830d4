/** What a member of the public would find: which desk can open, and what each desk saw of the suppliers' services through each line. */
import type { CheckOutcome } from '../../core/check.ts';
import type { DeskReadiness, ProbeResult } from '../../runbooks/evidence/services.ts';
import { eachLanguage } from '../../runbooks/view/record-texts.ts';
import { type Column, data, type Fragment, type Html, html, NOTHING, table } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { lineTexts, openTexts, type Text, text } from '../texts.ts';
import { outcomeClass } from './verdict.ts';

/** Different things that went wrong, shown for one service; report.json holds every result. */
const MAX_TROUBLES = 6;

export function readinessSection({ readiness = [] }: Report): Fragment {
  if (readiness.length === 0) return '';
  const columns: Column<DeskReadiness>[] = [
    { head: text('Postazione', 'Desk'), cell: ({ desk }) => data(desk) },
    {
      head: text('Servizio al pubblico (6.1.11)', 'Service to the public (6.1.11)'),
      kind: 'wide',
      cell: serviceOf,
    },
    {
      head: text('Può aprire', 'Can open'),
      cell: ({ canOpen }) => sign(openOutcome(canOpen), openTexts[openOutcome(canOpen)]),
    },
    { head: text('Perché', 'Why'), kind: 'wide', cell: reasons },
  ];
  const caption = text(
    'Ciò che serve alla postazione per il suo servizio: collegamento, fornitori, applicazioni, lettore di carte, stampante',
    'What the desk needs for its service: connection, suppliers, applications, card reader, printer',
  );
  return html`<section aria-labelledby="readiness"><h2 id="readiness">${text('Postazioni pronte', 'Desks that are ready')}</h2>
${table('readiness', caption, columns, readiness, ({ canOpen }) => outcomeClass(openOutcome(canOpen)))}</section>\n`;
}

function openOutcome(canOpen: boolean | null): CheckOutcome {
  return canOpen === null ? 'NOT VERIFIABLE' : canOpen ? 'PASS' : 'FAIL';
}

function serviceOf({ frontOfficeService, serviceIt, serviceEn }: DeskReadiness): Fragment {
  if (serviceIt !== undefined && serviceEn !== undefined)
    return html`<bdi>${text(serviceIt, serviceEn)}</bdi>`;
  return frontOfficeService === null ? text('ufficio interno', 'back office') : data(frontOfficeService);
}

function reasons({ reasonsIt, reasonsEn }: DeskReadiness): Fragment {
  if (reasonsIt.length === 0) return NOTHING;
  return html`<bdi>${text(reasonsIt.join('; '), reasonsEn.join('; '))}</bdi>`;
}

export function suppliersSection({ probes = [], coverage = [] }: Report): Fragment {
  if (probes.length === 0) return '';
  const names = new Map(coverage.map(({ id, name }) => [id, name]));
  const classes = distinct(probes.map(({ serviceClass }) => serviceClass));
  const lines = distinct(probes.map(({ line }) => line));
  const dead = deadLines(probes);
  const of = (serviceClass: string): ProbeResult[] =>
    probes.filter((result) => result.serviceClass === serviceClass);
  const columns: Column<string>[] = [
    { head: text('Servizio', 'Service'), cell: (id) => data(names.get(id) ?? id) },
    ...lines.map(
      (line): Column<string> => ({
        head: lineName(line),
        cell: (id) => desksOn(of(id).filter((result) => result.line === line)),
      }),
    ),
    {
      head: text('Che cosa non va', 'What is wrong'),
      kind: 'wide',
      cell: (id) => troubles(of(id).filter(({ line }) => !dead.some((known) => known.line === line))),
    },
  ];
  const caption = text(
    'Nome, collegamento, certificato e pagina di ogni servizio, provati da ogni postazione su ogni linea: postazioni a cui tutto risponde',
    'Name, connection, certificate and page of each service, tried from each desk through each line: desks for which all of it answers',
  );
  return html`<section aria-labelledby="suppliers"><h2 id="suppliers">${text('Servizi dei fornitori, per linea e postazione', 'Suppliers’ services, by line and desk')}</h2>
${dead.length === 0 ? '' : html`<ul class="problems">${dead.map(whole)}</ul>`}
${table('suppliers', caption, columns, classes)}</section>\n`;
}

/** How many desks get an answer from every endpoint of the service. */
function desksOn(results: readonly ProbeResult[]): Fragment {
  if (results.length === 0) return NOTHING;
  const byDesk = Object.values(Object.groupBy(results, ({ desk }) => desk));
  const good = byDesk.filter((own) => own?.every(({ outcome }) => outcome === 'PASS')).length;
  const outcomes = results.map(({ outcome }) => outcome);
  const outcome = outcomes.includes('FAIL') ? 'FAIL' : good === byDesk.length ? 'PASS' : 'NOT VERIFIABLE';
  return sign(outcome, text(`${good} su ${byDesk.length}`, `${good} of ${byDesk.length}`));
}

/** The same trouble of several desks is said once, with the desks that have it. */
function troubles(results: readonly ProbeResult[]): Fragment {
  const groups = grouped(
    results.filter(({ outcome }) => outcome !== 'PASS'),
    ({ line, endpoint, evidence }) => [line, endpoint, evidence],
  );
  if (groups.length === 0) return NOTHING;
  const more = groups.length - MAX_TROUBLES;
  const rest = text(`… e altri ${more} in report.json`, `… and ${more} more in report.json`);
  return [
    ...groups.slice(0, MAX_TROUBLES).map(
      ([
        first,
        ...others
      ]) => html`<div class="line">${lineName(first.line)}, ${data(first.endpoint)}: ${seen(first)}
<small>${data(distinct([first, ...others].map(({ desk }) => desk)).join(', '))}</small></div>`,
    ),
    more > 0 ? html`<div class="line">${rest}</div>` : '',
  ];
}

/** Where one and the same thing went wrong with everything that was tried through a line, it is the line's trouble. */
function deadLines(probes: readonly ProbeResult[]): ProbeResult[] {
  return grouped(probes, ({ line }) => [line]).flatMap(([first, ...others]) =>
    first.outcome !== 'PASS' &&
    others.some(({ endpoint }) => endpoint !== first.endpoint) &&
    others.every(({ outcome, evidence }) => outcome === first.outcome && evidence === first.evidence)
      ? [first]
      : [],
  );
}

function whole(result: ProbeResult): Html {
  const nothing = text('non risponde nulla', 'nothing answers');
  return html`<li>${icon(result.outcome)}<div><strong>${lineName(result.line)}: ${nothing}</strong> ${seen(result)}</div></li>\n`;
}

function seen({ evidence }: ProbeResult): Html {
  return html`<span class="evidence"><bdi>${eachLanguage(evidence)}</bdi></span>`;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string[]): [Item, ...Item[]][] {
  const groups = Object.values(Object.groupBy(items, (item) => JSON.stringify(keyOf(item))));
  return groups.flatMap((group = []): [Item, ...Item[]][] => {
    const [first, ...others] = group;
    return first === undefined ? [] : [[first, ...others]];
  });
}

function lineName(line: string): Text {
  return (Object.hasOwn(lineTexts, line) ? lineTexts[line] : undefined) ?? text(line, line);
}

function sign(outcome: CheckOutcome, words: Text): Html {
  return html`<span class="sign">${icon(outcome)}<strong>${words}</strong></span>`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
