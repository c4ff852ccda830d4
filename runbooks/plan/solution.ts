/**
 * Plan 6.1.10 and 6.1.11: the decision, what it asks for at once, and what is announced. The end of the reaction.
 * Time-outs are this project's, not the plan's.
 */

import { SCENARIO_STEP } from '../evidence/scenario.ts';
import {
  atSecondarySite,
  cleanedAndRebuilt,
  inCrisis,
  inOtherRoom,
  otherSolution,
  repaired,
} from './conditions.ts';
import type { Runbook } from './model.ts';

const decision: Runbook = [
  {
    id: '6.1.10',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'decision',
    title: { it: 'Decidere la soluzione', en: 'Decide the solution' },
    responsible: 'rco',
    supporting: [
      'referente-servizi-informatici',
      'referente-ufficio-tecnico',
      'responsabile-coordinamento',
      'responsabile-prevenzione',
      'segretario-generale',
      'referente-infocamere',
      'provveditore',
    ],
    needs: [SCENARIO_STEP, '6.1.3', '6.1.9'],
    when: inCrisis,
    instructions: {
      it: 'Decide il Comitato. Con D1 non scegliere mai il sito primario: a Lucca non si può stare; la risposta è il sito secondario o, se anche Viareggio è colpita, altro. Con D2 e D3 scegliere Lucca solo se si è certi di finire prima che a Viareggio. Con malware non riaccendere le macchine infette. Nel dubbio: sito secondario.',
      en: 'The Committee decides. With D1 never choose the primary site: Lucca cannot be used; the answer is the secondary site or, if Viareggio is struck too, other. With D2 and D3 choose Lucca only if it is certain to be done sooner than at Viareggio. With malware do not switch infected machines on again. In doubt: the secondary site.',
    },
    options: [
      {
        id: 'secondary-site',
        it: 'Attivare il sito secondario: Viareggio',
        en: 'Activate the secondary site: Viareggio',
      },
      {
        id: 'primary-site',
        it: 'Riattivare il sito primario: Lucca',
        en: 'Reactivate the primary site: Lucca',
        // D1 leaves nothing at Lucca to reactivate.
        when: [{ step: SCENARIO_STEP, options: ['D2', 'D3', 'D3-malware'] }],
      },
      { id: 'other', it: "Un'altra soluzione", en: 'Another solution' },
    ],
    proof: {
      it: 'La decisione è registrata, con chi la ha presa e perché.',
      en: 'The decision is on record, with who took it and why.',
    },
    undo: {
      it: 'Riprendere la risposta, finché nulla ne dipende. Poi serve una nuova decisione del Comitato, e si annulla passo per passo.',
      en: 'Take the answer back while nothing depends on it. Later the Committee must decide anew, and it is undone step by step.',
    },
    timeoutMinutes: 120,
    escalateTo: 'segretario-generale',
  },
];

