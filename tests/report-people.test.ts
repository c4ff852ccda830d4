/** What a report says of people: who answered what, what was decided, and that nobody did where it was simulated. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeReport } from '../report/write.ts';
import { recordChapter } from './report-chapter.ts';
import { Recorder } from './report-fixtures.ts';

// Beside a run's folder its report keeps the link `latest`.
const reports = mkdtempSync(join(tmpdir(), 'dr-report-people-'));
afterAll(() => rmSync(reports, { recursive: true, force: true }));
const folder = mkdtempSync(join(reports, 'run-'));

const path = join(folder, 'evidence.jsonl');
recordChapter(path);
const { htmlPath, report } = writeReport(path, folder);
const page = readFileSync(htmlPath, 'utf8');

/** The rows of a table or section as a person reads them in Italian. */
function rows(of: string): string[] {
  const part = new RegExp(`aria-labelledby="${of}".*?</section>`, 's').exec(page)?.[0] ?? '';
  return [...part.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) => words(row));
}

function words(markup: string): string {
  return markup
    .replaceAll(/<span class="en"[^>]*>[^<]*<\/span>/g, '')
    .replaceAll(/<s>/g, '[barrato] ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('\u00A0', ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

test('decisions stand together, with who took them; what was taken back is struck out, with why', () => {
  expect(rows('decisions').slice(1)).toEqual([
    '6.1.1 Dichiarare la crisi [barrato] Non è crisi ritirata : premuto per errore È crisi Responsabile continuità P-AAAAAA 08:01:00 Responsabile continuità P-AAAAAA 08:01:35 server spenti',
    '6.1.10 Decidere la soluzione Sito secondario Responsabile continuità P-AAAAAA 08:01:00 dichiarato',
  ]);
});

test('each attempt stands beside what was planned for its step, and says where it took longer', () => {
  const found = rows('steps');
  const ofDecision = found.find((row) => row.startsWith('6.1.10 Decidere'));
  expect(ofDecision).toContain('1 min 30 s misurato max 1 min oltre il previsto');
  const inTime = found.find((row) => row.startsWith('6.1.1 Dichiarare la crisi tentativo 2'));
  expect(inTime).toContain('30,0 s misurato max 1 min');
  expect(inTime).not.toContain('oltre');
  // A part of machine work has no time of its own.
  expect(found.find((row) => row.startsWith('Dominio'))).not.toContain('max');
  expect(words(page)).toContain('oltre il previsto 1');
  expect(report.steps.find(({ step }) => step === '6.1.10')).toMatchObject({
    timeoutMinutes: 1,
    attempts: [{ durationMs: 90_000 }],
  });
});

test('each step stands in its phase, with clause, responsible role, outcome and who answered', () => {
  const text = words(page);
  for (const phase of ['6.1 Reazione all’emergenza 4 passi', '6.2 Gestione dell’emergenza 1 passo'])
    expect(text).toContain(phase);
  const found = rows('steps');
  expect(found).toContainEqual(
    expect.stringMatching(/^6\.1\.3 Convocare il Comitato avviso · Responsabile continuità .* fatto scritta/),
  );
  expect(found).toContainEqual(
    expect.stringMatching(
      /Dichiarare la crisi .*\[barrato\] Non è crisi \. .* ritirata : premuto per errore$/,
    ),
  );
  expect(found).toContainEqual(
    expect.stringMatching(
      /^6\.1\.1 Dichiarare la crisi tentativo 2 .* È crisi Responsabile .* server spenti$/,
    ),
  );
  expect(found).toContainEqual(
    expect.stringMatching(
      /fallito disco pieno riprovare \. Responsabile continuità P-AAAAAA .* liberato spazio$/,
    ),
  );
});

test('a step that was not needed names the decision that led elsewhere', () => {
  expect(rows('steps')).toContainEqual(
    expect.stringMatching(
      /^6\.1\.10 Altra stanza a Lucca .* non serviva Decidere la soluzione : Sito secondario –$/,
    ),
  );
});

test('parts stand right under their step', () => {
  const found = rows('steps');
  const at = found.findIndex((row) => row.startsWith('6.2.4 Ripristinare tentativo 2'));
  expect(found[at + 1]).toMatch(/^Dominio .* fallito disco pieno/);
});

test('hand-overs and alarms in order of time, with who said so and the step', () => {
  expect(rows('events').slice(1)).toEqual([
    '08:03:05 allarme oltre il tempo ( 6.1.10 Decidere la soluzione )',
    '08:03:23 sostituzione Provveditore → Responsabile continuità : in ferie ( detto da Responsabile continuità P-AAAAAA )',
  ]);
});

test('a role whose name the evidence does not hold shows its id', () => {
  expect(rows('steps').join()).toContain('ruolo-senza-nome P-BBBBBB');
});

test('the chart leaves out what took no time, and counts it', () => {
  const chart = rows('gantt').join('\n');
  expect(chart).toMatch(/6\.1 Reazione all’emergenza/);
  expect(chart).not.toContain('Convocare il Comitato');
  expect(chart).toContain('Dominio');
  expect(words(page)).toContain('Non sono nel diagramma 2 passi senza durata');
});

test('how many answered is said near the verdict', () => {
  expect(words(page)).toMatch(
    /Superata .* Hanno risposto le persone: 6 risposte da 2 persone; con un’ora dichiarata: 1; ritirate: 1\. RTO/,
  );
  expect(report.unattended).toBe(false);
});

test('that answers were simulated is said near the verdict, in both languages', () => {
  const own = mkdtempSync(join(folder, 'simulated-'));
  const recorder = new Recorder(join(own, 'evidence.jsonl'))
    .begin({ unattended: true })
    .start('a', 1, 'simulated');
  recorder.append({
    type: 'answered',
    step: 'a',
    attempt: 1,
    choice: 'done',
    role: 'rco',
    person: '',
    note: '',
    atUtc: recorder.now(),
    origin: 'simulated',
  });
  recorder.finish('a').end();
  const source = readFileSync(writeReport(join(own, 'evidence.jsonl'), own).htmlPath, 'utf8');
  const top = source.slice(0, source.indexOf('class="clocks"'));
  expect(top).toContain('Le risposte delle persone sono simulate.');
  expect(top).toContain('People’s answers are simulated.');
  expect(top).toContain('1 risposta del programma');
});

test('a run that a decision ended without a restore says which decision, and not only what was not measured', () => {
  const own = mkdtempSync(join(folder, 'decided-'));
  const recorder = new Recorder(join(own, 'evidence.jsonl')).begin({ kind: 'restore' });
  recorder.append({
    type: 'plan',
    steps: [
      {
        step: '6.1-escalation',
        titleIt: 'Decidere se è una crisi',
        titleEn: 'Decide whether it is a crisis',
        clause: '6.1',
        kind: 'human',
        interval: 'decision',
        options: [{ id: 'not-a-crisis', it: 'Resta un incidente', en: 'Stays an incident' }],
      },
      {
        step: '6.2.4-restore',
        titleIt: 'Ripristinare',
        titleEn: 'Restore',
        clause: '6.2.4',
        kind: 'machine',
        interval: 'machine',
        when: [{ step: '6.1-escalation', options: ['escalate'] }],
      },
    ],
  });
  recorder.start('6.1-escalation').pass(1_000).append({
    type: 'answered',
    step: '6.1-escalation',
    attempt: 1,
    choice: 'not-a-crisis',
    role: 'rco',
    person: '',
    note: '',
    atUtc: recorder.now(),
    origin: 'measured',
  });
  recorder.finish('6.1-escalation').end();
  const source = readFileSync(writeReport(join(own, 'evidence.jsonl'), own).htmlPath, 'utf8');
  expect(words(source)).toContain('così è stato deciso: 6.1 Decidere se è una crisi: «Resta un incidente»');
});
