/**
 * Plan 6.3, the emergency is closed: the limits are told inside and outside, and the way to full service is planned.
 * The letters about Viareggio wait only for its counters, not for the server. Time-outs are this project's, not the plan's.
 */
import { atSecondarySite, inCrisis, longAbsence, notAtSecondarySite } from './conditions.ts';
import type { Runbook } from './model.ts';

/** Service is back, whichever way 6.1.10 took; the other ways are not needed and hold up nothing. */
const serviceIsBack = [
  '6.2.4-accepted',
  '6.1.10-other-room',
  '6.1.10-repair',
  '6.1.10-clean',
  '6.1.10-other',
] as const;

const inside: Runbook = [
  {
    id: '6.3.1',
    clause: '6.3.1',
    phase: 'closing',
    kind: 'notify',
    message: 'committee-restored',
    interval: 'human',
    title: {
      it: 'Riferire al Comitato la ripresa e i suoi limiti',
      en: 'Report the resumption and its limits to the Committee',
    },
    responsible: 'rco',
    supporting: ['ufficio-stampa'],
    needs: serviceIsBack,
    when: inCrisis,
    instructions: {
      it: "Leggere il rapporto: quali servizi ci sono, da che ora mancano dati, che cosa hanno segnalato gli utenti (nota di 6.2.4, accettazione). Se manca qualcosa, riprendere quella risposta e completarne la nota. Non nascondere i limiti. Confermare l'invio.",
      en: 'Read the report: which services are there, since when data are missing, what users reported (note of 6.2.4, acceptance). If something is missing, take that answer back and complete its note. Do not hide limits. Confirm that it is sent.',
    },
    proof: { it: 'Il rapporto è partito, con i limiti.', en: 'The report went out, with the limits.' },
    undo: null,
    timeoutMinutes: 240,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.3.1-staff',
    clause: '6.3.1',
    phase: 'closing',
    kind: 'notify',
    message: 'staff-closure',
    interval: 'human',
    title: {
      it: 'Dire al personale chi va a Viareggio e chi no',
      en: 'Tell the staff who goes to Viareggio and who does not',
    },
    responsible: 'rco',
    supporting: [],
    needs: ['6.2.4-front-office'],
    when: atSecondarySite,
    instructions: {
      it: "Leggere la lettera. Sportello e retrosportello: devono presentarsi a Viareggio, nei giorni e negli orari scritti. Tutti gli altri: a Lucca non si entra, aspettare istruzioni dal proprio ufficio. Confermare l'invio.",
      en: 'Read the letter. Front and back office: they must come to Viareggio, on the days and at the hours stated. All others: Lucca cannot be entered, wait for word from their own office. Confirm that it is sent.',
    },
    proof: { it: 'La lettera è partita a entrambi i gruppi.', en: 'The letter went out to both groups.' },
    undo: null,
    timeoutMinutes: 480,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.3.1-press',
    clause: '6.3.1',
    phase: 'closing',
    kind: 'human',
    interval: 'human',
    title: {
      it: "Dare all'ufficio stampa chiusura di Lucca e orari di Viareggio",
      en: "Give the press office Lucca's closure and Viareggio's hours",
    },
    responsible: 'rco',
    supporting: ['ufficio-stampa'],
    needs: ['6.2.4-front-office'],
    when: atSecondarySite,
    instructions: {
      it: "Dare all'ufficio stampa l'elenco degli orari (inventario, opening-hours.yaml) e dei servizi aperti. Controllare con la sede che siano quelli veri di oggi. L'ufficio stampa informa gli utenti e risponde alle domande: nessun altro parla con i giornali.",
      en: 'Give the press office the list of opening hours (inventory, opening-hours.yaml) and of open services. Check with the site that they are those of today. The press office tells the users and answers questions: nobody else talks to newspapers.',
    },
    proof: {
      it: "L'ufficio stampa ha gli orari e li ha comunicati.",
      en: 'The press office has the hours and has told them.',
    },
    undo: { it: 'Dare una rettifica.', en: 'Give out a correction.' },
    timeoutMinutes: 480,
    escalateTo: 'segretario-generale',
  },
];