/** What the plan wants every solution to include. */
const support: Runbook = [
  {
    id: '6.1.10-workstations',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: 'Predisporre le postazioni di lavoro', en: 'Prepare the workstations' },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici', 'referente-infocamere'],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: "Lo fanno l'ufficio informatico e il referente InfoCamere, dove si lavorerà. Accendere le postazioni, provare rete e servizi InfoCamere. Se ne servono altre, controllare le porte libere dello switch (inventario, sites.yaml) e portarle. I servizi InfoCamere non aspettano il nostro server.",
      en: "Done by the IT office and InfoCamere's contact, where work will go on. Switch the desks on, try network and InfoCamere's services. If more are needed, check the free ports of the switch (inventory, sites.yaml) and bring them. InfoCamere's services do not wait for our server.",
    },
    proof: {
      it: 'Da ogni postazione si apre un servizio InfoCamere.',
      en: "Each desk opens one of InfoCamere's services.",
    },
    undo: { it: 'Riportare al loro posto le postazioni spostate.', en: 'Take desks that were moved back.' },
    timeoutMinutes: 480,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.1.10-spending',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: 'Autorizzare le spese urgenti', en: 'Authorise urgent spending' },
    responsible: 'rco',
    supporting: ['provveditore'],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: 'Con il Provveditore: elencare che cosa va comprato o noleggiato subito, con quanto si può spendere e chi firma. Se non serve nulla, rispondere "fatto" e scriverlo nella nota.',
      en: 'With the Purveyor: list what has to be bought or hired at once, how much may be spent and who signs. If nothing is needed, answer "done" and say so in the note.',
    },
    proof: { it: 'Importo e motivo annotati.', en: 'Amount and reason noted.' },
    undo: {
      it: 'Ritirare gli ordini non ancora partiti; ciò che è speso resta speso.',
      en: 'Withdraw orders that have not gone out; what is spent stays spent.',
    },
    timeoutMinutes: 240,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.1.10-logistics',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: 'Dare il supporto logistico', en: 'Give logistic support' },
    responsible: 'rco',
    supporting: ['referente-ufficio-tecnico'],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: "Lo fa l'ufficio tecnico: locali aperti, corrente, scrivanie, trasporto dei materiali. Il personale va a Viareggio con mezzi propri: l'ente non organizza il viaggio.",
      en: 'Done by the technical office: rooms open, power, desks, transport of material. The staff reach Viareggio by their own means: the Chamber does not organise the journey.',
    },
    proof: {
      it: 'Chi deve lavorare ha posto, corrente e chiavi.',
      en: 'Who has to work has room, power and keys.',
    },
    undo: {
      it: 'Richiudere i locali e riportare i materiali.',
      en: 'Close the rooms and take the material back.',
    },
    timeoutMinutes: 480,
    escalateTo: 'segretario-generale',
  },
];

/**
 * The ways that do not lead to Viareggio. They are carried out by people: the program restores at the secondary site. That service is
 * back people say too, so the end of each reaches `accepted` without anything verified before.
 */
