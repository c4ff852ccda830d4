/** Every fixed text of the live page and of the terminal's watch, in Italian and English. */

import { milestonesOf } from '../../runbooks/evidence/evidence.ts';
import { milestoneTexts } from '../../runbooks/evidence/milestones.ts';
import { stillAtWork } from '../../runbooks/run/interrupt.ts';
import type { StepStatus } from '../../runbooks/view/run-view.ts';
import {
  checkOutcomeTexts,
  kindTexts,
  noTargetText,
  originTexts,
  phaseTexts,
  reasonTexts,
  routeTexts,
  scenarioTexts,
  stepKindTexts,
  type Text,
  text,
  verdictTexts,
} from '../texts.ts';
import type { RtoState } from './client/rto.js';

export const statusTexts = {
  blocked: text('aspetta altri passi', 'waits for other steps'),
  'not-needed': text('non serve', 'not needed'),
  waiting: text('aspetta una persona', 'waits for a person'),
  running: text('in corso', 'running'),
  unknown: text('esito ignoto', 'outcome unknown'),
  failed: text('fallito', 'failed'),
  done: text('fatto', 'done'),
  skipped: text('saltato', 'skipped'),
} satisfies Record<StepStatus, Text>;

/** `word` is the state itself; `before` stands ahead of the figure and says what it counts. */
export const rtoTexts = {
  'not-started': {
    word: text('RTO non iniziato', 'RTO not started'),
    before: text(
      'parte con l’attivazione del piano (6.2.3); limite',
      'starts with the activation (6.2.3); limit',
    ),
  },
  running: { word: text('RTO in corso', 'RTO running'), before: text('restano', 'remaining') },
  near: {
    word: text('RTO quasi scaduto', 'RTO nearly over'),
    before: text('restano solo', 'remaining, no more than'),
  },
  missed: { word: text('RTO mancato', 'RTO missed'), before: text('superato da', 'missed by') },
  verified: {
    word: text('Servizio verificato', 'Service verified'),
    before: text('dall’attivazione, entro il limite', 'from the activation, within the limit'),
  },
  'verified-late': {
    word: text('Verificato oltre l’RTO', 'Verified after the RTO'),
    before: text('dall’attivazione, oltre il limite', 'from the activation, over the limit'),
  },
  declared: {
    word: text('Servizio tornato, lo dicono le persone', 'Service back, people say'),
    before: text(
      'nessuna verifica del programma; dalla decisione (6.1.10), entro il limite',
      'no check by the program; from the decision (6.1.10), within the limit',
    ),
  },
  'declared-late': {
    word: text('Tornato oltre l’RTO, lo dicono le persone', 'Back after the RTO, people say'),
    before: text(
      'nessuna verifica del programma; dalla decisione (6.1.10), oltre il limite',
      'no check by the program; from the decision (6.1.10), over the limit',
    ),
  },
  stopped: {
    word: text('Conteggio fermo', 'Count stopped'),
    before: text(
      'conclusa senza servizio verificato; restavano',
      'over without a verified service; remaining',
    ),
  },
  serving: {
    word: text('Viareggio lavora', 'Viareggio works'),
    before: text('il fermo non è cominciato', 'the stop has not begun'),
  },
  outage: {
    word: text('Nessuno può lavorare', 'Nobody can work'),
    before: text('Viareggio è ferma da', 'Viareggio stopped for'),
  },
  returned: {
    word: text('Lucca è tornata', 'Lucca is back'),
    before: text('nessuno ha potuto lavorare per', 'nobody could work for'),
  },
} satisfies Record<RtoState, { word: Text; before: Text }>;

export const watchTexts = {
  running: text('In corso', 'Running'),
  nothingRuns: text('nessun passo in corso', 'no step running'),
  waiting: text('Si aspetta', 'Waiting for'),
  nobodyAwaited: text('non si aspetta nessuno', 'nobody is awaited'),
  next: text('poi', 'next'),
  alarm: text('ALLARME', 'ALARM'),
  interrupted: text(
    'Interrotta: nessun programma la esegue; per continuarla',
    'Interrupted: no program runs it; to go on',
  ),
  overdue: text('oltre il tempo previsto', 'over its time'),
  late: text('in ritardo', 'late'),
  notVerified: text('non ancora verificato', 'not verified yet'),
};

