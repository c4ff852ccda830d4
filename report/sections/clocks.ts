/** The clocks: RTO and RPO, actual against target, each with a bar on the target's scale; of a return, the time it took and no target. */
import { isOnlyNamed } from '../../runbooks/clock/intervals.ts';
import type { Milestone, OutageClock, RpoClock, RtoClock } from '../../runbooks/clock/model.ts';
import { dayAndTime, duration, percent, target } from '../format.ts';
import { data, type Fragment, Html, html } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { checkOutcomeTexts, counted, join, noTargetText, originTexts, type Text, text } from '../texts.ts';
import { countOf } from './count.ts';
import { outcomeClass } from './verdict.ts';

/** More titles than this would push the figure itself out of sight; the table of steps marks each. */
const MAX_NAMED = 4;

/** `outcome`: of the whole thing that the clock belongs to. */
export type Clock = Pick<RtoClock | RpoClock, 'actualMs' | 'targetMs' | 'source' | 'outcome'>;

export function clocksSection(report: Report): Html {
  const { rto, rpo, outage } = report;
  if (outage) return returnSection(report, outage);
  return html`<section class="clocks" aria-label="RTO, RPO">
${rto === null ? '' : clock('RTO', text('Tempo di ripristino', 'Recovery time'), rto, rtoFacts(report, rto))}
${rpo === null ? '' : clock('RPO', text('Perdita di dati', 'Data loss'), rpo, rpoFacts(report))}
</section>\n`;
}

function returnSection({ milestones, startedAtUtc, ...report }: Report, outage: OutageClock): Html {
  const { actualMs, unaccountedMs, wholeMs } = outage;
  const uncertain = text('Incerto per gli orologi', 'Uncertain because of the clocks');
  return html`<section class="clocks" aria-label="Tempi, times">
${figure(text('Nessuno poteva lavorare', 'Nobody could work'), actualMs, [
  fact(text('Da: Viareggio si ferma', 'From: Viareggio stops'), instant(milestones, 'service-stopped')),
  fact(text('A: Lucca accettata', 'To: Lucca accepted'), instant(milestones, 'accepted')),
  unaccountedMs > 0 ? fact(uncertain, duration(unaccountedMs)) : '',
])}
${figure(text('Tutto il rientro', 'The whole return'), wholeMs, [
  fact(text('Da', 'From'), dayAndTime(startedAtUtc)),
  fact(text('A', 'To'), wholeMs === null ? text('non concluso', 'not ended') : dayAndTime(report.lastAtUtc)),
])}
</section>\n`;
}

/** A time without a target. */
function figure(title: Text, actualMs: number | null, facts: Fragment): Html {
  return html`<article class="clock">
<h2>${title}</h2>
<p class="actual"><strong>${actualMs === null ? text('non misurato', 'not measured') : duration(actualMs)}</strong></p>
<p class="outcome"><span>${noTargetText}</span></p>
<dl>${facts}</dl>
</article>\n`;
}

export function clock(name: string, title: Text, value: Clock, facts: Fragment): Html {
  const actual = value.actualMs === null ? text('non misurato', 'not measured') : duration(value.actualMs);
  const limit = target(value.targetMs);
  return html`<article class="clock ${outcomeClass(value.outcome)}">
<h2><abbr>${name}</abbr> <bdi>${title}</bdi></h2>
<p class="actual"><strong>${actual}</strong> <span>${text(`su ${limit.it}`, `of ${limit.en}`)}</span></p>
${bar(value)}
<p class="outcome">${icon(value.outcome)}<span>${checkOutcomeTexts[value.outcome]}</span>${margin(value)}</p>
<dl>${facts}
${fact(text('Obiettivo da', 'Target from'), data(value.source))}</dl>
</article>\n`;
}

/** The target is the framed track; what goes beyond it is hatched. */
function bar({ actualMs, targetMs }: Clock): Html {
  const actual = actualMs ?? 0;
  const scale = Math.max(actual, targetMs);
  const share = (ms: number) => `${((ms / scale) * 100).toFixed(3)}%`;
  const over =
    actual > targetMs
      ? `<rect class="over" x="${share(targetMs)}" y="3" width="${share(actual - targetMs)}" height="10"/>`
      : '';
  return new Html(`<svg class="bar" width="100%" height="16" aria-hidden="true">
<rect class="track" x="0.5" y="2.5" width="${share(targetMs)}" height="11"/>
<rect class="fill" x="0.5" y="3" width="${share(Math.min(actual, targetMs))}" height="10"/>${over}
<line class="limit" x1="${share(targetMs)}" x2="${share(targetMs)}" y1="0" y2="16"/></svg>`);
}

