/** The plan's whole chapter on path D1, walked by one person from the page alone, mistakes and hindrances included. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReport } from '../report/write.ts';
import { drillRunbook } from '../runbooks/plan/runbooks.ts';
import { type Detours, walkChapter } from './chapter-walk.ts';
import { addressOf, freePort, Hand, NAME } from './hand.ts';
import { copyInventory } from './inventory-copy.ts';
import { Browser } from './report-browser.ts';
import { RunHarness } from './run-harness.ts';

const PHONE = { width: 390, height: 844 };

const harness = new RunHarness();
let browser: Browser;
beforeAll(async () => {
  await harness.start();
  browser = await Browser.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await harness.stop();
});

test('the whole drill is walked through from the page alone', { timeout: 900_000 }, async () => {
  const noCassette = join(harness.folder, 'no-cassette');
  writeFileSync(noCassette, '');
  const damage = `${noCassette}-damaged`;
  writeFileSync(damage, '');
  const page = { port: await freePort(), personFolder: copyInventory() };
  const settings = harness.settings({ page, failing: noCassette, workMs: 20, kind: 'drill' });
  const child = harness.run(settings, join(import.meta.dirname, 'chapter-child.ts'));
  const { page: shown, complaints } = await browser.visit(await addressOf(child));
  await shown.setViewportSize(PHONE);
  const arrivedAt = new Date(Date.now() - 60_000);
  const detours: Detours = {
    // The first guess is wrong, and is corrected before anything rests on it.
    '6.1.1-scenario': async (hand) => {
      await hand.answer('6.1.1-scenario', 'D2');
      await hand.goneFrom('6.1.1-scenario');
      await hand.takeBack('6.1.1-scenario', 'a Lucca non si entra più');
      await hand.answer('6.1.1-scenario', 'D1');
      await hand.goneFrom('6.1.1-scenario');
    },
    // The bursar cannot be reached; who stands in for them is offered in the form.
    '6.1.10-spending': async (hand) => {
      await hand.handOver('provveditore', 'rco', 'non si trova');
      await hand.skip('6.1.10-spending', 'nulla da comprare oggi');
    },
    // Nobody sat at the page when the team arrived; the hour is given later.
    '6.2.1-arrival': async (hand) => {
      await hand.skip('6.2.1-arrival', 'arrivati, nessuno lo ha segnato');
      await hand.declare('team-on-site', romeWall(arrivedAt));
    },
    '6.2.4-cassette': async (hand) => {
      expect(await hand.card('6.2.4-cassette').innerText()).toContain('nessuna cassetta nel lettore');
      rmSync(noCassette);
      await hand.answer('6.2.4-cassette', 'retry');
      await hand.goneFrom('6.2.4-cassette');
    },
    // Restored, but not as it was: the RTO runs on until somebody has mended it and it is verified anew.
    '6.2.4-restore': async (hand) => {
      expect(await hand.card('6.2.4-restore').innerText()).toContain('File come sulla cassetta (FAIL)');
      expect(await shown.locator('#checks').innerText()).toContain('bilancio.xlsx');
      expect(await shown.locator('.rto').getAttribute('data-state')).toBe('running');
      rmSync(damage);
      await hand.answer('6.2.4-restore', 'retry');
      await hand.goneFrom('6.2.4-restore');
    },
  };
  const walk = await walkChapter(new Hand(shown), detours, async (step) => await fits(shown, step));
  expect(walk.verdict).toContain('Superata');
  // The bar of steps has moved along: all of them are over.
  expect(await shown.evaluate<number>('document.querySelector("progress").position')).toBe(1);

  // Every letter of the plan on this path was written, and can be read on the page; none left.
  const letters = readdirSync(join(settings.directory, 'letters'));
  expect(letters.every((name) => name.endsWith('.eml'))).toBe(true);
  const onPage = shown.locator('.timeline [data-key=letter]');
  expect(await onPage.count()).toBe(letters.length);
  await onPage.first().locator('summary').click();
  expect(await onPage.first().innerText()).toContain('ESERCITAZIONE');

  // The program ends with the run: what the page says then is no alarm.
  expect(`${await child.exit()} ${child.output}`).toMatch(/^0 /);
  await shown.locator('#connection', { hasText: 'Conclusa' }).waitFor();
  expect(await shown.locator('#stale').innerText()).toBe('');

  const report = readReport(join(settings.directory, 'report.json'));
  if (report === undefined) throw new Error('no report');
  expect(report.verdict).toMatchObject({ outcome: 'PASS', exitStatus: 0 });
  expect(report.services?.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['presenze', 'PASS'],
    ['certificati-origine', 'PASS'],
  ]);
  expect(report.coverage?.filter(({ status }) => status === 'restored').map(({ id }) => id)).toEqual([
    'certificati-di-origine',
    'presenze-del-personale',
    'cciaa-b',
  ]);
  const chapter = drillRunbook().filter(({ clause }) => clause.startsWith('6.'));
  expect(chapter.map(({ id }) => report.steps.find(({ step }) => step === id)?.outcome)).not.toContain(
    'planned',
  );
  const people = report.steps.filter(({ kind, outcome }) => kind === 'human' && outcome !== 'not-needed');
  expect(people.filter(({ step }) => !report.answers.some((one) => one.step === step))).toEqual([]);
  expect(people.map(({ step }) => step).toSorted()).toEqual(
    walk.answered.filter((step) => !['6.2.4-cassette', '6.2.4-restore'].includes(step)).toSorted(),
  );
  expect(new Set(report.answers.map(({ person }) => person)).size).toBe(1);
  expect(report.answers.find(({ takenBack }) => takenBack !== null)).toMatchObject({ choice: 'D2' });
  expect(report.handOvers).toMatchObject([{ from: 'provveditore', to: 'rco' }]);
  expect(report.milestones.find(({ name }) => name === 'team-on-site')).toMatchObject({
    origin: 'declared',
    atUtc: arrivedAt.toISOString().replace(/\.\d+/, '.000'),
  });
  const attempts = report.steps.find(({ step }) => step === '6.2.4-cassette')?.attempts;
  expect(attempts?.map(({ outcome }) => outcome)).toEqual(['failed', 'done']);
  const verified = report.milestones.find(({ name }) => name === 'service-verified');
  const restored = report.steps.find(({ step }) => step === '6.2.4-restore')?.attempts;
  expect(restored?.map(({ outcome }) => outcome)).toEqual(['failed', 'done']);
  expect(verified).toMatchObject({ otherAtUtc: [] });
  expect(verified?.offsetMs).toBeGreaterThan(restored?.[1]?.offsetMs ?? Number.POSITIVE_INFINITY);
  expect(readFileSync(join(settings.directory, 'report.html'), 'utf8')).not.toContain(NAME);
  expect(complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY/.test(text))).toEqual(
    [],
  );
});

/** Nothing hangs out of a phone. */
async function fits(shown: Page, step: string): Promise<void> {
  const width = await shown.evaluate<number>('document.documentElement.scrollWidth');
  expect(`${step} ${width}`).toBe(`${step} ${PHONE.width}`);
  const shots = process.env['DR_SHOTS'];
  if (shots === undefined) return;
  await shown.screenshot({ path: join(shots, `phone-${step}.png`) });
  await shown.setViewportSize({ width: 1280, height: 900 });
  await shown.screenshot({ path: join(shots, `desk-${step}.png`) });
  await shown.setViewportSize(PHONE);
}

/** `2026-11-24T09:30:00`, as a clock on a wall at Viareggio shows it. */
function romeWall(instant: Date): string {
  const form = { timeZone: 'Europe/Rome', dateStyle: 'short', timeStyle: 'medium' } as const;
  return new Intl.DateTimeFormat('sv-SE', form).format(instant).replace(' ', 'T');
}
