/** The drill's own steps, as its report shows them; those of the restore are in runbooks/restore-site.ts. */
import type { PlannedStep } from '../runbooks/recorder.ts';

const step = (
  id: string,
  titleIt: string,
  titleEn: string,
  clause: string,
  kind: PlannedStep['kind'],
  interval: PlannedStep['interval'],
): PlannedStep => ({ step: id, titleIt, titleEn, clause, kind, interval });

/** What makes a working Lucca to lose; outside the clocks. */
export const preparationSteps: readonly PlannedStep[] = [
  step(
    'lab',
    'Laboratorio: due sedi su questa macchina',
    'Lab: two sites on this machine',
    '-',
    'machine',
    'machine',
  ),
  step(
    'lucca',
    'Lucca al lavoro: dominio, cartelle, postazioni',
    'Lucca at work: domain, shares, desks',
    '4',
    'machine',
    'machine',
  ),
  step('backup', 'Copia sulla cassetta', 'Backup to the cassette', '3.3', 'machine', 'machine'),
  step('disaster', 'Il disastro colpisce Lucca', 'The disaster strikes Lucca', '3.4', 'machine', 'machine'),
];

/** What people do before the restore begins, and the cassette. */
export const reactionSteps: readonly PlannedStep[] = [
  step('detect', "Rilevazione dell'incidente", 'Detection of the incident', '6.1', 'human', 'decision'),
  step(
    'declare',
    'Dichiarazione dello stato di crisi',
    'Declaration of the crisis',
    '6.1.1',
    'human',
    'decision',
  ),
  step(
    'decide',
    'Decisione: attivare Viareggio',
    'Decision: activate Viareggio',
    '6.1.10',
    'human',
    'decision',
  ),
  step(
    'travel',
    'Il gruppo tecnico arriva a Viareggio',
    'The technical team reaches Viareggio',
    '6.2.1',
    'human',
    'travel',
  ),
  step(
    'cassette',
    'La cassetta in mano, inserita',
    'Cassette in hand, plugged in',
    '2.5',
    'machine',
    'machine',
  ),
];