/** What the page's own code says; it gets them as data. */
const pageTexts = {
  ...watchTexts,
  now: text('Adesso', 'Now'),
  waitingHeading: text('Si aspetta una persona', 'Waiting for a person'),
  of: text('su', 'of'),
  noTarget: noTargetText,
  steps: text('passi', 'steps'),
  progress: text('Passi conclusi', 'Steps over'),
  since: text('da', 'for'),
  by: text('entro', 'by'),
  upTo: text('previsti al massimo', 'expected at most'),
  live: text('In diretta', 'Live'),
  connecting: text('Collegamento…', 'Connecting…'),
  notLive: text('Non aggiornata', 'Stale'),
  over: text('Conclusa', 'Over'),
  runOver: text(
    'L’esecuzione è conclusa: l’esito è in cima alla pagina',
    'The run is over: its verdict is at the top of the page',
  ),
  stale: text('DATI NON AGGIORNATI dalle', 'STALE since'),
  staleWhy: text(
    'Il collegamento con il programma è caduto: la pagina riprova da sola. Il conteggio prosegue con l’orologio di questo apparecchio; il resto può essere cambiato.',
    'The connection to the program is lost: the page tries again by itself. The count goes on by this device’s clock; the rest may have changed.',
  ),
  forecast: text('Previsione', 'Forecast'),
  forecastMedian: text('servizio verificato verso le', 'service verified around'),
  forecastAccepted: text('a Lucca si lavora di nuovo verso le', 'work at Lucca again around'),
  forecastP90: text('al più tardi (9 volte su 10)', 'at the latest (9 times of 10)'),
  forecastMeets: text('entro l’RTO', 'within the RTO'),
  forecastMisses: text('OLTRE L’RTO', 'BEYOND THE RTO'),
  forecastFew: text('nessuna: esecuzioni passate troppo poche', 'none: too few past runs'),
  needed: text('servono', 'needed'),
  activated: text('Attivazione', 'Activation'),
  decided: text('Decisione (6.1.10)', 'Decision (6.1.10)'),
  notYet: text('non ancora', 'not yet'),
  cassette: text('Cassetta', 'Cassette'),
  cassetteOf: text('dati del', 'data of'),
  rpo: text('Dati persi (RPO)', 'Data lost (RPO)'),
  operator: text('Conduce', 'Led by'),
  started: text('iniziata il', 'begun on'),
  unattended: text('non presidiata: le risposte sono simulate', 'unattended: answers are simulated'),
  resume: text('Interrotta', 'Interrupted'),
  resumeWhy: text(
    'Nessun programma esegue più questa prova o questo ripristino: nulla va avanti finché non lo si riprende con',
    'No program executes this run any more: nothing goes on until it is taken up again with',
  ),
  verdict: text('Esito', 'Verdict'),
  report: text('Il rapporto è nella cartella', 'The report is in the folder'),
  forWhom: text('Tocca a', 'For'),
  standIn: text('sostituto', 'deputy'),
  with: text('con', 'with'),
  proof: text('Prova', 'Proof'),
  undo: text('Per annullare', 'To undo'),
  details: text('Dettagli', 'Details'),
  attempt: text('tentativo', 'attempt'),
  ifItHangs: text('Se si è fermato', 'If it hangs'),
  stillAtWork,
  parts: text('Parti', 'Parts'),
  letter: text('Lettera da leggere prima di inviarla', 'Letter, to be read before it is sent'),
  letterWritten: text('Lettera scritta, non inviata: esercitazione', 'Letter written, not sent: an exercise'),
  letterSent: text('Lettera inviata', 'Letter sent'),
  letterTo: text('A', 'To'),
  letterSubject: text('Oggetto', 'Subject'),
  answeredBy: text('risposta', 'answer'),
  person: text('persona', 'person'),
  choose: text('Risposte possibili', 'Possible answers'),
  readOnly: text(
    'Pagina in sola lettura: si risponde da un terminale con',
    'Read only: answer from a terminal with',
  ),
  role: text('Ruolo di chi risponde', 'Role of who answers'),
  roleHanded: text('Ruolo che passa di mano', 'Role that is handed over'),
  roleTo: text('A quale ruolo', 'To which role'),
  roleBy: text('Ruolo di chi lo dispone', 'Role of who says so'),
  name: text('Nome e cognome', 'Name and surname'),
  nameHint: text(
    'Resta fra i dati locali: qui non si vede più.',
    'Stays in the local data: it is not shown here again.',
  ),
  keepName: text(
    'Ricorda il nome in questa pagina, finché resta aperta',
    'Keep the name in this page while it is open',
  ),
  when: text('Quando è successo', 'When it happened'),
  whenNow: text('Adesso', 'Now'),
  whenDeclared: text('A un’altra ora (di Roma)', 'At another time (of Rome)'),
  whenField: text('Data e ora di Roma', 'Date and time of Rome'),
  milestone: text('Tappa', 'Milestone'),
  note: text('Nota', 'Note'),
  noteRequired: text('Nota (obbligatoria: perché?)', 'Note (required: why?)'),
  noteOverride: text('Motivo (almeno tre parole)', 'Reason (at least three words)'),
  why: text('Perché', 'Why'),
  confirm: text('Sì, lo confermo', 'Yes, I confirm'),
  confirmDanger: text(
    'Questa risposta cambia il corso dell’esecuzione e resta nel rapporto.',
    'This answer changes the course of the run and stays in the report.',
  ),
  confirmLetter: text(
    'La lettera parte davvero, ai destinatari qui sopra.',
    'The letter really leaves, to those named above.',
  ),
  submit: text('Registra', 'Record'),
  cancel: text('Annulla', 'Cancel'),
  close: text('Chiudi', 'Close'),
  sending: text('Invio…', 'Sending…'),
  recorded: text('Registrato', 'Recorded'),
  notRecorded: text('NON registrato', 'NOT recorded'),
  unreachable: text(
    'Il programma non risponde: non si sa se la risposta è arrivata.',
    'The program does not answer: it is not known whether the answer arrived.',
  ),
  unreachableHint: text(
    'Aspettare che la pagina torni in diretta e guardare se il passo è ancora qui; poi ripetere.',
    'Wait until the page is live again and look whether the step is still here; then try again.',
  ),
  gone: text(
    'Questo passo non aspetta più questa risposta. Quello che è scritto qui resta finché non si chiude.',
    'This step does not wait for this answer any more. What is written here stays until it is closed.',
  ),
  required: text('da compilare', 'to be filled in'),
  pick: text('– scegliere –', '– choose –'),
  badTime: text(
    'ora mancante o inesistente (cambio dell’ora legale)',
    'time missing, or one that never was (summer time)',
  ),
  takeBack: text('Riprendi la risposta', 'Take the answer back'),
  handOver: text('Passare un ruolo a un sostituto', 'Hand a role to a deputy'),
  declare: text('Dichiarare un’ora', 'Declare a time'),
  abort: text('Abbandonare l’esecuzione', 'Abort the run'),
  noSteps: text('Nessun passo.', 'No steps.'),
  noPoints: text('Nessuna tappa ancora.', 'No milestone yet.'),
  intervals: text('Intervalli', 'Intervals'),
  actual: text('effettivo', 'actual'),
  difference: text('differenza', 'difference'),
  noChecks: text('Nessuna verifica ancora.', 'No check yet.'),
  duration: text('durata', 'duration'),
};

/** Everything that the page's code says, as one value. */
export const liveTexts = {
  page: pageTexts,
  status: statusTexts,
  phase: phaseTexts,
  rto: rtoTexts,
  kind: kindTexts,
  route: routeTexts,
  scenario: scenarioTexts,
  verdict: verdictTexts,
  check: checkOutcomeTexts,
  stepKind: stepKindTexts,
  origin: originTexts,
  milestone: milestoneTexts,
  reason: reasonTexts,
  /** Points that can be declared, by the kind of run. */
  milestones: {
    drill: milestonesOf('drill'),
    restore: milestonesOf('restore'),
    return: milestonesOf('return'),
  },
};
export type LiveTexts = typeof liveTexts;