const fullRestoration: Runbook = [
  {
    id: '6.3.2',
    clause: '6.3.2',
    phase: 'closing',
    kind: 'human',
    interval: 'decision',
    title: {
      it: 'Preparare il piano per il ripristino completo',
      en: 'Prepare the plan for full restoration',
    },
    responsible: 'rco',
    supporting: [],
    needs: ['6.3.1'],
    when: inCrisis,
    instructions: {
      it: "Chiedere all'ufficio tecnico per quanto tempo Lucca resterà chiusa. Se più di 3 settimane, o se nessuno lo sa dire, scegliere la prima risposta. Scrivere che cosa manca per tornare al servizio completo, chi lo fa e per quando. Il ritorno a Lucca ha un'esecuzione sua.",
      en: 'Ask the technical office for how long Lucca will stay closed. If more than 3 weeks, or if nobody can say, choose the first answer. Write what is missing for full service, who does it and by when. The return to Lucca has a run of its own.',
    },
    options: [
      { id: 'less', it: 'Lucca riapre entro 3 settimane', en: 'Lucca opens again within 3 weeks' },
      {
        id: 'more-than-three-weeks',
        it: 'Lucca resta chiusa più di 3 settimane, o non si sa',
        en: 'Lucca stays closed for more than 3 weeks, or nobody knows',
      },
    ],
    proof: { it: 'Il piano, con date e responsabili.', en: 'The plan, with dates and who is responsible.' },
    undo: {
      it: 'Riprendere la risposta, finché nulla ne dipende; poi aggiornare il piano.',
      en: 'Take the answer back while nothing depends on it; later, update the plan.',
    },
    timeoutMinutes: 4320,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.3.2-mutual-aid',
    clause: '6.3.2',
    phase: 'closing',
    kind: 'human',
    interval: 'human',
    title: {
      it: "Chiedere mutuo soccorso a un'altra Camera di Commercio",
      en: 'Ask another Chamber of Commerce for mutual aid',
    },
    responsible: 'rco',
    supporting: ['segretario-generale', 'referente-infocamere'],
    needs: ['6.3.2'],
    when: longAbsence,
    instructions: {
      it: "Chiedere a un'altra Camera almeno 5 postazioni già pronte per i programmi InfoCamere di contabilità e atti. Mettersi d'accordo per iscritto: da quando, per quanto, chi vi lavora. Chiedere a InfoCamere di abilitare le persone da quella sede.",
      en: "Ask another Chamber for at least 5 workstations ready for InfoCamere's programs for accounting and acts. Agree in writing: from when, for how long, who works there. Ask InfoCamere to enable the people from that site.",
    },
    proof: {
      it: 'Accordo scritto e postazioni provate.',
      en: 'An agreement in writing, and workstations that were tried.',
    },
    undo: {
      it: "Disdire l'accordo con l'altra Camera.",
      en: 'Call the agreement with the other Chamber off.',
    },
    timeoutMinutes: 10_080,
    escalateTo: 'segretario-generale',
  },
];

const outside: Runbook = [
  {
    id: '6.3.3',
    clause: '6.3.3',
    phase: 'closing',
    kind: 'notify',
    message: 'council-and-board-closure',
    interval: 'human',
    title: {
      it: 'Comunicare a Consiglio e Giunta la chiusura e i limiti',
      en: 'Tell the Council and the Board of the closing and its limits',
    },
    responsible: 'responsabile-comunicazione',
    supporting: [],
    // The limits are those of the report to the Committee.
    needs: ['6.3.1'],
    when: inCrisis,
    instructions: {
      it: "Leggere la nota: i limiti che restano, e che si sta lavorando al resto. Non promettere date che il piano non ha. Confermare l'invio.",
      en: 'Read the note: the limits that remain, and that the rest is being worked on. Promise no dates that the plan does not have. Confirm that it is sent.',
    },
    proof: { it: 'La nota è partita.', en: 'The note went out.' },
    undo: null,
    timeoutMinutes: 480,
    escalateTo: 'rco',
  },
  {
    id: '6.3.3-press',
    clause: '6.3.3',
    phase: 'closing',
    kind: 'notify',
    message: 'press-closure',
    interval: 'human',
    title: {
      it: 'Dare a stampa e sito gli orari di Viareggio',
      en: "Give press and web site Viareggio's hours",
    },
    responsible: 'responsabile-comunicazione',
    supporting: ['ufficio-stampa'],
    needs: ['6.2.4-front-office'],
    when: atSecondarySite,
    instructions: {
      it: "Leggere il comunicato: Lucca è chiusa, questi sono gli orari di Viareggio. Confermare l'invio ai giornali locali. Far pubblicare lo stesso testo sul sito; se il sito è fermo, chiedere al suo fornitore (inventario, suppliers.yaml).",
      en: "Read the release: Lucca is closed, these are Viareggio's hours. Confirm that it is sent to the local papers. Have the same text published on the web site; if the site is down, ask its supplier (inventory, suppliers.yaml).",
    },
    proof: {
      it: 'Il comunicato è partito e si legge sul sito.',
      en: 'The release went out and can be read on the web site.',
    },
    undo: null,
    timeoutMinutes: 480,
    escalateTo: 'rco',
  },
  {
    id: '6.3.3-public',
    clause: '6.3.3',
    phase: 'closing',
    kind: 'human',
    interval: 'human',
    title: {
      it: 'Dire al pubblico che il servizio è ripreso',
      en: 'Tell the public that service has resumed',
    },
    responsible: 'responsabile-comunicazione',
    supporting: ['ufficio-stampa'],
    needs: ['6.3.1'],
    when: notAtSecondarySite,
    instructions: {
      it: 'Dire a giornali locali, sito e centralino quali servizi sono ripresi e quali limiti restano. Togliere gli avvisi che non sono più veri.',
      en: 'Tell the local papers, the web site and the switchboard which services have resumed and which limits remain. Take down notices that are true no more.',
    },
    proof: { it: 'Gli avvisi sono aggiornati.', en: 'The notices are up to date.' },
    undo: { it: 'Dare una rettifica.', en: 'Give out a correction.' },
    timeoutMinutes: 480,
    escalateTo: 'rco',
  },
];

export const closing: Runbook = [...inside, ...fullRestoration, ...outside];
