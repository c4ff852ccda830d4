/** Letters of the plan's 6.2.4 and 6.3: how the restore goes, the end of the emergency, and the return to Lucca. */

import { siteById } from '../../inventory/lookup.ts';
import { composeLetter, type Letter, type LetterFacts } from './letter.ts';
import { inHours, isLuccaClosed, romeDate, situation, viareggio } from './phrases.ts';
import {
  atViareggio,
  limits,
  openingHours,
  otherServices,
  promisedRelease,
  services,
  whereWeWork,
} from './sections.ts';

/** 6.2.4 */
export function committeeProgress(facts: LetterFacts): Letter {
  const { rtoHours } = facts.inventory.targets.fileServerAndDomain;
  return composeLetter(facts, {
    lists: ['committee'],
    subject: 'Avanzamento del piano di Disaster Recovery',
    signedBy: 'referente-servizi-informatici',
    internal: true,
    paragraphs: [
      'Ai componenti del Comitato di Crisi',
      'È in corso il piano di Disaster Recovery presso la sede di Viareggio.',
      promisedRelease(facts),
      `Il tempo di ripristino (RTO) da rispettare è di ${inHours(rtoHours)} dall'attivazione del piano.`,
      'Il servizio può riprendere anche prima del rilascio del file server e di Active Directory.',
    ],
  });
}

/** 6.3.1, to the committee. */
export function committeeRestored(facts: LetterFacts): Letter {
  return composeLetter(facts, {
    lists: ['committee'],
    subject: 'Completamento del ripristino operativo',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'Ai componenti del Comitato di Crisi',
      `Si comunica che il ripristino operativo è completato${atViareggio(facts) ? ` presso la ${viareggio(facts.inventory)}` : ''}.`,
      limits(facts),
      services(facts),
      otherServices(facts),
    ],
  });
}

/** The return (3.4), to the committee: it is the one that declares the emergency over. */
export function committeeReturned(facts: LetterFacts): Letter {
  const { name, address } = siteById(facts.inventory, 'lucca');
  const { outage } = facts;
  return composeLetter(facts, {
    lists: ['committee'],
    subject: 'Rientro a Lucca: servizi di nuovo nella sede principale',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'Ai componenti del Comitato di Crisi',
      `Si comunica che file server e Active Directory sono di nuovo in servizio presso la ${name} (${address.street}), con tutto ciò che è stato scritto a Viareggio durante la crisi.`,
      outage === undefined
        ? null
        : `Per il rientro nessuno ha potuto lavorare sui file da ${romeDate(outage.fromUtc)} a ${romeDate(outage.toUtc)}.`,
      'I server di Viareggio tornano in attesa, pronti per una nuova emergenza.',
      limits(facts),
      "Spetta al Comitato dichiarare chiusa l'emergenza.",
    ],
  });
}

/** 6.3.1, to the staff. */
export function staffClosure(facts: LetterFacts): Letter {
  const moves = atViareggio(facts);
  return composeLetter(facts, {
    lists: ['staff'],
    subject: "Chiusura dell'emergenza: dove e come si lavora",
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'A tutto il personale',
      'La fase di emergenza è conclusa e il servizio riprende in modo ridotto.',
      moves
        ? `Il personale di Sportello e di Retrosportello deve presentarsi alla ${viareggio(facts.inventory)}. Il trasporto avviene con mezzi propri o pubblici, a scelta del dipendente.`
        : null,
      isLuccaClosed(facts)
        ? `Poiché ${situation(facts)}, il personale non coinvolto non può accedere allo stabile di Lucca fino a nuova comunicazione.`
        : null,
      moves && facts.serverIsBack !== true ? promisedRelease(facts) : null,
      limits(facts),
      openingHours(facts),
    ],
  });
}

/** 6.3.3, to the press; the same text goes on the web site. */
export function pressClosure(facts: LetterFacts): Letter {
  const closed = isLuccaClosed(facts) && atViareggio(facts);
  return composeLetter(facts, {
    lists: ['press'],
    subject: closed
      ? 'Camera di Commercio di Lucca: sede chiusa, servizi a Viareggio'
      : 'Camera di Commercio di Lucca: ripresa dei servizi',
    signedBy: 'responsabile-comunicazione',
    internal: false,
    paragraphs: [
      'Agli organi di informazione, con preghiera di diffusione',
      atViareggio(facts)
        ? `La Camera di Commercio di Lucca informa gli utenti che ${situation(facts)}. I servizi al pubblico proseguono presso la ${viareggio(facts.inventory)}.`
        : 'La Camera di Commercio di Lucca informa gli utenti che i servizi sono ripresi, con le limitazioni dovute alla situazione.',
      services(facts),
      otherServices(facts),
      openingHours(facts),
    ],
  });
}

/** 6.3.3, to Council and Board. */
export function councilAndBoardClosure(facts: LetterFacts): Letter {
  const { afterWeeks, workstations } = facts.inventory.mutualAid;
  return composeLetter(facts, {
    lists: ['council-and-board'],
    subject: "Chiusura dell'emergenza e limiti della situazione di crisi",
    signedBy: 'responsabile-comunicazione',
    internal: true,
    paragraphs: [
      'Ai componenti del Consiglio camerale e della Giunta',
      `La fase di emergenza è conclusa. ${
        atViareggio(facts) ? whereWeWork(facts) : 'Il sito secondario non è stato attivato.'
      }`,
      limits(facts),
      'Sono in corso azioni aggiuntive per individuare gli interventi opportuni alla ripresa completa del servizio.',
      `Se la sede primaria restasse indisponibile per più di ${afterWeeks} settimane, si valuteranno accordi di mutuo soccorso con altre Camere di Commercio, con almeno ${workstations} stazioni di lavoro attrezzate.`,
      openingHours(facts),
    ],
  });
}
