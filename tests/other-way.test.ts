/** The solutions of 6.1.10 that people carry out: their clock, their verdict, and that nothing is said to be verified or restored. */
import { describe, expect, test } from 'vitest';
import { rtoState } from '../report/live/client/rto.js';
import { watchLines } from '../report/live/watch-lines.ts';
import { buildReport } from '../report/model.ts';
import { renderPage } from '../report/page.ts';
import { whatWasDecided } from '../report/sections/decided.ts';
import { verdictSentence } from '../report/sections/verdict.ts';
import { foldRun, rtoRemainingMs } from '../runbooks/clock/clock.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { RunService } from '../runbooks/evidence/services.ts';
import { disasterRunbook } from '../runbooks/plan/runbooks.ts';
import { choicesOf } from '../runbooks/run/choices.ts';
import { alarmsDue } from '../runbooks/run/watch.ts';
import { viewOf } from '../runbooks/view/view.ts';
import { disaster, RunModel } from './run-model.ts';

const minute = 60_000;
const hour = 60 * minute;
const runbook = disasterRunbook();
const roles = { rco: { it: 'Responsabile della Continuità', en: 'Continuity manager' } };

/** What is said to a step otherwise than the first thing that it offers; `hours` pass before it. */
type Said = Record<string, { choice?: string; hours?: number; atUtc?: string } | undefined>;

/** People answer whatever waits, a minute each, until nothing does or `stopBefore` waits. */
function walk(said: Said, stopBefore?: string): RunModel {
  const model = new RunModel(runbook, disaster, [planEvent(runbook, () => [], roles)]);
  const detours = { ...said };
  for (;;) {
    model.settle();
    const [id] = model.with('waiting', 'failed');
    if (id === undefined || id === stopBefore) return model;
    const { choice, hours = 0, atUtc } = detours[id] ?? {};
    delete detours[id];
    model.pass(minute + hours * hour);
    const time = id === '6.1.1-event' ? '2026-11-23T06:00:00.000Z' : atUtc;
    model.answer(id, choice ?? firstChoice(model, id), time === undefined ? {} : { atUtc: time });
  }
}

function firstChoice(model: RunModel, id: string): string {
  const { status } = model.of(id);
  if (status === 'failed') return 'done';
  return choicesOf(model.step(id), status, model.progress.outcomes)[0]?.id ?? 'done';
}

function viewed({ records }: RunModel) {
  const last = records.at(-1);
  return viewOf({
    records,
    runbook,
    roles,
    executing: true,
    letterOf: () => null,
    pastRuns: [],
    ...(last && { now: last }),
  });
}

const reportOf = ({ records }: RunModel) => buildReport(records, 'evidence.jsonl');

/** The report for people, in Italian, as words. */
function page(model: RunModel): string {
  return renderPage(reportOf(model), 'it')
    .replaceAll(/<(style|script).*?<\/\1>/gs, '')
    .replaceAll(/<span class="en"[^>]*>[^<]*<\/span>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00A0]+/g, ' ');
}

const toLucca = { choice: 'primary-site' };
const paths = [
  { name: 'D2', step: '6.1.10-other-room', said: { '6.1.1-scenario': { choice: 'D2' }, '6.1.10': toLucca } },
  { name: 'D3', step: '6.1.10-repair', said: { '6.1.1-scenario': { choice: 'D3' }, '6.1.10': toLucca } },
  {
    name: 'D3 with malware',
    step: '6.1.10-clean',
    said: {
      '6.1.1-scenario': { choice: 'D3-malware' },
      '6.1.8-malware': { atUtc: '2026-11-22T06:00:00.000Z' },
      '6.1.10': toLucca,
    },
  },
  { name: 'D1, both sites struck', step: '6.1.10-other', said: { '6.1.10': { choice: 'other' } } },
];

