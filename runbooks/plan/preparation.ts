/**
 * What a drill does before the plan's chapter 6 begins: a working Lucca, backed up, and then lost. Outside the clocks.
 * Time-outs are this project's: several times what a lab of usual size takes.
 */
import type { Runbook } from './model.ts';

export const preparation: Runbook = [
  {
    id: 'lab',
    clause: '-',
    phase: 'preparation',
    kind: 'machine',
    work: 'lab',
    cutOff: 'probe',
    interval: 'machine',
    title: {
      it: 'Laboratorio: due sedi su questa macchina',
      en: 'Lab: two sites on this machine',
    },
    responsible: 'ufficio-servizi-informatici',
    supporting: [],
    needs: [],
    instructions: {
      it: 'Aspettare. Il programma costruisce qui due sedi finte, con i loro computer e la linea fra loro. Le sedi vere non sono toccate.',
      en: 'Wait. The program builds two mock sites here, with their computers and the line between them. The real sites are not touched.',
    },
    proof: {
      it: 'Tutti i computer del laboratorio rispondono.',
      en: 'Every computer of the lab answers.',
    },
    undo: {
      it: 'Smontare il laboratorio con "dr lab down".',
      en: 'Take the lab down with "dr lab down".',
    },
    timeoutMinutes: 10,
    escalateTo: 'referente-servizi-informatici',
  },
  {
    id: 'lucca',
    clause: '4',
    phase: 'preparation',
    kind: 'machine',
    work: 'lucca',
    cutOff: 'probe',
    interval: 'machine',
    title: {
      it: 'Lucca al lavoro: dominio, cartelle, postazioni',
      en: 'Lucca at work: domain, shares, desks',
    },
    responsible: 'ufficio-servizi-informatici',
    supporting: [],
    needs: ['lab'],
    instructions: {
      it: 'Aspettare. Il programma crea il dominio, riempie le cartelle condivise e prepara le postazioni di Lucca.',
      en: 'Wait. The program creates the domain, fills the shares and sets up the desks of Lucca.',
    },
    proof: {
      it: 'Da una postazione di Lucca si entra e si leggono i file.',
      en: 'From a desk at Lucca one can log on and read files.',
    },
    undo: {
      it: 'Smontare il laboratorio con "dr lab down".',
      en: 'Take the lab down with "dr lab down".',
    },
    timeoutMinutes: 30,
    escalateTo: 'referente-servizi-informatici',
  },
  {
    id: 'backup',
    clause: '3.3',
    phase: 'preparation',
    kind: 'machine',
    work: 'backup',
    cutOff: 'probe',
    interval: 'machine',
    title: { it: 'Copia sulla cassetta', en: 'Backup to the cassette' },
    responsible: 'ufficio-servizi-informatici',
    supporting: [],
    needs: ['lucca'],
    instructions: {
      it: 'Aspettare. Il programma copia sulla cassetta del laboratorio il dominio e le cartelle, con permessi ed elenco dei file.',
      en: 'Wait. The program copies the domain and the shares to the cassette of the lab, with permissions and a list of files.',
    },
    proof: {
      it: "La cassetta contiene una copia completa, con l'elenco dei file.",
      en: 'The cassette holds a complete snapshot, with the list of files.',
    },
    undo: {
      it: 'Smontare il laboratorio con "dr lab down": la sua cassetta è finta.',
      en: 'Take the lab down with "dr lab down": its cassette is a mock one.',
    },
    timeoutMinutes: 30,
    escalateTo: 'referente-servizi-informatici',
  },
  {
    id: 'disaster',
    clause: '3.4',
    phase: 'preparation',
    kind: 'machine',
    work: 'disaster',
    cutOff: 'probe',
    interval: 'machine',
    title: { it: 'Il disastro colpisce Lucca', en: 'The disaster strikes Lucca' },
    responsible: 'ufficio-servizi-informatici',
    supporting: [],
    needs: ['backup'],
    instructions: {
      it: 'Aspettare. Il programma distrugge o spegne la Lucca del laboratorio, come vuole lo scenario. Da qui si lavora come nel giorno vero.',
      en: 'Wait. The program destroys or shuts down the Lucca of the lab, as the scenario has it. From here on, work as on the real day.',
    },
    proof: {
      it: 'Ciò che lo scenario toglie a Lucca non risponde più.',
      en: 'What the scenario takes from Lucca answers no more.',
    },
    undo: null,
    timeoutMinutes: 10,
    escalateTo: 'referente-servizi-informatici',
    milestone: 'event',
  },
];
