/** Letters of the plan's 6.1 and 6.2.2: the crisis begins. */
import { siteById } from '../../inventory/lookup.ts';
import { composeLetter, type Letter, type LetterFacts } from './letter.ts';
import {
  bullets,
  contractors,
  inWords,
  isLuccaClosed,
  scenarioName,
  supplierSection,
  viareggio,
} from './phrases.ts';
import {
  atViareggio,
  controlCentre,
  crisisDeclared,
  openingHours,
  otherServices,
  services,
  whereWeWork,
} from './sections.ts';

/** 6.1.3 */
export function committeeCalled(facts: LetterFacts): Letter {
  return composeLetter(facts, {
    lists: ['committee'],
    subject: 'Convocazione del Comitato di Crisi',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'Ai componenti del Comitato di Crisi',
      `Si comunica che ${crisisDeclared(facts)} (${scenarioName(facts)}).`,
      controlCentre(facts),
      bullets('Ordine del giorno:', [
        'danni al sito primario e accessibilità dei siti',
        'impatti sui servizi, sulle persone e possibili implicazioni legali',
        'disponibilità delle persone necessarie per attivare il sito secondario',
        'scelta della soluzione: sito secondario, riattivazione del sito primario o altro',
      ]),
    ],
  });
}

/** 6.1.4 */
export function councilAndBoardCrisis(facts: LetterFacts): Letter {
  return composeLetter(facts, {
    lists: ['council-and-board'],
    subject: 'Nota informativa: stato di crisi in atto',
    signedBy: 'responsabile-comunicazione',
    internal: true,
    paragraphs: [
      'Ai componenti del Consiglio camerale e della Giunta',
      `Si informa che ${crisisDeclared(facts)} previsto dal Piano di continuità operativa (${scenarioName(facts)}).`,
      'È convocato il Comitato di Crisi, che valuta i danni e sceglie la soluzione da adottare. Seguiranno aggiornamenti sui servizi disponibili e sui tempi di ripresa.',
    ],
  });
}

/** 6.1.11 */
export function staffServices(facts: LetterFacts): Letter {
  return composeLetter(facts, {
    lists: ['staff'],
    subject: atViareggio(facts)
      ? 'Servizi presso la sede di Viareggio e nuovo orario'
      : 'Servizi durante lo stato di crisi',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'A tutto il personale',
      whereWeWork(facts),
      isLuccaClosed(facts) ? 'La sede di Lucca resta chiusa al pubblico fino a nuova comunicazione.' : null,
      services(facts),
      otherServices(facts),
      openingHours(facts),
    ],
  });
}

/** 6.1.11: Viareggio itself. */
export function viareggioWarned(facts: LetterFacts): Letter {
  const { rooms, keysHeldByRoles } = siteById(facts.inventory, 'viareggio');
  const desks = rooms.reduce((sum, room) => sum + room.desks, 0);
  const keys = facts.inventory.roles
    .filter(({ id }) => keysHeldByRoles.includes(id))
    .map(({ nameIt }) => nameIt);
  return composeLetter(facts, {
    lists: ['viareggio'],
    subject: atViareggio(facts)
      ? 'Attivazione della sede alternativa di Viareggio'
      : 'Stato di crisi: preavviso',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'Al Responsabile e al personale della sede di Viareggio',
      whereWeWork(facts),
      atViareggio(facts)
        ? bullets('Si chiede di:', [
            `rendere accessibile la sede (${viareggio(facts.inventory)})${keys.length === 0 ? '' : `; le chiavi sono affidate a: ${inWords(keys)}`}`,
            `tenere libere e accese le ${desks} postazioni riservate al ripristino`,
            "preparare gli sportelli per l'orario ampliato e per il personale in arrivo da Lucca",
          ])
        : "Si chiede di tenere disponibile la sede, nel caso in cui se ne decida in seguito l'attivazione.",
      services(facts),
      openingHours(facts),
    ],
  });
}

/** 6.2.2 */
export function suppliersWarned(facts: LetterFacts): Letter {
  const { inventory } = facts;
  return composeLetter(facts, {
    lists: ['suppliers'],
    subject: 'Stato di crisi della Camera di Commercio di Lucca: richiesta di supporto prioritario',
    signedBy: 'rco',
    internal: true,
    paragraphs: [
      'Ai fornitori della Camera di Commercio di Lucca',
      whereWeWork(facts),
      'Si chiede la disponibilità a riservare una corsia preferenziale alle richieste che si rendessero necessarie, e a intervenire secondo gli accordi contrattuali per i servizi indicati di seguito, con i tempi su cui conta il Piano di continuità operativa.',
      ...contractors(inventory).map((supplier) => supplierSection(inventory, supplier)),
      'Si prega di confermare la ricezione e di indicare un referente per la durata della crisi.',
    ],
  });
}
