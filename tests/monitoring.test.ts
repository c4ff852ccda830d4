/** What monitoring reads of the last verification: the plugin's line and status, metrics before promtool, and both as commands. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appendVerification, historyFile } from '../cassette/history.ts';
import { overviewOf } from '../cassette/overview.ts';
import type { Level, Verification } from '../cassette/verification.ts';
import type { CheckOutcome } from '../core/check.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { nagiosOutput, type PluginOutput } from '../report/monitoring/nagios.ts';
import { prometheusText } from '../report/monitoring/prometheus.ts';
import { temporaryFolder } from './mail-fixtures.ts';
import { promtool } from './promtool.ts';
import { verification } from './verification-fixtures.ts';

const PASS: CheckOutcome[] = ['PASS', 'PASS', 'PASS', 'PASS'];
const monday = '2026-11-23T05:30:00.000Z';
const tuesday = '2026-11-24T05:30:00.000Z';
const limits = { warningSeconds: 26 * 3600, criticalSeconds: 50 * 3600 };

function asked(history: readonly Verification[], nowUtc: string, level: Level = 'content'): PluginOutput {
  return nagiosOutput(overviewOf('viareggio', history), level, limits, nowUtc);
}

describe('the Nagios plugin', () => {
  test('in order: one line with performance data, then a line a level', () => {
    const figures = {
      snapshot_age_seconds: 34200,
      bytes_read: 12_345_678,
      bytes_total: 2 ** 40,
      read_percent: 12.5,
      media: 1,
    };
    const { text, exitStatus } = asked(
      [verification({ startedAtUtc: monday, outcomes: PASS, figures })],
      '2026-11-23T06:30:04.000Z',
    );
    expect(exitStatus).toBe(0);
    const [first, ...rest] = text.trimEnd().split('\n');
    expect(first).toMatch(
      /^LUCCA_DR OK - viareggio: LUCCA-DR-A contenuto \/ content: superata \/ passed, .*1 h 00 min/,
    );
    expect(first).toContain(
      ' | content_age=3600s;93600;180000;0 presence_duration=1s;;;0 presence_snapshot_age=34200s presence_bytes_read=12345678B presence_bytes_total=1099511627776B presence_read=12.500% presence_media=1 ',
    );
    expect(rest).toHaveLength(4);
    expect(text).not.toContain('recoverability');
  });

  const now = '2026-11-24T06:00:00.000Z';
  const good = verification({ startedAtUtc: monday, outcomes: PASS });
  const cases: {
    name: string;
    history: Verification[];
    now: string;
    status: number;
    says: RegExp;
    level?: Level;
  }[] = [
    {
      name: 'no result at all',
      history: [],
      now,
      status: 3,
      says: /^LUCCA_DR UNKNOWN - viareggio: nessuna verifica conservata[^|]*\n/,
    },
    {
      name: "another site's result is none",
      history: [verification({ site: 'lucca', startedAtUtc: tuesday, outcomes: PASS })],
      now,
      status: 3,
      says: /nessuna verifica/,
    },
    {
      name: 'FAIL, with its reason',
      history: [
        verification({
          startedAtUtc: tuesday,
          outcomes: ['PASS', 'FAIL'],
          evidence: 'età 3 | giorni\nvecchia',
        }),
      ],
      now,
      status: 2,
      says: /^LUCCA_DR CRITICAL - viareggio: età \/ freshness: NON SUPERATA \/ FAILED: età 3 \/ giorni; vecchia; struttura/,
    },
    {
      name: 'NOT VERIFIABLE',
      history: [good, verification({ startedAtUtc: tuesday, outcomes: ['NOT VERIFIABLE'] })],
      now,
      status: 3,
      says: /UNKNOWN - viareggio: presenza \/ presence: NON VERIFICABILE/,
    },
    {
      name: 'FAIL is worse than NOT VERIFIABLE',
      history: [
        verification({ startedAtUtc: tuesday, outcomes: ['NOT VERIFIABLE', 'FAIL', 'PASS', 'PASS'] }),
      ],
      now,
      status: 2,
      says: /CRITICAL - viareggio: età/,
    },
    {
      name: 'PASS, and old',
      history: [good],
      now: '2026-11-24T07:31:00.000Z',
      status: 1,
      says: /WARNING - viareggio: contenuto \/ content: ultimo risultato di 26 h 00 min fa/,
    },
    {
      name: 'PASS, and very old',
      history: [good],
      now: '2026-11-25T07:31:00.000Z',
      status: 2,
      says: /CRITICAL - viareggio: .*2 g 02 h fa/,
    },
    {
      name: 'the level asked for is old, those below it are new',
      history: [
        good,
        verification({ startedAtUtc: tuesday, requested: 'structure', outcomes: ['PASS', 'PASS', 'PASS'] }),
      ],
      now: '2026-11-24T07:45:00.000Z',
      status: 1,
      says: /WARNING/,
    },
    {
      name: 'a level that was never carried out',
      history: [good],
      now: '2026-11-23T06:00:00.000Z',
      status: 3,
      says: /ripristino \/ recoverability: mai eseguita/,
      level: 'recoverability',
    },
    {
      name: 'a result of the future',
      history: [good],
      now: '2026-11-23T05:00:00.000Z',
      status: 3,
      says: /nel futuro/,
    },
    {
      name: 'yesterday failed, today passes',
      history: [
        verification({ startedAtUtc: monday, outcomes: ['FAIL'] }),
        verification({ startedAtUtc: tuesday, outcomes: PASS }),
      ],
      now,
      status: 0,
      says: /OK/,
    },
  ];
  test.each(cases)('$name: status $status', ({ history, now: nowUtc, status, says, level }) => {
    const { text, exitStatus } = asked(history, nowUtc, level);
    expect(text).toMatch(says);
    expect(exitStatus).toBe(status);
    // One `|` in the first line at most, and none elsewhere: else a reader takes words for numbers.
    const [first = '', ...rest] = text.split('\n');
    expect(first.split('|').length).toBeLessThan(3);
    expect(rest.join('')).not.toContain('|');
    for (const datum of (first.split(' | ')[1] ?? '').split(' ').filter((one) => one !== ''))
      expect(datum).toMatch(/^[a-z_]+=-?\d+(\.\d+)?(s|B|%)?(;\d*;\d*;\d*)?$/);
  });
});

describe('the Prometheus metrics', () => {
  test('promtool has nothing to say, whatever the history; numbers are instants and states', async () => {
    const figures = { bytes_total: 2 ** 40, snapshot_age_seconds: 1e21, speed: 0.000_000_1 };
    const mixed = [
      verification({ startedAtUtc: monday, outcomes: PASS, figures }),
      verification({ startedAtUtc: tuesday, outcomes: ['PASS', 'FAIL'] }),
    ];
    const text = prometheusText(overviewOf('viareggio', mixed));
    expect(await promtool(text)).toEqual({ exitCode: 0, said: '' });
    expect(text).toContain('lucca_dr_verification_outcome{site="viareggio",outcome="FAIL"} 1\n');
    expect(text).toContain('lucca_dr_verification_outcome{site="viareggio",outcome="PASS"} 0\n');
    expect(text).toContain(
      `lucca_dr_verification_last_run_timestamp_seconds{site="viareggio"} ${Date.parse(tuesday) / 1000 + 2}\n`,
    );
    expect(text).toContain(
      `lucca_dr_level_last_pass_timestamp_seconds{site="viareggio",level="freshness"} ${Date.parse(monday) / 1000 + 2}\n`,
    );
    expect(text).toContain(
      'lucca_dr_level_figure{site="viareggio",level="content",figure="bytes_total"} 1099511627776\n',
    );
    expect(text).not.toContain('recoverability');
    expect(prometheusText(overviewOf('viareggio', []))).toBe('');
  });

  test('what a label holds cannot break out of it', async () => {
    const odd = verification({ startedAtUtc: monday, outcomes: ['PASS'] });
    for (const { subject } of odd.results) if (subject !== null) subject.label = 'A"} 1\nevil\\';
    const text = prometheusText(overviewOf('viareggio', [odd]));
    expect(text).toContain('label="A\\"} 1\\nevil\\\\"');
    expect(await promtool(text)).toEqual({ exitCode: 0, said: '' });
  });

  test('promtool would speak up', async () => {
    const { exitCode, said } = await promtool('# TYPE a_total gauge\na_total 1');
    expect(exitCode).not.toBe(0);
    expect(said).toContain('a_total');
  });
});

describe('dr schedule check', () => {
  test('reads the last stored result; metrics are written whole, for everybody to read', async () => {
    const state = temporaryFolder();
    await appendVerification(
      join(state, 'custody'),
      verification({ startedAtUtc: new Date().toISOString(), outcomes: PASS }),
    );
    expect(await check(state, '--output', 'nagios')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^LUCCA_DR OK/),
    });
    expect(await check(state)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('recoverability: mai eseguita'),
    });
    const file = join(state, 'lucca-dr.prom');
    expect(await check(state, '--output', 'prometheus', '--file', file)).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(await promtool(readFileSync(file, 'utf8'))).toEqual({ exitCode: 0, said: '' });
    const strict = await check(
      state,
      '--output',
      'nagios',
      '--warning',
      '1s',
      '--critical',
      '2h',
      '--level',
      'presence',
    );
    expect(strict.stdout).toMatch(/^LUCCA_DR (OK|WARNING)/);
  });

  test('what keeps it from judging is UNKNOWN, never CRITICAL nor OK', async () => {
    const state = temporaryFolder();
    const custody = join(state, 'custody');
    mkdirSync(historyFile(custody, 'viareggio'), { recursive: true });
    const cases = [
      await check(state, '--output', 'nagios'),
      await check(state, '--output', 'nagios', '--site', 'lucca'),
      await check(state, '--output', 'nagios', '--critical', '1h'),
      await check(state, '--output', 'nagios', '--warning', 'soon'),
      await check(state, '--output', 'nonsense'),
    ];
    expect(cases.map(({ exitCode }) => exitCode)).toEqual([3, 3, 3, 3, 3]);
    expect(cases[0]?.stdout).toMatch(/^LUCCA_DR UNKNOWN - .*EISDIR/);
  });

  test('a line that was torn or written by hand is passed over', async () => {
    const state = temporaryFolder();
    const custody = join(state, 'custody');
    await appendVerification(
      custody,
      verification({ startedAtUtc: new Date().toISOString(), outcomes: PASS }),
    );
    const file = historyFile(custody, 'viareggio');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"id":"torn`);
    expect(await check(state, '--output', 'nagios')).toMatchObject({ exitCode: 0 });
  });
});

async function check(state: string, ...words: string[]): ReturnType<typeof tryRun> {
  return await tryRun(join(projectDirectory(), 'bin/dr'), ['schedule', 'check', ...words], {
    env: { DR_STATE: state },
  });
}