function margin({ actualMs, targetMs }: Clock): Fragment {
  if (actualMs === null) return '';
  const share = percent(actualMs / targetMs);
  const left = duration(Math.abs(targetMs - actualMs));
  return actualMs > targetMs
    ? html` <span>${text(`oltre il limite di ${left.it}`, `over the limit by ${left.en}`)}</span>`
    : html` <span>${text(`${share.it} dell'obiettivo, restavano ${left.it}`, `${share.en} of the target, ${left.en} to spare`)}</span>`;
}

function rtoFacts(report: Report, rto: RtoClock): Fragment {
  const lived = rto.livedMs === null ? '' : duration(rto.livedMs);
  const assumed = duration(rto.assumedMs);
  return [
    ...fromTo(report),
    rto.livedMs === null ? '' : fact(text('Trascorso davvero', 'Really passed'), lived),
    rto.assumedMs > 0 ? fact(text('Aggiunto perché simulato', 'Added because simulated'), assumed) : '',
    onlyNamed(report),
    rto.unaccountedMs > 0
      ? fact(text('Incerto per gli orologi', 'Uncertain because of the clocks'), duration(rto.unaccountedMs))
      : '',
  ];
}

function fromTo(report: Report): Fragment[] {
  const { milestones, otherWay } = report;
  if (otherWay === undefined)
    return [
      fact(text('Da: attivazione (6.2.3)', 'From: activation (6.2.3)'), instant(milestones, 'activation')),
      fact(text('A: servizio verificato', 'To: service verified'), verified(report)),
      verificationEnded(report),
    ];
  return [
    fact(text('Da: decisione (6.1.10)', 'From: decision (6.1.10)'), dayAndTime(otherWay.atUtc)),
    fact(
      text('A: servizio dichiarato tornato', 'To: service declared back'),
      instant(milestones, 'accepted'),
    ),
  ];
}

function verified({ milestones, checks }: Report): Fragment {
  const failed = checks.filter(({ outcome }) => outcome !== 'PASS').length;
  const reached = milestones.some(({ name }) => name === 'service-verified');
  if (reached || failed === 0) return instant(milestones, 'service-verified');
  const what = counted(failed, text('verifica', 'check'), text('verifiche', 'checks'));
  return text(`mai: ${what.it} senza PASS`, `never: ${what.en} without PASS`);
}

/** Where the service was not verified: when the attempt to do so was over. The RTO's count does not end there. */
function verificationEnded({ milestones, steps }: Report): Fragment {
  if (milestones.some(({ name }) => name === 'service-verified')) return '';
  const verification = steps.findLast(({ kind, partOf }) => kind === 'check' && partOf !== undefined);
  const ended = verification?.attempts.at(-1)?.finishedAtUtc ?? null;
  return ended === null ? '' : fact(text('Verifica finita', 'Verification ended'), dayAndTime(ended));
}

/** What people would have done within the RTO and nobody did: whoever reads the figure must know that it is not in it. */
function onlyNamed(report: Report): Fragment {
  const { steps } = report;
  const count = countOf(report);
  const [from, to] = [count.from?.offsetMs, count.to?.offsetMs];
  if (from === undefined || to === undefined) return '';
  const named = steps.filter(({ attempts }) =>
    attempts.some((attempt) => isOnlyNamed(attempt) && attempt.offsetMs >= from && attempt.offsetMs <= to),
  );
  if (named.length === 0) return '';
  const name = text('Simulato, contato zero', 'Simulated, counted zero');
  if (named.length > MAX_NAMED)
    return fact(name, counted(named.length, text('passo', 'step'), text('passi', 'steps')));
  const titles = join(
    named.map(({ titleIt, titleEn }) => text(titleIt, titleEn)),
    ', ',
  );
  return fact(name, titles);
}

function rpoFacts({ milestones, cassettes }: Report): Fragment {
  const snapshots = cassettes.map((cassette) => html`${dayAndTime(cassette.snapshotAtUtc)} `);
  return [
    fact(text('Ultimo snapshot', 'Newest snapshot'), snapshots.length === 0 ? '–' : (snapshots.at(-1) ?? '')),
    fact(text('Evento', 'Event'), instant(milestones, 'event')),
  ];
}

function instant(milestones: readonly Milestone[], name: Milestone['name']): Fragment {
  const found = milestones.find((milestone) => milestone.name === name);
  if (found === undefined) return text('non registrato', 'not on record');
  return html`${dayAndTime(found.atUtc)} <small>${originTexts[found.origin]}</small>`;
}

export function fact(name: Text, value: Fragment): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`;
}
