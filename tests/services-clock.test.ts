import { beforeEach, describe, expect, test } from 'vitest';
import { requireInventory } from '../inventory/load.ts';
import { foldRun } from '../runbooks/clock/clock.ts';
import { type RunState, runStateSchema } from '../runbooks/clock/model.ts';
import { coverageEntries } from '../runbooks/evidence/coverage-entries.ts';
import { readEvidence } from '../runbooks/evidence/evidence.ts';
import type { CoverageEntry, ProbeResult, RunService } from '../runbooks/evidence/services.ts';
import { evidencePaths } from './evidence-paths.ts';
import { type Recorder as Log, Recorder } from './report-fixtures.ts';

const newPath = evidencePaths('services-clock');
let path: string;
beforeEach(() => {
  path = newPath();
});

const hour = 3_600_000;

const attendance: RunService = {
  id: 'presenze',
  nameIt: 'Rilevazione delle presenze',
  nameEn: 'Attendance of the staff',
  serviceClass: 'presenze-del-personale',
  rtoTargetSeconds: 56 * 3600,
  rpoTargetSeconds: 24 * 3600,
  source: 'Studio di fattibilità tecnica, 5.1.1.5',
  planRtoSeconds: 72 * 3600,
};
const certificates: RunService = {
  ...attendance,
  id: 'certificati-origine',
  serviceClass: 'certificati-di-origine',
};

/** An hour from the activation on; then what the test does, and the end. */
function runWith(services: RunService[], after: (log: Log) => void, coverage?: CoverageEntry[]): RunState {
  const log = new Recorder(path).begin({ services, ...(coverage && { coverage }) });
  log.milestone('event').milestone('activation').cassette().pass(hour);
  log.check().milestone('service-verified');
  after(log);
  log.end();
  return runStateSchema.parse(foldRun(readEvidence(path)));
}

const good = (log: Log): Log => log.check({ id: 'app.presenze.rows' }).check({ id: 'app.presenze.log-on' });

describe('the clock of a restored service', () => {
  const cases: [
    name: string,
    over: Partial<RunService>,
    after: (log: Log) => unknown,
    rto: [number | null, string],
    outcome: string,
    codes: string[],
  ][] = [
    ['verified in time', {}, (log) => good(log.pass(hour)), [2 * hour, 'PASS'], 'PASS', []],
    [
      'verified too late',
      { rtoTargetSeconds: 3600 },
      (log) => good(log.pass(1_000)),
      [hour + 1_000, 'FAIL'],
      'FAIL',
      ['service-target-missed'],
    ],
    [
      'data older than its RPO',
      { rpoTargetSeconds: 3600 },
      (log) => good(log),
      [hour, 'PASS'],
      'FAIL',
      ['service-target-missed'],
    ],
    [
      'one check failed',
      {},
      (log) => good(log).check({ id: 'app.presenze.write', outcome: 'FAIL' }),
      [null, 'NOT VERIFIABLE'],
      'FAIL',
      ['check-failed', 'service-not-verifiable'],
    ],
    [
      'one check failed and the target gone by',
      { rtoTargetSeconds: 3600 },
      (log) => good(log).check({ id: 'app.presenze.write', outcome: 'FAIL' }).pass(1_000),
      [null, 'FAIL'],
      'FAIL',
      ['check-failed', 'service-target-missed'],
    ],
    [
      'one check not verifiable',
      {},
      (log) => good(log).check({ id: 'app.presenze.write', outcome: 'NOT VERIFIABLE' }),
      [null, 'NOT VERIFIABLE'],
      'NOT VERIFIABLE',
      ['check-not-verifiable', 'service-not-verifiable'],
    ],
    [
      'done again, the last time counts',
      {},
      (log) => good(good(log).pass(hour)),
      [2 * hour, 'PASS'],
      'PASS',
      [],
    ],
    [
      'no check of its own, though another service has some',
      {},
      (log) => log.check({ id: 'app.presenze-2.rows' }),
      [null, 'NOT VERIFIABLE'],
      'NOT VERIFIABLE',
      ['service-not-verifiable'],
    ],
  ];

  test.each(cases)('%s', (_name, over, after, [actualMs, rto], outcome, codes) => {
    const run = runWith([{ ...attendance, ...over }], after);
    const [service] = run.services ?? [];
    expect(service?.rto).toMatchObject({ actualMs, outcome: rto });
    expect(service?.outcome).toBe(outcome);
    expect(run.verdict.reasons.map(({ code }) => code)).toEqual(codes);
    expect(run.verdict.exitStatus).toBe(codes.length === 0 ? 0 : 1);
  });

  test('each has its own, and the plan’s figure stands beside', () => {
    const run = runWith([attendance, certificates], (log) => {
      good(log).pass(hour).check({ id: 'app.certificati-origine.rows' });
    });
    expect(run.services?.map(({ rto }) => rto.actualMs)).toEqual([hour, 2 * hour]);
    expect(run.services?.map(({ planRtoMs }) => planRtoMs)).toEqual([72 * hour, 72 * hour]);
  });

  test('a run without services has nothing more in it than before', () => {
    new Recorder(path).begin().milestone('event').milestone('activation').cassette().check().end();
    const run = foldRun(readEvidence(path));
    for (const key of ['services', 'probes', 'readiness', 'coverage']) expect(run).not.toHaveProperty(key);
  });
});

const seen = (over: Partial<ProbeResult>): ProbeResult => ({
  desk: 'vi-1',
  line: 'primary',
  endpoint: 'telemaco',
  serviceClass: 'registro-imprese',
  outcome: 'PASS',
  evidence: '200',
  ...over,
});