const otherWays: Runbook = [
  {
    id: '6.1.10-other-room',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: {
      it: "D2: ripartire in un'altra stanza di Lucca",
      en: 'D2: start again in another room of Lucca',
    },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici', 'referente-ufficio-tecnico'],
    needs: ['6.1.10'],
    when: inOtherRoom,
    instructions: {
      it: 'Scegliere una stanza asciutta, con corrente e rete. Portarvi le macchine sane, o quelle del fornitore. Non riaccendere macchine bagnate o bruciate. Portare la cassetta da Viareggio e ripristinare con gli script (docs/restore.md). Far provare agli utenti accesso e file; ciò che manca ancora va nella nota, senza nomi: lo ripetono le lettere 6.3.1 e 6.3.3. Se si capisce che Viareggio sarebbe più rapida, tornare dal Comitato.',
      en: "Choose a dry room with power and network. Bring the sound machines there, or the supplier's. Do not switch on machines that are wet or burnt. Bring the cassette from Viareggio and restore with the scripts (docs/restore.md). Have users try log-on and files; what is still missing goes into the note, without names: the letters 6.3.1 and 6.3.3 repeat it. If it turns out that Viareggio would be quicker, go back to the Committee.",
    },
    proof: {
      it: "Gli utenti entrano e lavorano sui loro file nell'altra stanza.",
      en: 'Users log on and work on their files in the other room.',
    },
    undo: {
      it: 'Spegnere le macchine della stanza prima di attivare un altro sito: due siti non servono mai lo stesso dominio.',
      en: 'Switch off the machines of the room before another site is activated: two sites never serve the same domain.',
    },
    timeoutMinutes: 1440,
    escalateTo: 'segretario-generale',
    milestone: 'accepted',
  },
  {
    id: '6.1.10-repair',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: 'D3: riparare a Lucca ciò che è guasto', en: 'D3: repair at Lucca what is broken' },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici', 'referente-ufficio-tecnico'],
    needs: ['6.1.10'],
    when: repaired,
    instructions: {
      it: 'Toccare solo ciò che è guasto. Prima fare una copia di ciò che ancora si legge. Sostituire il pezzo o la macchina. Se mancano dati, riprenderli dalla cassetta con gli script (docs/restore.md). Lasciare lavorare chi può. Far provare agli utenti accesso e file; ciò che manca ancora va nella nota, senza nomi: lo ripetono le lettere 6.3.1 e 6.3.3.',
      en: 'Touch only what is broken. First copy what can still be read. Replace the part or the machine. If data are missing, take them from the cassette with the scripts (docs/restore.md). Let those work who can. Have users try log-on and files; what is still missing goes into the note, without names: the letters 6.3.1 and 6.3.3 repeat it.',
    },
    proof: {
      it: 'Ciò che era guasto funziona e gli utenti lo confermano.',
      en: 'What was broken works and users confirm it.',
    },
    undo: {
      it: 'Rimettere la macchina di prima, se è stata conservata; i dati scritti nel frattempo vanno copiati a parte.',
      en: 'Put the former machine back, if it was kept; data written meanwhile have to be copied separately.',
    },
    timeoutMinutes: 1440,
    escalateTo: 'segretario-generale',
    milestone: 'accepted',
  },
  {
    id: '6.1.10-clean',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: {
      it: 'D3 con malware: isolare e ricostruire a Lucca',
      en: 'D3 with malware: isolate and rebuild at Lucca',
    },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici', 'referente-ufficio-tecnico'],
    needs: ['6.1.10', '6.1.8-malware'],
    when: cleanedAndRebuilt,
    instructions: {
      it: "Staccare dalla rete tutte le macchine infette o sospette. Mettere da parte i loro dischi: sono prove. Reinstallare da zero, non ripulire. Ripristinare con gli script (docs/restore.md) una copia di prima dell'istante stabilito in 6.1.8, mai l'ultima per abitudine. Cambiare tutte le password prima di ricollegare. Far provare agli utenti accesso e file.",
      en: 'Unplug every infected or suspect machine from the network. Put their disks aside: they are evidence. Install from scratch, do not clean. Restore with the scripts (docs/restore.md) a snapshot from before the instant that 6.1.8 established, never the newest by reflex. Change all passwords before connecting again. Have users try log-on and files; what is still missing goes into the note, without names: the letters 6.3.1 and 6.3.3 repeat it.',
    },
    proof: {
      it: 'Macchine reinstallate, password cambiate, nessuna traccia nuova; gli utenti lavorano.',
      en: 'Machines installed anew, passwords changed, no new trace; users work.',
    },
    undo: {
      it: 'Se il virus torna: staccare di nuovo tutto e ripartire da una copia più vecchia.',
      en: 'If the virus returns: unplug everything again and start from an older snapshot.',
    },
    timeoutMinutes: 2160,
    escalateTo: 'segretario-generale',
    milestone: 'accepted',
  },
  {
    id: '6.1.10-other',
    clause: '6.1.10',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: "Attuare l'altra soluzione", en: 'Carry out the other solution' },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici', 'referente-ufficio-tecnico'],
    needs: ['6.1.10'],
    when: otherSolution,
    instructions: {
      it: 'Scrivere nella nota la soluzione scelta dal Comitato, chi la attua e per quando. Attuarla. Rispondere "fatto" quando gli utenti lavorano di nuovo. Se c\'è un server da ripristinare, usare gli script (docs/restore.md) e con malware una copia di prima dell\'infezione.',
      en: 'Write in the note which solution the Committee chose, who carries it out and by when. Carry it out. Answer "done" once users work again. If a server has to be restored, use the scripts (docs/restore.md) and, with malware, a snapshot from before the infection.',
    },
    proof: {
      it: 'La soluzione è scritta nella nota e gli utenti lavorano.',
      en: 'The solution is in the note and users work.',
    },
    undo: {
      it: 'Dipende dalla soluzione: scriverlo nella nota prima di cominciare.',
      en: 'It depends on the solution: say so in the note before starting.',
    },
    timeoutMinutes: 2160,
    escalateTo: 'segretario-generale',
    milestone: 'accepted',
  },
];

