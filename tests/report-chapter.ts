/** A run of the chapter in small, with people in it: every kind of thing that they say, and each that can come of it. */
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { Recorder } from './report-fixtures.ts';

type Planned = Extract<EvidenceEvent, { type: 'plan' }>['steps'][number];

const step = (id: string, title: string, more: Partial<Planned> = {}): Planned => ({
  step: id,
  timeoutMinutes: 1,
  titleIt: title,
  titleEn: `${title} (en)`,
  clause: id.replace(/-.*/, ''),
  kind: 'human',
  interval: 'decision',
  phase: 'reaction',
  responsible: 'rco',
  ...more,
});
const option = (id: string, it: string, en: string) => ({ id, it, en });
const after = (id: string, ...options: string[]) => ({ when: [{ step: id, options }] });
const machine = { kind: 'machine', interval: 'machine', phase: 'management' } as const;

const plan: EvidenceEvent = {
  type: 'plan',
  steps: [
    step('6.1.1', 'Dichiarare la crisi', {
      milestone: 'declaration',
      options: [
        option('declare', 'È crisi', 'It is a crisis'),
        option('no-crisis', 'Non è crisi', 'It is none'),
      ],
    }),
    step('6.1.3', 'Convocare il Comitato', { kind: 'notify' }),
    step('6.1.10', 'Decidere la soluzione', {
      options: [
        option('secondary-site', 'Sito secondario', 'Secondary site'),
        option('primary-site', 'Sede di Lucca', 'Lucca'),
      ],
    }),
    step('6.1.10-room', 'Altra stanza a Lucca', after('6.1.10', 'primary-site')),
    step('6.2.4', 'Ripristinare', { ...machine, needs: ['6.1.1'], milestone: 'service-verified' }),
    step('domain', 'Dominio', { ...machine, clause: '', partOf: '6.2.4', timeoutMinutes: undefined }),
    step('6.3.1', 'Riferire al Comitato', { phase: 'closing', responsible: 'provveditore' }),
  ],
  roles: {
    rco: { it: 'Responsabile continuità', en: 'Continuity manager' },
    provveditore: { it: 'Provveditore', en: 'Procurement officer' },
  },
};

const who = { role: 'rco', person: 'P-AAAAAA' };

export function recordChapter(path: string): Recorder {
  const recorder = new Recorder(path).begin();
  const answer = (
    id: string,
    choice: string,
    over: Partial<Extract<EvidenceEvent, { type: 'answered' }>> = {},
  ) =>
    recorder.append({
      type: 'answered',
      step: id,
      attempt: 1,
      choice,
      ...who,
      note: '',
      atUtc: recorder.now(),
      origin: 'measured',
      ...over,
    });
  recorder.append(plan);
  recorder.milestone('event', 'declared').start('6.1.1').pass(60_000);
  answer('6.1.1', 'no-crisis');
  recorder.finish('6.1.1').pass(5_000);
  recorder.append({ type: 'taken-back', step: '6.1.1', attempt: 1, ...who, why: 'premuto per errore' });
  recorder.start('6.1.1', 2).pass(30_000);
  answer('6.1.1', 'declare', { attempt: 2, note: 'server spenti' });
  recorder.finish('6.1.1', { attempt: 2 }).start('6.1.3').pass(400);
  recorder.finish('6.1.3', { detail: 'scritta: letters/6.1.3.eml' }).start('6.1.10').pass(90_000);
  recorder.append({ type: 'alarm', step: '6.1.10', textIt: 'oltre il tempo', textEn: 'beyond the time' });
  answer('6.1.10', 'secondary-site', { atUtc: '2026-11-23T07:01:00.000Z', origin: 'declared' });
  recorder.finish('6.1.10').milestone('activation').cassette();
  recorder
    .start('6.2.4')
    .start('domain')
    .pass(9_000)
    .finish('domain', { outcome: 'failed', detail: 'disco pieno' });
  recorder.finish('6.2.4', { outcome: 'failed', detail: 'disco pieno' }).pass(1_000);
  answer('6.2.4', 'retry', { note: 'liberato spazio' });
  recorder.start('6.2.4', 2).start('domain', 2).pass(8_000).finish('domain', { attempt: 2 });
  recorder.check().finish('6.2.4', { attempt: 2 }).milestone('service-verified');
  recorder.append({ type: 'handed-over', from: 'provveditore', to: 'rco', ...who, why: 'in ferie' });
  recorder.start('6.3.1').pass(20);
  answer('6.3.1', 'done', { person: 'P-BBBBBB' });
  answer('6.3.1', 'done', { person: 'P-BBBBBB', role: 'ruolo-senza-nome' });
  return recorder.finish('6.3.1').end();
}
