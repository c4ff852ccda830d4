/** Steps of the plan, shortened, for tests of what people see of a run. */
import type { Phase } from '../runbooks/plan/model.ts';
import type { StepView } from '../runbooks/view/run-view.ts';

type Row = [id: string, phase: Phase, kind: StepView['kind'], responsible: string, it: string, en: string];

const rows: Row[] = [
  ['6.1.1', 'reaction', 'human', 'rco', 'Dichiarare lo stato di crisi', 'Declare the crisis'],
  [
    '6.1.2',
    'reaction',
    'human',
    'ufficio-tecnico',
    'Attivare il centro di controllo',
    'Open the control centre',
  ],
  ['6.1.3', 'reaction', 'notify', 'rco', 'Convocare il Comitato di Crisi', 'Call the Crisis Committee'],
  [
    '6.1.4',
    'reaction',
    'notify',
    'responsabile-comunicazione',
    'Informare Consiglio e Giunta',
    'Inform council and board',
  ],
  [
    '6.1.7',
    'reaction',
    'human',
    'rco',
    'Valutare se i sistemi sono accessibili',
    'See whether the systems are accessible',
  ],
  [
    '6.1.10',
    'reaction',
    'human',
    'rco',
    'Decidere: sito secondario, o riattivare il primario',
    'Decide: secondary site, or primary again',
  ],
  [
    '6.2.1',
    'management',
    'human',
    'ufficio-servizi-informatici',
    'Trasferire i tecnici a Viareggio',
    'Move the technicians to Viareggio',
  ],
  [
    '6.2.3',
    'management',
    'human',
    'rco',
    'Attivare il piano di disaster recovery',
    'Activate the disaster recovery plan',
  ],
  ['6.2.2', 'management', 'notify', 'provveditore', 'Avvisare i fornitori', 'Warn the suppliers'],
  [
    '6.2.3-cassette',
    'management',
    'check',
    'ufficio-servizi-informatici',
    'Verificare la cassetta',
    'Verify the cassette',
  ],
  [
    '6.2.4-restore',
    'management',
    'machine',
    'ufficio-servizi-informatici',
    'Ripristinare dominio e file server',
    'Restore domain and file server',
  ],
  [
    '6.2.4-desks',
    'management',
    'human',
    'responsabile-sede-viareggio',
    'Preparare le postazioni di sportello',
    'Set up the front-office desks',
  ],
  [
    '6.2.4-verify',
    'management',
    'check',
    'ufficio-servizi-informatici',
    'Verificare file, dominio e diritti',
    'Verify files, domain and rights',
  ],
  [
    '6.3.1',
    'closing',
    'notify',
    'responsabile-comunicazione',
    'Comunicare la chiusura al personale',
    'Tell the staff that it is over',
  ],
  [
    '6.3.3',
    'closing',
    'notify',
    'responsabile-comunicazione',
    'Comunicare la chiusura alla stampa',
    'Tell the press that it is over',
  ],
];

const instructions: Record<string, StepView['instructions']> = {
  '6.2.4-desks': {
    it: 'Accendere le quattro postazioni della sala al piano terra, collegarle alla presa segnata in blu e controllare che stampino.',
    en: 'Switch on the four desks of the ground-floor room, connect them to the blue socket and see that they print.',
  },
  '6.2.2': {
    it: 'Leggere la lettera, correggerla se serve, e dire che è stata inviata.',
    en: 'Read the letter, correct it where needed, and say that it was sent.',
  },
};

const letter: StepView['letter'] = {
  to: ['InfoCamere', 'Lucense S.c.p.A.'],
  subject: 'PROVA – Attivazione del sito secondario di Viareggio',
  text: 'Si comunica che dalle ore 10:40 i servizi interni della Camera di Commercio di Lucca\nsono in ripristino presso la sede di Viareggio.\nSi chiede di tenere disponibile il supporto previsto dal contratto.',
};

export function liveSteps(): StepView[] {
  return rows.map(([id, phase, kind, responsible, it, en]) => ({
    id,
    clause: id.split('-')[0] ?? id,
    phase,
    kind,
    title: { it, en },
    responsible,
    supporting: id === '6.2.4-desks' ? ['ufficio-servizi-informatici', 'ufficio-tecnico'] : [],
    instructions: instructions[id] ?? {
      it: `Seguire il punto ${id} del piano.`,
      en: `Follow the plan, ${id}.`,
    },
    proof: { it: 'La persona responsabile lo conferma.', en: 'The responsible person confirms it.' },
    undo: null,
    status: 'blocked',
    attempt: 1,
    startedAtUtc: null,
    finishedAtUtc: null,
    durationMs: null,
    timeoutMinutes: 30,
    overdue: false,
    choices: [],
    answer: null,
    canTakeBack: false,
    reason: { it: 'Aspetta i passi precedenti.', en: 'Waits for the steps before.' },
    letter: id === '6.2.2' ? letter : null,
    parts: [],
  }));
}
