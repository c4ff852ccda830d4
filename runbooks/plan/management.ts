/**
 * Plan 6.2, the emergency is managed: the team, the suppliers, the activation from which the RTO counts, the restore at Viareggio.
 * The plan gives 72 hours in all and no time for a step: the time-outs are this project's. Along the longest way from activation
 * to acceptance they leave more than a day to spare (a test holds them to that).
 */
import { atSecondarySite, inCrisis } from './conditions.ts';
import type { Runbook } from './model.ts';

/** The plan limits 6.2.3 and 6.2.4 to the secondary site; the team and the suppliers are called whatever was decided. */
const calls: Runbook = [
  {
    id: '6.2.1',
    clause: '6.2.1',
    phase: 'management',
    kind: 'human',
    interval: 'human',
    title: { it: 'Convocare il team operativo', en: 'Call the recovery team' },
    responsible: 'rco',
    supporting: [],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: 'Chiamare le persone del team operativo. Dire dove trovarsi e a che ora: con il sito secondario, a Viareggio. Controllare che ogni ruolo sia coperto; se uno manca, chiamare il sostituto. Nel fine settimana cominciare da chi è reperibile. Ciascuno viaggia con i propri mezzi.',
      en: 'Call the people of the recovery team. Say where to meet and when: with the secondary site, at Viareggio. Check that each role is filled; if one is missing, call the substitute. At the weekend begin with whoever is on call. Each travels by their own means.',
    },
    proof: {
      it: 'Ogni ruolo ha qualcuno che ha detto "arrivo".',
      en: 'Each role has somebody who said "I am coming".',
    },
    undo: {
      it: 'Richiamare le persone e dire di non partire.',
      en: 'Call the people again and tell them not to leave.',
    },
    timeoutMinutes: 60,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.2.1-arrival',
    clause: '6.2.1',
    phase: 'management',
    kind: 'human',
    interval: 'travel',
    title: { it: 'Il team è sul posto', en: 'The team is on site' },
    responsible: 'rco',
    supporting: [],
    needs: ['6.2.1'],
    when: inCrisis,
    instructions: {
      it: "Prendere le chiavi: le hanno il Responsabile del DR e il Responsabile della sede di Viareggio. Quando tutti sono arrivati, riunione di pochi minuti: che cosa si fa, chi fa che cosa, quali rischi, regole di sicurezza. Rispondere con l'ora in cui è arrivato l'ultimo che serve.",
      en: 'Fetch the keys: the Disaster recovery manager and the manager of the Viareggio site have them. Once all are there, meet for a few minutes: what is done, who does what, which risks, security rules. Answer with the time at which the last one who is needed arrived.',
    },
    proof: {
      it: 'Tutti i ruoli necessari sono nel punto di raccolta.',
      en: 'All roles needed are at the meeting point.',
    },
    undo: null,
    timeoutMinutes: 240,
    escalateTo: 'segretario-generale',
    milestone: 'team-on-site',
  },
  {
    id: '6.2.2',
    clause: '6.2.2',
    phase: 'management',
    kind: 'notify',
    message: 'suppliers-warned',
    interval: 'human',
    title: {
      it: 'Avvisare i fornitori e chiedere precedenza',
      en: 'Warn the suppliers and ask for priority',
    },
    responsible: 'rco',
    supporting: ['referente-servizi-informatici'],
    needs: ['6.1.10'],
    when: inCrisis,
    instructions: {
      it: "Leggere le lettere: ogni fornitore ha le sue classi di servizio, con gli impegni del contratto. Confermare l'invio. Poi chiamare i centralini scritti nella lettera. Se manca una macchina, chiedere al fornitore quella prevista per il file server. Il ripristino non aspetta queste lettere.",
      en: 'Read the letters: each supplier has its service classes, with what the contract commits it to. Confirm that they are sent. Then call the switchboards in the letter. If a machine is missing, ask the supplier for the one meant for the file server. The restore does not wait for these letters.',
    },
    proof: {
      it: 'Ogni fornitore è stato avvisato e ha risposto.',
      en: 'Each supplier was warned and has answered.',
    },
    undo: null,
    timeoutMinutes: 240,
    escalateTo: 'segretario-generale',
  },
  {
    id: '6.2.3',
    clause: '6.2.3',
    phase: 'management',
    kind: 'human',
    interval: 'decision',
    title: {
      it: 'Attivare il piano di Disaster Recovery: parte il conteggio del RTO',
      en: 'Activate the disaster recovery plan: the RTO count starts',
    },
    responsible: 'rco',
    supporting: [
      'provveditore',
      'ufficio-servizi-informatici',
      'ufficio-tecnico',
      'responsabile-sede-viareggio',
    ],
    // Not the team's arrival: travel is part of the time that the RTO counts.
    needs: ['6.1.10'],
    when: atSecondarySite,
    instructions: {
      it: "Attivare subito dopo la decisione: non aspettare l'arrivo del team. Avvisare Provveditore, ufficio informatico, ufficio tecnico e Responsabile della sede di Viareggio. Rispondere: da quell'ora si conta il tempo. Poi seguire l'avanzamento da qui o con \"dr status\".",
      en: 'Activate right after the decision: do not wait for the team to arrive. Tell the Purveyor, the IT office, the technical office and the manager of the Viareggio site. Answer: the time is counted from that hour. Then follow the progress here or with "dr status".',
    },
    proof: {
      it: "L'attivazione è registrata; i quattro ruoli lo sanno.",
      en: 'The activation is on record; the four roles know.',
    },
    undo: {
      it: "Riprendere la risposta, finché nulla ne dipende. Poi interrompere l'esecuzione e rimettere Viareggio in attesa; il tempo contato resta nel registro.",
      en: 'Take the answer back while nothing depends on it. Later abort the run and put Viareggio back to standby; the time counted stays on record.',
    },
    timeoutMinutes: 30,
    escalateTo: 'segretario-generale',
    milestone: 'activation',
  },
];

