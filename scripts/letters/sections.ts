/** Paragraphs that several letters share. */
import { siteById } from '../../inventory/lookup.ts';
import type { LetterFacts } from './letter.ts';
import { bullets, hoursLine, romeDate, serviceLine, situation, viareggio } from './phrases.ts';

/** `con decisione di lunedì ... ` or nothing. */
function decided(atUtc: string | undefined): string {
  return atUtc === undefined ? '' : `con decisione di ${romeDate(atUtc)} `;
}

/** What has happened and that it is a crisis, without a full stop. */
export function crisisDeclared(facts: LetterFacts): string {
  return `${situation(facts)}; ${decided(facts.declaredAtUtc)}è stato dichiarato lo stato di crisi`;
}

/** Where the committee meets. */
export function controlCentre({ controlCentre: told = '' }: LetterFacts): string {
  const place = told.replaceAll(/\s+/g, ' ').trim();
  return place === ''
    ? "Il Comitato è convocato con urgenza presso il Centro di Controllo; la sede scelta è comunicata dall'Ufficio tecnico."
    : `Il Comitato è convocato con urgenza presso il Centro di Controllo. Luogo e ora: ${place}`;
}

export function atViareggio({ secondarySite = true }: LetterFacts): boolean {
  return secondarySite;
}

/** What has happened and where the Chamber works now. */
export function whereWeWork(facts: LetterFacts): string {
  const place = atViareggio(facts)
    ? `è stata attivata la sede alternativa: ${viareggio(facts.inventory)}`
    : 'si è scelto di non attivare il sito secondario e si lavora al ripristino dei servizi';
  return `Si comunica che ${situation(facts)}; ${decided(facts.decidedAtUtc)}${place}.`;
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

/** Plan 6.3.1: misalignments first, then what people found. */
export function limits({ dataUntilUtc, limits: found = [] }: LetterFacts): string {
  const missing =
    dataUntilUtc === undefined
      ? ''
      : `i file degli uffici e i dati delle applicazioni ripristinate sono quelli di ${romeDate(dataUntilUtc)}, ora della copia: manca ciò che è stato scritto dopo`;
  return (
    bullets('Limiti imposti dalla situazione di crisi:', [missing, ...found]) ??
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
