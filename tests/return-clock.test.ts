/** A return to Lucca as a run: its own clock, no target and no verdict on the time, and what people see of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inventoryFolder, requireInventory } from '../inventory/load.ts';
import { outageAfter, rtoState } from '../report/live/client/rto.js';
import { watchLines } from '../report/live/watch-lines.ts';
import { linesFor, liveLines } from '../report/screen-lines.ts';
import { writeReport } from '../report/write.ts';
import { foldRun, outageMs } from '../runbooks/clock/clock.ts';
import { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import { returnRunbook } from '../runbooks/plan/runbooks.ts';
import { foldProgress } from '../runbooks/run/progress.ts';
import { alarmsDue } from '../runbooks/run/watch.ts';
import { viewOf } from '../runbooks/view/view.ts';
import { letterView } from '../runbooks/works/mailroom.ts';
import { RunModel, theReturn } from './run-model.ts';

const hour = 3_600_000;
const runbook = returnRunbook();

/** People answer, and machines work without fault, an hour each, until this step is over. */
function upTo(last: string, outcome: 'PASS' | 'FAIL' | 'NOT VERIFIABLE' = 'PASS'): RunModel {
  const model = new RunModel(runbook, theReturn, [planEvent(runbook, () => [], {})]);
  for (const { id, kind } of runbook) {
    model.pass(hour);
    const { attempt } = model.of(id);
    if (id === 'return-restore')
      model.write([
        {
          type: 'check',
          check: { id: 'files.content', titleIt: 'x', titleEn: 'x', outcome, evidence: '', durationMs: 1 },
        },
      ]);
    if (kind === 'machine' || kind === 'check') model.end(`${id}#${attempt}`, 'done');
    else model.answer(id, kind === 'notify' ? 'skipped' : id === 'return-decision' ? 'return' : 'done');
    if (id === last) return model;
  }
  return model;
}

function putOff(): RunModel {
  const model = new RunModel(runbook, theReturn, [planEvent(runbook, () => [], {})]);
  model.answer('return-decision', 'not-yet');
  return model;
}

const viewed = ({ records }: RunModel, now = records.at(-1)) =>
  viewOf({
    records,
    runbook,
    roles: {},
    executing: true,
    letterOf: () => null,
    pastRuns: [1, 2, 3, 4, 9].map((hours) => ({ runId: `past-${hours}`, actualMs: hours * hour })),
    ...(now && { now }),
  });

