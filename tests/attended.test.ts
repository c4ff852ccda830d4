/** One person walks a run through from its first question to its end with nothing but the page; the program is killed on the way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeReport } from '../report/write.ts';
import { RunStore } from '../runbooks/durable/store.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { addressOf, freePort, Hand, NAME, patiently } from './hand.ts';
import { Browser } from './report-browser.ts';
import { RunHarness } from './run-harness.ts';

const harness = new RunHarness();
const people = mkdtempSync(join(tmpdir(), 'dr-people-'));
let browser: Browser;
beforeAll(async () => {
  await harness.start();
  browser = await Browser.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await harness.stop();
  rmSync(people, { recursive: true, force: true });
});

test('a run is walked through from the page alone, over a kill, and nobody’s name is kept', async () => {
  const failing = join(harness.folder, 'attended-failing');
  const page = { port: await freePort(), personFolder: people };
  const settings = harness.settings({ page, failing });
  const first = harness.run(settings);
  const { page: shown, complaints } = await browser.visit(await addressOf(first));
  const hand = new Hand(shown);

  // A decision; taken back; taken again, with the time at which it really was taken.
  await hand.answer('decide', 'stop');
  await shown.locator('#recorded', { hasText: 'Fermarsi' }).waitFor();
  await hand.waitFor('letter');
  await hand.takeBack('decide', 'premuto per errore');
  await hand.waitFor('decide');
  writeFileSync(failing, '');
  await hand.answer('decide', 'go', { at: '2026-01-02T10:30:00' });
  await vi.waitFor(() => expect(first.statusOf('left')).toBe('failed'), patiently);
  await shown.locator('[data-choice=retry][data-form="answer:left"]').waitFor();

  // A step that failed is tried again; another one is skipped, which the page does not let pass without a reason.
  rmSync(failing);
  await hand.answer('left', 'retry');
  await vi.waitFor(() => expect(first.statusOf('left')).toBe('done'), patiently);
  await hand.open('right', 'skipped');
  await hand.send('right');
  await shown.locator('form[data-form="answer:right"] .field.note .error').waitFor();
  await hand.fill('right', { note: 'non serve oggi' });
  await hand.send('right');
  await vi.waitFor(() => expect(first.statusOf('right')).toBe('skipped'), patiently);

  // A role goes to a deputy, who is offered from then on.
  await hand.handOver('rco', 'provveditore', 'in ferie');
  await hand.waitFor('accept');
  await hand.open('accept', 'done');
  await shown
    .locator('form[data-form="answer:accept"] option[value=provveditore]')
    .waitFor({ state: 'attached' });

  // The program dies under the open form. The page says so; the run goes on at the same address, and so does the page.
  const before = first.records().length;
  await hand.fill('accept', { role: 'provveditore', note: 'servizio visto' });
  await first.kill();
  await shown.locator('#stale', { hasText: 'DATI NON AGGIORNATI' }).waitFor();
  const second = harness.run(settings);
  await addressOf(second);
  await shown.locator('#stale:empty').waitFor({ state: 'attached' });
  expect(second.records().length).toBeGreaterThanOrEqual(before);
  expect(await shown.locator('form[data-form="answer:accept"] textarea').inputValue()).toBe('servizio visto');
  await hand.send('accept');
  await shown.locator('#recorded', { hasText: 'Fatto' }).waitFor();

  // The letter is read on the page, and leaves only once that is confirmed.
  expect(await shown.locator('[data-key=letter] .draft').innerText()).toContain('Ci si trova a Viareggio.');
  await hand.open('letter', 'send');
  await hand.send('letter');
  await shown.locator('form[data-form="answer:letter"] .confirm .error').waitFor();
  await hand.fill('letter', {});
  await hand.send('letter');
  expect(`${await second.exit()} ${second.output}`).toMatch(/^0 /);
  expect(readdirSync(join(settings.directory, 'letters'))).toEqual(['letter.eml']);

  const { report, htmlPath } = writeReport(evidencePath(settings.directory), settings.directory);
  expect(report.status).toBe('completed');
  expect(report.evidence.processes).toBe(2);
  expect(report.answers.map(({ step, choice, origin }) => `${step} ${choice} ${origin}`)).toEqual([
    'decide stop measured',
    'decide go declared',
    'left retry measured',
    'right skipped measured',
    'accept done measured',
    'letter send measured',
  ]);
  expect(report.milestones.find(({ name }) => name === 'activation')).toMatchObject({
    atUtc: '2026-01-02T09:30:00.000Z',
    origin: 'declared',
  });
  expect(report.handOvers).toMatchObject([{ from: 'rco', to: 'provveditore', why: 'in ferie' }]);
  expect(new Set(report.answers.map(({ person }) => person)).size).toBe(1);

  // Only the code of the name is anywhere but in the register that stays on this computer.
  const register = readFileSync(join(people, 'local', 'persons.csv'), 'utf8');
  expect(register).toContain(NAME);
  const code = report.answers[0]?.person ?? '';
  expect(code).toMatch(/^P-[0-9A-F]{6}$/);
  expect(register).toContain(code);
  const places = {
    evidence: readFileSync(evidencePath(settings.directory), 'utf8'),
    report: readFileSync(htmlPath, 'utf8'),
    json: JSON.stringify(report),
    output: first.output + second.output,
    database: await dump(harness.databaseUrl),
  };
  for (const [place, text] of Object.entries(places))
    expect(`${place} ${text.toLowerCase()}`).not.toContain('quaratesi');
  for (const place of ['evidence', 'report', 'database'] as const) expect(places[place]).toContain(code);
  expect(await shown.locator('body').innerText()).not.toContain('Quaratesi');
  // The browser itself tells of the connection that was lost; the page complains of nothing.
  expect(complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY/.test(text))).toEqual(
    [],
  );
}, 300_000);

/** Every row of every table, the durable engine's own included, as text. */
async function dump(databaseUrl: string): Promise<string> {
  await using store = await RunStore.open(databaseUrl, { create: false });
  const { rows } = await store.pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const tables = await Promise.all(
    rows.map(async ({ name }) => (await store.pool.query(`select t::text from ${name} t`)).rows),
  );
  return JSON.stringify(tables);
}