describe.each(paths)('$name: $step', ({ name: path, step, said }) => {
  const { title } = runbook.find(({ id }) => id === step) ?? { title: { it: '', en: '' } };

  test('ends well when people say that service is back, and says that they say so', () => {
    const model = walk({ ...said, [step]: { hours: 30 } });
    const report = reportOf(model);
    expect(report.verdict).toEqual({ outcome: 'DECLARED', exitStatus: 0, reasons: [] });
    expect(report.status).toBe('completed');
    expect(report.otherWay).toMatchObject({ decision: '6.1.10', choice: said['6.1.10']?.choice, step });
    expect(report.milestones.map(({ name }) => name)).not.toContain('activation');
    expect(report.milestones.find(({ name }) => name === 'accepted')?.origin).toBe('declared');
    const decided = report.answers.find((answer) => answer.step === '6.1.10')?.atUtc ?? '';
    const back = report.answers.find((answer) => answer.step === step)?.atUtc ?? '';
    expect(report.rto).toMatchObject({
      actualMs: Date.parse(back) - Date.parse(decided),
      outcome: 'PASS',
    });
    expect(report.rto?.actualMs).toBeGreaterThan(30 * hour);

    expect(report.scenario).toBe(path.slice(0, 2));

    const sentences = `${whatWasDecided(report)?.it} ${verdictSentence(report).it}`;
    expect(sentences).toContain('Così è stato deciso: 6.1.10 Decidere la soluzione: «');
    expect(sentences).toContain(`lo dichiara Responsabile della Continuità, P-000001, 24/11/2026`);
    expect(sentences).toContain(`con il passo 6.1.10 ${title.it}`);
    expect(sentences).toContain('nessuna verifica del programma, perdita di dati non misurata');
    const whole = page(model);
    expect(whole).toContain('Risolta, come dichiarato dalle persone');
    expect(whole).toContain('Da: decisione (6.1.10)');
    expect(whole).not.toContain('Lucca → Viareggio');
    for (const untrue of [/Nulla è stato ripristinato/, /deciso: [^.]*3 settimane/, /verific[ah]e? superat/])
      expect(`${sentences} ${whole}`).not.toMatch(untrue);
    expect(whole).not.toMatch(/Superata|nessuna verifica eseguita|RTO non verificabile/);

    const view = viewed(model);
    expect(rtoState(view, view.rtoRemainingMs)).toBe('declared');
    const lines = watchLines(view, 'it', 200).map(({ text }) => text);
    expect(lines.join('\n')).toContain('Servizio tornato, lo dicono le persone');
    expect(lines.join('\n')).not.toContain('Servizio verificato');
  });

  test('too late for the RTO', () => {
    const model = walk({ ...said, [step]: { hours: 73 } });
    const { verdict } = reportOf(model);
    expect(verdict).toMatchObject({ outcome: 'FAIL', exitStatus: 1, reasons: [{ code: 'rto-missed' }] });
    const view = viewed(model);
    expect(rtoState(view, view.rtoRemainingMs)).toBe('declared-late');
  });

  test('skipped: nobody says that service is back', () => {
    const report = reportOf(walk({ ...said, [step]: { choice: 'skipped' } }));
    expect(report.verdict).toMatchObject({ outcome: 'NOT CARRIED OUT', exitStatus: 2 });
    expect(report.verdict.reasons.map(({ code }) => code)).toContain('no-checks');
    expect(whatWasDecided(report)?.it).toMatch(
      /Nessuno ha dichiarato che il servizio è tornato: 6\.1\.10 .*: saltato$/,
    );
  });

  test('failed, and done at the second try', () => {
    const report = reportOf(walk({ ...said, [step]: { choice: 'failed' } }));
    expect(report.verdict).toMatchObject({ outcome: 'DECLARED', exitStatus: 0 });
    expect(report.steps.find((one) => one.step === step)?.attempts.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'done',
    ]);
  });

  test('while it goes on, the RTO is counted from the decision and warned of', () => {
    const model = walk(said, step);
    const state = foldRun(model.records);
    expect(rtoRemainingMs(state, (state.otherWay?.offsetMs ?? 0) + 10 * hour)).toBe(62 * hour);
    const view = viewed(model);
    expect(view.rtoRunning).toBe(true);
    expect(rtoState(view, view.rtoRemainingMs)).toBe('running');
    model.pass(60 * hour);
    const keys = alarmsDue(runbook, model.records, model.clock()).map(({ key }) => key);
    expect(keys).toContain('alarm/rto-near');
  });
});

