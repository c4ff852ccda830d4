/** Paragraphs that several letters share. */
import { siteById } from '../../inventory/lookup.ts';
import type { LetterFacts } from './letter.ts';
import { bullets, hoursLine, romeDate, serviceLine, situation, viareggio } from './phrases.ts';

/** `Con decisione di lunedì ..., ` or nothing. */
export function decided({ decidedAtUtc }: LetterFacts): string {
  return decidedAtUtc === undefined ? '' : `con decisione di ${romeDate(decidedAtUtc)} `;
}

export function atViareggio({ secondarySite = true }: LetterFacts): boolean {
  return secondarySite;
}

/** What has happened and where the Chamber works now. */
export function whereWeWork(facts: LetterFacts): string {
  const place = atViareggio(facts)
    ? `è stata attivata la sede alternativa: ${viareggio(facts.inventory)}`
    : 'si è scelto di non attivare il sito secondario e si lavora al ripristino dei servizi';
  return `Si comunica che ${situation(facts)}; ${decided(facts)}${place}.`;
}

export function services(facts: LetterFacts): string | null {
  if (!atViareggio(facts)) return null;
  return bullets(
    "Presso la sede di Viareggio si offrono all'utenza, con orario ampliato e personale aggiuntivo:",
    facts.inventory.frontOfficeServices.map(serviceLine),
  );
}

export function otherServices(facts: LetterFacts): string | null {
  return atViareggio(facts) ? 'Gli altri servizi saranno resi operativi in tempi successivi.' : null;
}

export function openingHours(facts: LetterFacts): string | null {
  if (!atViareggio(facts)) return null;
  return bullets('Orario di apertura al pubblico a Viareggio:', facts.inventory.openingHours.map(hoursLine));
}

export function limits({ limits: given = [] }: LetterFacts): string {
  return (
    bullets('Limiti imposti dalla situazione di crisi:', given) ??
    'I limiti imposti dalla situazione di crisi sono in corso di rilevazione e saranno comunicati appena noti.'
  );
}

/** When file server and domain are promised (6.2.4); until it is known, that it will be told. */
export function promisedRelease({ inventory, promisedReleaseUtc }: LetterFacts): string {
  const { town } = siteById(inventory, 'viareggio').address;
  return promisedReleaseUtc === undefined
    ? `La data entro cui si prevede il rilascio del server (file server e Active Directory) a ${town} sarà comunicata appena nota.`
    : `Il rilascio del server (file server e Active Directory) a ${town} è previsto entro ${romeDate(promisedReleaseUtc)}.`;
}