const recovery: Runbook = [
  {
    id: '6.2.4-hardware',
    clause: '6.2.4',
    phase: 'management',
    kind: 'human',
    interval: 'human',
    title: { it: 'Accendere i server di Viareggio', en: "Switch Viareggio's servers on" },
    responsible: 'referente-servizi-informatici',
    supporting: ['ufficio-servizi-informatici', 'ufficio-tecnico'],
    needs: ['6.2.3', '6.2.1-arrival'],
    when: atSecondarySite,
    instructions: {
      it: "Accendere gruppo di continuità, switch e i due server di riserva. Aspettare che rispondano. Se uno non parte, chiamare il fornitore e usare la macchina di scambio: il nome e gli indirizzi sono nell'inventario (hosts.yaml). Prendere la cassetta più recente dalla custodia e inserirla nel file server. Con malware tenere pronte anche le cassette più vecchie.",
      en: 'Switch on the UPS, the switch and the two spare servers. Wait until they answer. If one does not start, call the supplier and use the replacement: name and addresses are in the inventory (hosts.yaml). Take the newest cassette from its custody and plug it into the file server. With malware keep the older cassettes at hand too.',
    },
    proof: {
      it: 'I due server rispondono; la cassetta è inserita.',
      en: 'Both servers answer; the cassette is plugged in.',
    },
    undo: {
      it: 'Spegnere i server e rimettere la cassetta in custodia.',
      en: 'Switch the servers off and put the cassette back.',
    },
    timeoutMinutes: 240,
    escalateTo: 'rco',
  },
  {
    id: '6.2.4-cassette',
    clause: '6.2.4',
    phase: 'management',
    kind: 'machine',
    work: 'cassette',
    cutOff: 'probe',
    interval: 'machine',
    title: { it: 'Riconoscere la cassetta', en: 'Recognise the cassette' },
    responsible: 'referente-servizi-informatici',
    supporting: [],
    needs: ['6.2.4-hardware'],
    when: atSecondarySite,
    instructions: {
      it: 'Aspettare. Il programma legge etichetta, numero di serie e copie della cassetta. Se dice che è quella sbagliata, cambiarla e riprovare. Non scrivere sulla cassetta.',
      en: "Wait. The program reads the cassette's label, serial number and snapshots. If it says that it is the wrong one, change it and try again. Do not write to the cassette.",
    },
    proof: {
      it: "Etichetta e numero di serie sono quelli dell'inventario.",
      en: "Label and serial number are the inventory's.",
    },
    undo: { it: 'Togliere la cassetta: è stata solo letta.', en: 'Take the cassette out: it was only read.' },
    timeoutMinutes: 60,
    escalateTo: 'rco',
    milestone: 'cassette-in-hand',
  },
  {
    id: '6.2.4-snapshot',
    clause: '6.2.4',
    phase: 'management',
    kind: 'check',
    work: 'choose-snapshot',
    cutOff: 'probe',
    interval: 'machine',
    title: { it: 'Scegliere la copia da ripristinare', en: 'Choose the snapshot to restore' },
    responsible: 'referente-servizi-informatici',
    supporting: [],
    needs: ['6.2.4-cassette', '6.1.8-malware'],
    when: atSecondarySite,
    instructions: {
      it: "Aspettare. Il programma prende la copia intera più recente; con malware, la più recente fra quelle di prima dell'istante stabilito in 6.1.8. Se non ce n'è, inserire una cassetta più vecchia e riprovare. Non scegliere a mano una copia dopo l'infezione.",
      en: 'Wait. The program takes the newest complete snapshot; with malware, the newest from before the instant that 6.1.8 established. If there is none, plug in an older cassette and try again. Do not choose by hand a snapshot from after the infection.',
    },
    proof: {
      it: 'La copia scelta e la sua ora sono registrate.',
      en: 'The snapshot chosen and its time are on record.',
    },
    undo: {
      it: 'Ripetere la scelta, finché il ripristino non è cominciato.',
      en: 'Choose again, while the restore has not begun.',
    },
    timeoutMinutes: 30,
    escalateTo: 'rco',
  },
  {
    id: '6.2.4-interlock',
    clause: '6.2.4',
    phase: 'management',
    kind: 'check',
    work: 'interlock',
    cutOff: 'probe',
    override: {
      by: 'rco',
      options: [
        {
          id: 'override',
          it: 'Scavalcare il blocco: nessuno risponde, ma pochi hanno potuto guardare',
          en: 'Override the interlock: nobody answers, but too few could look',
        },
        {
          id: 'override-alive',
          it: 'Scavalcare il blocco anche se Lucca risponde',
          en: 'Override the interlock even though Lucca answers',
        },
      ],
    },
    interval: 'machine',
    title: { it: 'Provare che Lucca tace', en: 'Prove that Lucca is silent' },
    responsible: 'referente-servizi-informatici',
    supporting: ['rco'],
    needs: ['6.2.4-hardware'],
    when: atSecondarySite,
    instructions: {
      it: 'Aspettare. Il programma prova da più punti che nessun server di Lucca risponda. Se uno risponde, non forzare: farlo spegnere o staccare dalla rete a Lucca, poi riprovare. Due siti accesi insieme rovinano il dominio. Solo se è certo che Lucca non serve più il dominio il Responsabile della Continuità Operativa può scavalcare il blocco, con il motivo scritto; durante una prova nessuno può.',
      en: 'Wait. The program proves from several points that no server at Lucca answers. If one does, do not force it: have it switched off or unplugged at Lucca, then try again. Two sites at work at once ruin the domain. Only if it is certain that Lucca serves the domain no more may the Continuity manager override the interlock, with the reason in writing; in an exercise nobody may.',
    },
    proof: {
      it: 'Nessuna porta di Lucca risponde, da nessun punto.',
      en: 'No port at Lucca answers, from any point.',
    },
    undo: null,
    timeoutMinutes: 30,
    escalateTo: 'rco',
  },
  {
    id: '6.2.4-restore',
    clause: '6.2.4',
    phase: 'management',
    kind: 'machine',
    work: 'restore',
    cutOff: 'probe',
    interval: 'machine',
    title: {
      it: 'Ripristinare e verificare dominio, file e postazioni',
      en: 'Restore and verify domain, files and desks',
    },
    responsible: 'referente-servizi-informatici',
    supporting: [],
    needs: ['6.2.4-snapshot', '6.2.4-interlock'],
    when: atSecondarySite,
    instructions: {
      it: 'Aspettare. Il programma ripristina dominio e cartelle, prepara le postazioni e prova tutto. Non togliere la cassetta e non spegnere. Se si ferma, leggere il messaggio e riprovare: riprende da dove era. Se il programma non può andare, seguire docs/restore.md a mano.',
      en: 'Wait. The program restores domain and shares, sets up the desks and checks it all. Do not take the cassette out and do not switch off. If it stops, read the message and try again: it goes on from where it was. If the program cannot run, follow docs/restore.md by hand.',
    },
    proof: {
      it: 'Tutte le verifiche di file, dominio, diritti e postazioni sono PASS.',
      en: 'Every check of files, domain, rights and desks is PASS.',
    },
    undo: {
      it: 'Finché nessun utente vi lavora: rimettere Viareggio in attesa e ripristinare di nuovo. Dopo, i dati nuovi vanno prima copiati.',
      en: 'While no user works there: put Viareggio back to standby and restore again. After that, new data have to be copied first.',
    },
    timeoutMinutes: 720,
    escalateTo: 'rco',
    milestone: 'service-verified',
  },
  {
    id: '6.2.4-accepted',
    clause: '6.2.4',
    phase: 'management',
    kind: 'human',
    interval: 'human',
    title: { it: 'Far accettare il servizio agli utenti', en: 'Have the users accept the service' },
    responsible: 'referente-servizi-informatici',
    supporting: ['responsabile-sede-viareggio'],
    needs: ['6.2.4-restore'],
    when: atSecondarySite,
    instructions: {
      it: 'Far entrare una persona per ogni ufficio presente: apre un suo file recente, ne scrive uno, stampa. Chiedere che cosa manca e scriverlo nella nota, senza nomi: lo ripetono le lettere 6.3.1 e 6.3.3. Guardare se il RTO è rispettato. Se qualcosa di grave manca, rispondere "non riuscito".',
      en: 'Have one person of each office present log on: open a recent file of theirs, write one, print. Ask what is missing and put it in the note, without names: the letters 6.3.1 and 6.3.3 repeat it. See whether the RTO is met. If something grave is missing, answer "failed".',
    },
    proof: {
      it: 'Un utente di ogni ufficio presente ha detto che può lavorare.',
      en: 'A user of each office present said that they can work.',
    },
    undo: {
      it: 'Riprendere la risposta, se gli utenti trovano un difetto grave.',
      en: 'Take the answer back if users find a grave fault.',
    },
    timeoutMinutes: 240,
    escalateTo: 'rco',
    milestone: 'accepted',
  },
];