test('a decision that was typed in later counts from when it was taken', () => {
  const [{ said, step } = { said: {}, step: '' }] = paths;
  const { otherWay, rto, answers } = foldRun(
    walk({
      ...said,
      '6.1.10': { choice: 'primary-site', hours: 5, atUtc: '2026-11-23T08:00:00.000Z' },
      [step]: { hours: 1 },
    }).records,
  );
  expect(otherWay?.atUtc).toBe('2026-11-23T08:00:00.000Z');
  const back = answers.find((answer) => answer.step === step)?.atUtc ?? '';
  expect(rto?.actualMs).toBe(Date.parse(back) - Date.parse('2026-11-23T08:00:00.000Z'));
  expect(rto?.actualMs).toBeGreaterThan(5 * hour);
});

test('each service is declared back with all the rest, and judged by its own target', () => {
  const [{ said, step } = { said: {}, step: '' }] = paths;
  const service: RunService = {
    id: 'presenze',
    nameIt: 'Presenze',
    nameEn: 'Attendance',
    serviceClass: 'presenze',
    rtoTargetSeconds: 56 * 3600,
    rpoTargetSeconds: 24 * 3600,
    source: 'studio',
  };
  const judged = (hours: number) => {
    const records = walk({ ...said, [step]: { hours } }).records.map((record) =>
      record.event.type === 'run-started'
        ? { ...record, event: { ...record.event, services: [service] } }
        : record,
    );
    return foldRun(records);
  };
  expect(judged(30)).toMatchObject({
    verdict: { outcome: 'DECLARED' },
    services: [{ checked: 'NOT VERIFIABLE', outcome: 'NOT VERIFIABLE', rto: { outcome: 'PASS' } }],
  });
  expect(judged(60).verdict).toMatchObject({
    outcome: 'FAIL',
    reasons: [{ code: 'service-target-missed', subjects: ['presenze'] }],
  });
});

describe('what else ends without a restore', () => {
  test.each([
    [{ '6.1-escalation': { choice: 'not-a-crisis' } }, '6.1 Decidere'],
    [{ '6.1.1': { choice: 'no-crisis' } }, '6.1.1 Dichiarare lo stato di crisi: «Non è crisi'],
  ])('%o: the decision that ended it', (said, words) => {
    const report = reportOf(walk(said));
    expect(report.verdict).toMatchObject({ outcome: 'NOT CARRIED OUT', exitStatus: 2 });
    expect(report.otherWay).toBeUndefined();
    expect(whatWasDecided(report)?.it).toContain(`così è stato deciso: ${words}`);
  });

  test('a restore that was to be and was left out is nobody’s decision', () => {
    const model = walk({}, '6.2.4-hardware');
    const left = walkOn(model);
    expect(left.verdict.exitStatus).toBe(2);
    expect(whatWasDecided(left)).toBeUndefined();
  });
});

/** The restore fails and is left out; people accept what there is all the same. */
function walkOn(model: RunModel) {
  for (;;) {
    const [work] = model.running;
    if (work !== undefined) model.end(work, work.startsWith('6.2.4-restore') ? 'failed' : 'done');
    const [id] = model.with('waiting', 'failed');
    if (id === undefined && model.running.size === 0) return reportOf(model);
    if (id !== undefined)
      model.answer(id, model.of(id).status === 'failed' ? 'skipped' : firstChoice(model, id));
  }
}
