/** The restored services, each with a clock of its own: the study's target, the plan's beside it where the two disagree. */
import type { ServiceClock } from '../../runbooks/clock/model.ts';
import { duration, target } from '../format.ts';
import { type Fragment, html } from '../html.ts';
import { icon } from '../icons.ts';
import type { Report } from '../model.ts';
import { checkOutcomeTexts, type Text, text } from '../texts.ts';
import { clock, fact } from './clocks.ts';

export function servicesSection({ services = [] }: Report): Fragment {
  if (services.length === 0) return '';
  const title = text('Servizi con un tempo proprio', 'Services with a time of their own');
  return html`<section aria-labelledby="services"><h2 id="services">${title}</h2>
<div class="clocks">
${services.map(card)}</div></section>\n`;
}

function card(service: ServiceClock): Fragment {
  const { nameIt, nameEn, rto, rpo, outcome, planRtoMs, checks, checked } = service;
  return clock('RTO', text(nameIt, nameEn), { ...rto, outcome }, [
    fact(text('Verifiche', 'Checks'), checkFact(checks.length, checked)),
    fact(text('RPO', 'RPO'), html`${against(rpo)} ${sign(rpo.outcome)}`),
    rto.assumedMs > 0 ? fact(text('Di cui simulato', 'Of which simulated'), duration(rto.assumedMs)) : '',
    rto.unaccountedMs > 0
      ? fact(text('Incerto per gli orologi', 'Uncertain because of the clocks'), duration(rto.unaccountedMs))
      : '',
    planRtoMs === undefined
      ? ''
      : fact(text('Il piano dice', 'The plan says'), planSays(rto.actualMs, planRtoMs)),
  ]);
}

function checkFact(count: number, checked: ServiceClock['checked']): Fragment {
  if (count === 0) return text('nessuna: non si sa se funzioni', 'none: whether it works is not known');
  return html`${count} ${sign(checked)}`;
}

function sign(outcome: ServiceClock['outcome']): Fragment {
  return html`<span class="sign">${icon(outcome)}${checkOutcomeTexts[outcome]}</span>`;
}

function against({ actualMs, targetMs }: ServiceClock['rpo']): Text {
  const limit = target(targetMs);
  const actual = actualMs === null ? text('non misurato', 'not measured') : duration(actualMs);
  return text(`${actual.it} su ${limit.it}`, `${actual.en} of ${limit.en}`);
}

/** The documents disagree, and until that is settled a reader must see both. */
function planSays(actualMs: number | null, planRtoMs: number): Text {
  const limit = target(planRtoMs);
  if (actualMs === null) return limit;
  return actualMs <= planRtoMs
    ? text(`${limit.it}, rispettato`, `${limit.en}, met`)
    : text(`${limit.it}, non rispettato`, `${limit.en}, missed`);
}
