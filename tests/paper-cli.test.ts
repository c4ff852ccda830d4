/** `dr paper` as a person types it, with an inventory, a database and reports of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { readReport } from '../report/write.ts';
import { stopDatabase } from '../runbooks/durable/postgres.ts';
import { inventoryFolder, projectFolder } from './inventory-copy.ts';
import { Browser } from './report-browser.ts';

const NAME = 'Zefferina Quaratesi <b>';
const folder = mkdtempSync(join(tmpdir(), 'dr-paper-'));
const inventory = join(folder, 'inventory');
const paper = join(inventory, 'local', 'paper');
const reports = join(folder, 'reports');
const dr = resolve(import.meta.dirname, '..', 'bin', 'dr');
const env = { DR_STATE: join(folder, 'state'), DR_PERSON: '', DR_DATABASE_URL: '', DR_INVENTORY: inventory };
let child: ChildProcess | undefined;

beforeAll(() => {
  mkdirSync(join(inventory, 'local'), { recursive: true });
  for (const name of readdirSync(inventoryFolder).filter((one) => one.endsWith('.yaml')))
    cpSync(join(inventoryFolder, name), join(inventory, name));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await stopDatabase(join(folder, 'state', 'runs-database'));
  rmSync(folder, { recursive: true, force: true });
});

const long = 10 * 60_000;
const type = async (...args: string[]): Promise<ExecOutcome> => await tryRun(dr, args, { env });
const csvOf = (stdout: string): string => /dr paper enter (\S+)/.exec(stdout)?.[1] ?? '';

test(
  'without names: empty lines, and a warning',
  async () => {
    const { exitCode, stdout, stderr } = await type('paper', 'print', 'attendance', '--day', '2026-11-24');
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/people\.yaml.*solo righe vuote/s)]);
    expect(stdout).toMatch(
      /Foglio \/ Sheet: P-20261124-[0-9A-F]{6}, 2026-11-24; nomi \/ names: 0, righe \/ lines: 24/,
    );
    expect(readFileSync(csvOf(stdout), 'utf8').trim().split('\r\n')).toHaveLength(25);
  },
  long,
);

test(
  'where no application has that fallback: refused, with what to write in the inventory',
  async () => {
    const path = join(inventory, 'applications.yaml');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace(/^ +fallback:.*\n/m, ''));
    const { exitCode, stderr } = await type('paper', 'print', 'attendance');
    writeFileSync(path, whole);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/fallback: \{ kind: paper, sheet: attendance.*\[PAPER_NOT_FORESEEN\]/s),
    ]);
  },
  long,
);

test(
  'a sheet with names prints on A4, once for a day, and only into a private place',
  async () => {
    const people = ['rco', 'segretario-generale'].map((role) => ({ role, name: NAME, phone: '1' }));
    writeFileSync(join(inventory, 'local', 'people.yaml'), JSON.stringify({ people }));
    const first = await type('paper', 'print', 'attendance', '--day', '24/11/2026');
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/nomi \/ names: 1, righe \/ lines: 13/);
    expect(first.stdout).not.toContain('Zefferina');
    const csv = csvOf(first.stdout);
    expect(readFileSync(csv, 'utf8')).not.toContain('Zefferina');
    writeFileSync(csv, 'half filled in');
    const again = await type('paper', 'print', 'attendance', '--day', '2026-11-24');
    expect(/Sheet: \S+/.exec(again.stdout)?.[0]).toBe(/Sheet: \S+/.exec(first.stdout)?.[0]);
    expect(readFileSync(csv, 'utf8')).toBe('half filled in');
    for (const name of readdirSync(paper)) expect(statSync(join(paper, name)).mode & 0o077).toBe(0);

    await using browser = await Browser.start();
    const { page, complaints, requests } = await browser.open(csv.replace('.csv', '.html'));
    expect(await page.locator('tbody tr').first().innerText()).toContain(NAME);
    expect(await page.locator('tbody tr').count()).toBe(13);
    expect(await page.locator('body').innerText()).toContain('Servizio fermo: Rilevazione delle presenze.');
    expect([complaints, requests]).toEqual([[], []]);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);

    for (const place of [join(projectFolder, 'foglio.html'), join(projectFolder, 'reports', 'x', 'f.html')]) {
      const refused = await type('paper', 'print', 'attendance', '--out', place);
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('[PAPER_PLACE]')]);
      expect(existsSync(place)).toBe(false);
    }
    const stick = join(folder, 'stick', 'foglio.html');
    expect((await type('paper', 'print', 'attendance', '--out', stick)).exitCode).toBe(0);
    expect([existsSync(stick), existsSync(join(folder, 'stick', 'foglio.csv'))]).toEqual([true, true]);
  },
  long,
);

test(
  'entered while the run goes on and after its end: refused whole, taken once, replaced, and nobody’s name anywhere',
  async () => {
    writeFileSync(join(folder, 'access.yaml'), 'hosts: {}\n');
    const access = join(folder, 'access.yaml');
    child = spawn(dr, ['restore', '--reports', reports, '--inventory', inventory, '--access', access], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const runId = await vi.waitFor(
      async () => {
        const listed = await type('status', '--json');
        expect(listed.exitCode).toBe(0);
        const [found = ''] = readdirSync(reports).filter((name) => name.startsWith('restore-'));
        return found;
      },
      { timeout: 120_000, interval: 200 },
    );
    const csv = csvOf((await type('paper', 'print', 'attendance')).stdout);
    const template = readFileSync(csv, 'utf8');
    const log = (): string => readFileSync(join(reports, runId, 'evidence.jsonl'), 'utf8');

    writeFileSync(
      csv,
      template.replace(';1;;;', ';1;8:30;8:00;Zefferina').replace(';2;;;', ';77;8:30;13:00;'),
    );
    const refused = await type('paper', 'enter', csv);
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/Nulla è stato registrato.*riga \/ line 2: .*riga \/ line 3: .*\[PAPER_FILE\]/s),
    ]);
    expect(log()).not.toContain('"type":"paper"');
    expect(readdirSync(paper).filter((name) => name.startsWith('entered-'))).toEqual([]);

    writeFileSync(csv, template.replace(';1;;;', ';1;8:30;13:00;visita di Zefferina'));
    const taken = await type('paper', 'enter', csv);
    expect([taken.exitCode, taken.stderr]).toEqual([0, '']);
    expect(taken.stdout).toMatch(/Registrato.*persone \/ persons: 1; entrate e uscite/s);
    const before = log();
    expect((await type('paper', 'enter', csv)).stdout).toContain('Era già registrato');
    expect(log()).toBe(before);
    writeFileSync(csv, template.replace(';1;;;', ';1;8:29;13:00;'));
    const wrongRole = await type('paper', 'enter', csv, '--role', 'sindaco');
    expect([wrongRole.exitCode, wrongRole.stderr]).toEqual([2, expect.stringMatching(/"sindaco"/)]);
    expect(log()).toBe(before);
    expect(readdirSync(paper).filter((name) => name.startsWith('entered-'))).toHaveLength(1);

    const ended = await type('step', 'abort', '--role', 'rco', '--why', 'prova del programma');
    expect(ended.stdout).toContain('chiusa prima della fine');
    writeFileSync(csv, template.replace(';1;;;', ';1;8:31;13:00;').replace(';2;;;', ';2;8:00;14:00;'));
    const corrected = await type('paper', 'enter', csv, '--run', runId);
    expect([corrected.exitCode, corrected.stderr]).toEqual([0, '']);

    const report = readReport(join(reports, runId, 'report.json'));
    expect(report?.paper?.map(({ entries, superseded }) => [entries, superseded.length])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect(readdirSync(paper).filter((name) => name.startsWith('entered-'))).toHaveLength(2);
    const written = readdirSync(join(reports, runId)).filter((name) => /\.(jsonl|json|html)$/.test(name));
    expect(written.length).toBeGreaterThan(2);
    for (const name of written) {
      const text = readFileSync(join(reports, runId, name), 'utf8');
      expect(text).not.toContain('Zefferina');
      // The time that was written on paper, not the second or the minute of a record.
      expect(text).not.toMatch(/(?<![\d:])0?8:31(?![\d:])/);
    }
    expect(readFileSync(join(reports, runId, 'report.html'), 'utf8')).toContain('Presenze su carta');
  },
  long,
);