describe('its clock', () => {
  test('counts from the stop of Viareggio to the acceptance of Lucca, and the whole', () => {
    const state = foldRun(upTo('return-public').records);
    const at = (id: string): number => runbook.findIndex((step) => step.id === id);
    expect(state).toMatchObject({
      kind: 'return',
      scenario: null,
      rto: null,
      rpo: null,
      status: 'completed',
    });
    expect(state.outage).toMatchObject({
      actualMs: (at('return-check') - at('return-prepare')) * hour,
      unaccountedMs: 0,
      wholeMs: runbook.length * hour,
    });
    expect(state.outage?.parts?.travel.livedMs).toBe(hour);
  });

  test('runs while nobody can work, and not before', () => {
    const before = upTo('return-pause');
    expect(outageMs(foldRun(before.records), 99 * hour)).toBeUndefined();
    const state = foldRun(upTo('return-travel').records);
    expect(state.outage?.actualMs).toBeNull();
    expect(outageMs(state, state.lastOffsetMs + hour)).toBe(2 * hour);
  });

  test('raises no alarm about an RTO', () => {
    const model = upTo('return-travel').pass(500 * hour);
    const keys = alarmsDue(runbook, model.records, model.clock()).map(({ key }) => key);
    expect(keys).toContain('alarm/time-out/return-snapshot/1');
    expect(keys.filter((key) => key.includes('rto'))).toEqual([]);
  });

  test('knows no activation: nobody can declare one', () => {
    const model = upTo('return-decision');
    const said = { type: 'declare', role: 'rco', person: '', atUtc: model.clock().atUtc } as const;
    expect(() => model.say({ ...said, milestone: 'activation' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_POINT', hint: expect.stringContaining('service-stopped') }),
    );
    expect(() => model.say({ ...said, milestone: 'service-stopped' })).not.toThrow();
  });
});

describe('its verdict', () => {
  test.each([
    ['every check PASS', () => upTo('return-public'), 0, []],
    ['a check that failed', () => upTo('return-public', 'FAIL'), 1, ['check-failed']],
    [
      'nothing could be verified',
      () => upTo('return-public', 'NOT VERIFIABLE'),
      2,
      ['nothing-verifiable', 'check-not-verifiable'],
    ],
    ['put off', () => putOff(), 2, ['no-checks']],
    ['cut off', () => upTo('return-prepare'), 2, ['unfinished', 'no-checks']],
  ])('%s', (_name, model, status, reasons) => {
    const { verdict } = foldRun(model().records);
    expect(verdict.reasons.map(({ code }) => code)).toEqual(reasons);
    expect(verdict.exitStatus).toBe(status);
  });
});

describe('what people see', () => {
  test('the report says that the plan sets no time, and speaks of no RTO', () => {
    const reports = mkdtempSync(join(tmpdir(), 'dr-return-'));
    onTestFinished(() => rmSync(reports, { recursive: true }));
    const folder = mkdtempSync(join(reports, 'run-')); // `latest` is put beside it
    const log = new EvidenceLog(join(folder, 'evidence.jsonl'));
    for (const { event } of upTo('return-public').records) log.append(event);
    const { report, htmlPath } = writeReport(log.path, folder);
    const page = readFileSync(htmlPath, 'utf8');
    expect(report.verdict.exitStatus).toBe(0);
    expect(page).toContain('Il piano non fissa un tempo per il rientro');
    expect(page).toContain('Viareggio → Lucca');
    expect(page).not.toMatch(/RTO|RPO|undefined|null/);
  });

  test.each([
    ['return-pause', 'serving', /Viareggio lavora/],
    ['return-travel', 'outage', /Nessuno può lavorare: Viareggio è ferma da 1 h/],
    ['return-standby', 'returned', /Lucca è tornata: nessuno ha potuto lavorare per/],
  ])('after %s the page and the terminal say "%s"', (last, state, words) => {
    const view = viewed(upTo(last));
    expect(rtoState(view, view.rtoRemainingMs)).toBe(state);
    expect(outageAfter(view, hour)).toBe(
      state === 'serving' ? 0 : (view.outageMs ?? 0) + (state === 'outage' ? hour : 0),
    );
    const lines = watchLines(view, 'it', 100).map(({ text }) => text);
    expect(lines[0]).toBe('Rientro a Lucca / Return to Lucca');
    expect(lines[1]).toMatch(words);
  });

  test('when work at Lucca is foreseen, from past returns, while nobody can work', () => {
    const view = viewed(upTo('return-travel'));
    const stopped = view.run.milestones.find(({ name }) => name === 'service-stopped')?.atUtc ?? '';
    const after = (hours: number) => new Date(Date.parse(stopped) + hours * hour).toISOString();
    expect(view.forecast).toEqual({
      known: true,
      samples: 5,
      medianAtUtc: after(3),
      p90AtUtc: after(9),
      meetsRto: null,
    });
    expect(watchLines(view, 'it', 200)[2]?.text).toMatch(
      /^Previsione: a Lucca si lavora di nuovo verso le .*al più tardi/,
    );
    for (const over of [upTo('return-pause'), upTo('return-standby')])
      expect(
        watchLines(viewed(over), 'it', 200)
          .map(({ text }) => text)
          .join(),
      ).not.toContain('Previsione');
  });

  test('the screen counts the time without a server', () => {
    const { records } = upTo('return-travel');
    const state = foldRun(records);
    const [first] = records;
    expect(first && linesFor(first, state, 'it')[0]?.text).toMatch(
      /● Rientro a Lucca \/ Return to Lucca; run-model$/,
    );
    const live = liveLines(state, state.lastOffsetMs, '', 'it', 100).map(({ text }) => text);
    expect(live.at(-1)).toMatch(/^  senza server da 1 h/);
  });

  test('the letter to the Committee says from when until when nobody could work', async () => {
    const step = runbook.find(({ id }) => id === 'return-committee');
    if (step?.kind !== 'notify') throw new Error('no letter');
    const inventory = await requireInventory();
    const surroundings = {
      inventory,
      inventoryFolder: inventoryFolder(),
      runId: 'run',
      kind: 'return',
    } as const;
    const letter = (model: RunModel) =>
      letterView(step, surroundings, foldProgress(runbook, model.records)).text;
    expect(letter(upTo('return-standby'))).toMatch(
      /nessuno ha potuto lavorare sui file da lunedì 23 novembre/,
    );
    expect(letter(upTo('return-standby'))).toContain('- perché sì');
    expect(letter(upTo('return-pause'))).not.toContain('nessuno ha potuto lavorare');
  });
});
