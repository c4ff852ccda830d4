import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { writeReport } from '../report/write.ts';
import { lostAce, recordDrill } from './report-fixtures.ts';

const reports = mkdtempSync(join(tmpdir(), 'dr-report-cli-'));
const main = join(import.meta.dirname, '..', 'cli', 'main.ts');
const run = join(reports, 'drill-1');

afterAll(() => rmSync(reports, { recursive: true, force: true }));
beforeAll(() => {
  mkdirSync(run);
  const { path } = recordDrill(join(run, 'evidence.jsonl'), { checks: [lostAce] });
  writeReport(path, run);
});

async function report(args: string[], cwd = reports): Promise<ExecOutcome> {
  return await tryRun(process.execPath, [main, 'report', ...args, '--reports', reports], { cwd });
}

test.each([
  ['latest, by default', [], reports],
  ['by name', ['drill-1'], tmpdir()],
  ['by its folder', [run], tmpdir()],
  ['by its log', [join(run, 'evidence.jsonl')], tmpdir()],
  ['from within its folder', ['.'], run],
])('%s', async (_name, args, cwd) => {
  const { exitCode, stdout } = await report(args, cwd);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Non superata. 1 verifica fallita;');
  expect(stdout).toMatch(/Prove integre: \d+ record, ultima impronta [0-9a-f]{64}\n/);
  expect(stdout).toContain(`Report: ${join(run, 'report.html')}`);
  expect(readlinkSync(join(reports, 'latest'))).toBe('drill-1');
});

test('in English, elsewhere', async () => {
  const out = join(reports, 'copy');
  const { stdout } = await report(['drill-1', '--lang', 'en', '--out', out]);
  expect(stdout).toContain('Failed. 1 check failed;');
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<html lang="en"');
});

test('an altered log is refused, with its line', async () => {
  const altered = join(reports, 'altered');
  mkdirSync(altered);
  const text = readFileSync(join(run, 'evidence.jsonl'), 'utf8');
  writeFileSync(join(altered, 'evidence.jsonl'), text.replace('"D1"', '"D2"'));
  const { exitCode, stderr } = await report([altered]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('EVIDENCE_BROKEN');
  expect(stderr).toContain('riga 1');
});

test('a run that is not there', async () => {
  const { exitCode, stderr } = await report(['drill-2']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('REPORT_NO_RUN');
});

test('a language that there is not', async () => {
  const { exitCode, stderr } = await report(['--lang', 'de']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('it, en');
});