/** Beside the restore: what the Committee is told, and the counters that need no server of ours. */
const meanwhile: Runbook = [
  {
    id: '6.2.4-progress',
    clause: '6.2.4',
    phase: 'management',
    kind: 'notify',
    message: 'committee-progress',
    interval: 'human',
    title: {
      it: 'Dire al Comitato la data promessa per il server',
      en: 'Tell the Committee the promised date of the server',
    },
    responsible: 'referente-servizi-informatici',
    supporting: [],
    needs: ['6.2.3', '6.2.1-arrival'],
    when: atSecondarySite,
    instructions: {
      it: "Scrivere la data e l'ora entro cui file server e Active Directory saranno pronti a Viareggio. Promettere solo ciò che si può mantenere. Dire che gli sportelli possono aprire prima. Confermare l'invio. Se la data cambia, scrivere di nuovo al Comitato.",
      en: 'State date and time by which file server and Active Directory will be ready at Viareggio. Promise only what can be kept. Say that the counters can open before. Confirm that it is sent. If the date changes, write to the Committee again.',
    },
    proof: { it: 'Il Comitato ha una data scritta.', en: 'The Committee has a date in writing.' },
    undo: null,
    timeoutMinutes: 120,
    escalateTo: 'rco',
  },
  {
    id: '6.2.4-front-office',
    clause: '6.2.4',
    phase: 'management',
    kind: 'human',
    interval: 'human',
    title: {
      it: 'Aprire gli sportelli di Viareggio, anche senza server',
      en: "Open Viareggio's counters, even without the server",
    },
    responsible: 'referente-servizi-informatici',
    supporting: ['responsabile-sede-viareggio'],
    needs: ['6.2.3', '6.1.11-viareggio', '6.1.10-workstations'],
    when: atSecondarySite,
    instructions: {
      it: 'Non aspettare file server e Active Directory: i servizi degli sportelli sono in internet. Aprire quelli elencati nella lettera a Viareggio. Affiggere gli orari. Dire al personale che cosa non si può ancora fare.',
      en: 'Do not wait for file server and Active Directory: the services of the counters are on the internet. Open those listed in the letter to Viareggio. Post the opening hours. Tell the staff what cannot be done yet.',
    },
    proof: {
      it: 'Ogni sportello elencato ha servito un utente.',
      en: 'Each counter listed has served a user.',
    },
    undo: {
      it: 'Chiudere gli sportelli e affiggere un avviso.',
      en: 'Close the counters and post a notice.',
    },
    timeoutMinutes: 960,
    escalateTo: 'rco',
  },
];

export const management: Runbook = [...calls, ...recovery, ...meanwhile];