const announcements: Runbook = [
  {
    id: '6.1.11-viareggio',
    clause: '6.1.11',
    phase: 'reaction',
    kind: 'notify',
    message: 'viareggio-warned',
    interval: 'human',
    title: { it: 'Avvisare la sede di Viareggio', en: 'Warn the Viareggio site' },
    responsible: 'responsabile-comunicazione',
    supporting: ['rco', 'responsabile-sede-viareggio'],
    needs: ['6.1.10'],
    when: atSecondarySite,
    instructions: {
      it: "Telefonare al Responsabile della sede: arrivano il gruppo tecnico e altro personale, l'orario si allarga, la stanza delle postazioni va liberata. Leggere la lettera e confermare l'invio. I servizi da dare sono elencati nella lettera.",
      en: "Telephone the site's manager: the technical team and more staff are coming, opening hours grow, the room with the desks has to be cleared. Read the letter and confirm that it is sent. The services to give are listed in the letter.",
    },
    proof: {
      it: 'La sede ha risposto che aspetta il personale.',
      en: 'The site answered that it expects the staff.',
    },
    undo: null,
    timeoutMinutes: 60,
    escalateTo: 'rco',
  },
  {
    id: '6.1.11',
    clause: '6.1.11',
    phase: 'reaction',
    kind: 'notify',
    message: 'staff-services',
    interval: 'human',
    title: {
      it: 'Comunicare al personale servizi e orari di Viareggio',
      en: "Tell the staff Viareggio's services and hours",
    },
    responsible: 'responsabile-comunicazione',
    supporting: ['rco', 'responsabile-sede-viareggio'],
    needs: ['6.1.10'],
    when: atSecondarySite,
    instructions: {
      it: "Leggere la lettera: Lucca è chiusa, Viareggio dà i servizi elencati, gli altri verranno dopo. Confermare l'invio. Chi non ha la posta va chiamato dal proprio ufficio. Il ripristino non aspetta questa lettera.",
      en: 'Read the letter: Lucca is closed, Viareggio gives the services listed, the others will follow. Confirm that it is sent. Those without mail are called by their own office. The restore does not wait for this letter.',
    },
    proof: { it: 'La lettera è partita.', en: 'The letter went out.' },
    undo: null,
    timeoutMinutes: 240,
    escalateTo: 'rco',
  },
  {
    id: '6.1.11-public',
    clause: '6.1.11',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: { it: 'Avvisare il pubblico di ciò che cambia', en: 'Tell the public what changes' },
    responsible: 'responsabile-comunicazione',
    supporting: ['rco', 'ufficio-stampa'],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: 'Mettere un cartello alla porta di Lucca, un avviso sul sito e un messaggio al centralino: quali servizi sono fermi, dove andare, che i servizi in internet dei fornitori restano disponibili. Se il sito non si può cambiare, chiedere al suo fornitore (inventario, suppliers.yaml). Dire solo ciò che è certo.',
      en: "Put a notice on Lucca's door, one on the web site and a message on the switchboard: which services are down, where to go, that the suppliers' services on the internet stay available. If the site cannot be changed, ask its supplier (inventory, suppliers.yaml). Say only what is certain.",
    },
    proof: {
      it: 'Cartello, avviso e messaggio si vedono e si sentono.',
      en: 'Notice, page and message can be seen and heard.',
    },
    undo: { it: 'Togliere cartello, avviso e messaggio.', en: 'Take notice, page and message down.' },
    timeoutMinutes: 240,
    escalateTo: 'rco',
  },
  {
    id: '6.1.11-telework',
    clause: '6.1.11',
    phase: 'reaction',
    kind: 'human',
    interval: 'human',
    title: {
      it: 'Avviare il telelavoro del retrosportello, in VPN',
      en: 'Start telework of the back office, by VPN',
    },
    responsible: 'responsabile-comunicazione',
    supporting: ['rco', 'referente-infocamere'],
    needs: ['6.1.10'],
    when: atSecondarySite,
    instructions: {
      it: 'Le postazioni di Viareggio sono poche. Il retrosportello del Registro Imprese può lavorare da casa in VPN. Scegliere chi resta a casa. Chiedere al referente InfoCamere gli accessi che mancano. Ricordare il termine per esaminare le pratiche: è nella lettera al personale.',
      en: "The desks at Viareggio are few. The Business Register's back office can work from home by VPN. Choose who stays at home. Ask InfoCamere's contact for accesses that are missing. Remember the term for examining filings: it is in the letter to the staff.",
    },
    proof: { it: 'Una pratica è stata esaminata da casa.', en: 'A filing was examined from home.' },
    undo: {
      it: 'Richiamare il personale e togliere gli accessi dati.',
      en: 'Call the staff back and remove the accesses given.',
    },
    timeoutMinutes: 1440,
    escalateTo: 'rco',
  },
];

export const solution: Runbook = [...decision, ...support, ...otherWays, ...announcements];