describe('what the desks saw', () => {
  test('of each desk, line and endpoint, and of each desk, the last word counts', () => {
    const run = runWith([], (log) => {
      log.append({ type: 'probes', results: [seen({ outcome: 'FAIL' }), seen({ line: 'backup' })] });
      log.append({ type: 'probes', results: [seen({ evidence: 'again' })] });
      const desk = { desk: 'vi-1', frontOfficeService: 'sportello', reasonsIt: ['a'], reasonsEn: ['a'] };
      log.append({ type: 'readiness', desks: [{ ...desk, canOpen: false }] });
      log.append({ type: 'readiness', desks: [{ ...desk, canOpen: true }] });
    });
    expect(run.probes).toEqual([seen({ evidence: 'again' }), seen({ line: 'backup' })]);
    expect(run.readiness?.map(({ canOpen }) => canOpen)).toEqual([true]);
  });
});

const entry = (over: Partial<CoverageEntry> = {}): CoverageEntry => ({
  kind: 'service-class',
  id: 'registro-imprese',
  name: 'Registro Imprese',
  serviceClasses: ['registro-imprese'],
  standing: 'promised',
  whyIt: 'IC-A',
  whyEn: 'IC-A',
  ...over,
});

function rowOf(covered: CoverageEntry, after: (log: Log) => void, services: RunService[] = [attendance]) {
  const [row] = runWith(services, after, [covered]).coverage ?? [];
  return [row?.status, row?.outcome];
}
const probe = (...results: Partial<ProbeResult>[]) => {
  return (log: Log): void => void log.append({ type: 'probes', results: results.map(seen) });
};

describe('coverage', () => {
  const own = entry({
    id: 'presenze-del-personale',
    serviceClasses: ['presenze-del-personale'],
    standing: 'declared',
  });
  const both = entry({
    kind: 'solution',
    id: 'cciaa-b',
    serviceClasses: ['presenze-del-personale', 'certificati-di-origine'],
    standing: 'not-covered',
  });

  test.each<[string, CoverageEntry, (log: Log) => void, [string, string | null]]>([
    ['not tried', entry(), () => undefined, ['promised', null]],
    ['answers on one line', entry(), probe({ outcome: 'FAIL' }, { line: 'backup' }), ['probed', 'PASS']],
    [
      'dead on both',
      entry(),
      probe({ outcome: 'FAIL' }, { line: 'backup', outcome: 'FAIL' }),
      ['probed', 'FAIL'],
    ],
    ['dead at one desk', entry(), probe({}, { desk: 'vi-2', outcome: 'FAIL' }), ['probed', 'FAIL']],
    ['could not be tried', entry(), probe({ outcome: 'NOT VERIFIABLE' }), ['promised', null]],
    ['another class was tried', entry(), probe({ serviceClass: 'protesti' }), ['promised', null]],
    ['restored and checked', own, (log) => void log.check({ id: 'app.presenze.rows' }), ['restored', 'PASS']],
    [
      'restored, and a check failed',
      own,
      (log) => void log.check({ id: 'app.presenze.rows', outcome: 'FAIL' }),
      ['restored', 'FAIL'],
    ],
    ['foreseen and never checked', own, () => undefined, ['declared', null]],
    [
      'a solution with one of two services',
      both,
      (log) => void log.check({ id: 'app.presenze.rows' }),
      ['not-covered', null],
    ],
    [
      'a solution whose classes answer',
      { ...both, serviceClasses: ['registro-imprese'] },
      probe({}),
      ['not-covered', null],
    ],
    [
      'out of scope',
      entry({ kind: 'out-of-scope', serviceClasses: [], standing: 'not-covered' }),
      probe({}),
      ['not-covered', null],
    ],
  ])('%s', (_name, covered, after, expected) => {
    expect(rowOf(covered, after)).toEqual(expected);
  });

  test('a solution is restored when each of its classes is', () => {
    const row = rowOf(
      both,
      (log) => log.check({ id: 'app.presenze.rows' }).check({ id: 'app.certificati-origine.rows' }),
      [attendance, certificates],
    );
    expect(row).toEqual(['restored', 'PASS']);
  });

  test('the inventory gives every class, service out of scope and solution a row with a reason', async () => {
    const entries = coverageEntries(await requireInventory());
    expect(Object.groupBy(entries, ({ kind }) => kind)).toMatchObject({
      'service-class': { length: 18 },
      'out-of-scope': { length: 3 },
      solution: { length: 5 },
    });
    expect(entries.filter(({ whyIt, whyEn }) => whyIt === '' || whyEn === '')).toEqual([]);
    const standing = Object.fromEntries(entries.map(({ id, standing: stands }) => [id, stands]));
    expect(standing).toMatchObject({
      'registro-imprese': 'promised',
      'sito-istituzionale': 'promised',
      'marchi-e-brevetti': 'declared',
      'presenze-del-personale': 'declared',
      'certificati-di-origine': 'not-covered',
      'cert-impresa': 'not-covered',
      'ic-a': 'promised',
      'cciaa-b': 'not-covered',
    });
    const why = entries.find(({ id }) => id === 'gestione-documentale')?.whyIt;
    expect(why).toContain(
      'IC-A (InfoCamere SCpA): RTO 48 h, RPO 4 h; in essere (Studio di fattibilità tecnica, 5.2)',
    );
    expect(why).toContain('IC-C (InfoCamere SCpA): RTO 48 h, RPO 24 h; non in essere');
  });
});
