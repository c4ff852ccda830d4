import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../platforms/exec.ts';
import { writeReport } from '../report/write.ts';
import { coverageKinds } from '../runbooks/evidence/services.ts';
import { hostile, longPath } from './hostile.ts';
import { Browser } from './report-browser.ts';
import { recordChapter } from './report-chapter.ts';
import { lostAce, passingChecks, Recorder, recordDrill } from './report-fixtures.ts';
import { recordServices } from './services-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'dr-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const pages = {
  passed: () => recordDrill(log('passed')),
  failed: () =>
    recordDrill(log('failed'), {
      checks: [...passingChecks.slice(0, 1), lostAce, ...passingChecks.slice(2)],
      head: { rtoTargetSeconds: 1 },
    }),
  aborted: () => new Recorder(log('aborted')).begin().end('aborted', 'x'),
  hostile: recordHostile,
  long: recordLong,
  services: () => recordServices(log('services')),
  chapter: () => recordChapter(log('chapter')),
} as const;
const names = Object.keys(pages);

beforeAll(async () => {
  for (const [name, write] of Object.entries(pages)) {
    await write();
    writeReport(log(name), join(folder, name));
  }
});

describe('the page in a browser', () => {
  test.each(names)('%s: no complaint, nothing fetched, nothing wider than a phone', async (name) => {
    const { page, complaints, requests } = await browser.open(html(name), 360);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.close();
  });

  test('the button changes the language, and back', async () => {
    const { page, complaints } = await browser.open(html('failed'));
    const heading = page.locator('h1');
    expect(await heading.innerText()).toBe('Prova di disaster recovery');
    expect(await page.title()).toContain('Non superata');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await heading.innerText()).toBe('Disaster recovery drill');
    expect(await page.title()).toContain('Failed');
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    expect(await page.locator('main').innerText()).not.toMatch(/\b(Verifiche|Passo|Durata)\b/);
    await page.getByRole('button', { name: 'Italiano' }).click();
    expect(await heading.innerText()).toBe('Prova di disaster recovery');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('hostile strings stay text', async () => {
    const { page, complaints } = await browser.open(html('hostile'));
    const shown = await page.locator('body').innerText();
    expect(shown).toContain('<script>alert(1)</script>');
    expect(shown).toContain('fattura⟨U+202E⟩xslx.exe');
    expect(shown).toContain('nul⟨U+0000⟩ e⟨U+001B⟩[31m rosso');
    expect(shown).toContain('שלום עולם.xlsx');
    expect(await page.locator('script, img, iframe').count()).toBe(1);
    expect(await page.locator('h1').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a letter is a link to the file beside the report', async () => {
    const { page } = await browser.open(html('chapter'));
    const links = page.locator('a');
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual([
      'letters/6.1.3.eml',
    ]);
    await page.close();
  });

  test('a script that got into the page all the same would not run', async () => {
    const injected = join(folder, 'injected.html');
    const source = `${await run('cat', [html('passed')])}<script>document.title = 'taken'</script>`;
    writeFileSync(injected, source);
    const { page, complaints } = await browser.open(injected);
    expect(await page.title()).toContain('Superata');
    expect(complaints.join()).toContain('Content Security Policy');
    await page.close();
  });

  test('tables have captions and head cells, the page has a language and one main heading', async () => {
    const { page } = await browser.open(html('passed'));
    expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
    expect(await page.locator('thead th:not([scope])').count()).toBe(0);
    expect(await page.locator('tbody tr:not(:has(th[scope=row]))').count()).toBe(0);
    expect(await page.locator('html[lang=it] h1').count()).toBe(1);
    expect(await page.locator('svg:not([aria-hidden])').count()).toBe(0);
    await page.close();
  });

  test('text is dark enough on its ground everywhere (WCAG AA, 4.5 to 1)', async () => {
    const { page } = await browser.open(html('failed'));
    const colours: unknown = await page.evaluate(
      `[...new Set([...document.querySelectorAll('body *')].filter((e) => e.innerText).map((e) => getComputedStyle(e).color))]`,
    );
    expect(colours).toEqual(expect.arrayContaining(['rgb(23, 32, 42)', 'rgb(160, 28, 28)']));
    for (const colour of Array.isArray(colours) ? colours : [])
      expect(contrastOnWhite(String(colour))).toBeGreaterThan(4.5);
    await page.close();
  });
});

describe('printed', () => {
  test.each(['failed', 'long'])('%s: A4, and the failing check on the first page', async (name) => {
    const { page } = await browser.open(html(name));
    const pdf = join(folder, `${name}.pdf`);
    await page.pdf({ path: pdf, preferCSSPageSize: true });
    await page.close();
    expect(await run('pdfinfo', [pdf])).toMatch(/Page size: +59[45]\.\d+ x 841\.\d+ pts \(A4\)/);
    const first = await run('pdftotext', ['-l', '1', '-layout', pdf, '-']);
    expect(first).toContain('Non superata');
    expect(first).toContain('Permessi dei file (SDDL)');
    expect(first).toContain('Prospetto società.xlsx');
    expect(first).not.toContain('English');
  });

  test('the whole chapter: who answered and what was decided are on paper, columns in their places', async () => {
    const { page } = await browser.open(html('chapter'));
    const pdf = join(folder, 'chapter.pdf');
    await page.pdf({ path: pdf, preferCSSPageSize: true });
    await page.close();
    const first = await run('pdftotext', ['-l', '1', '-layout', pdf, '-']);
    expect(first).toContain('Hanno risposto le persone: 6 risposte da 2 persone');
    expect(first).toMatch(/Decidere la soluzione +Sito secondario +Responsabile continuità/);
    const all = await run('pdftotext', ['-layout', pdf, '-']);
    expect(all).toMatch(/Passo e responsabile +Inizio e fine +Durata \(max\) +Esito +Chi ha risposto/);
  });

  test('colours that carry meaning are printed', async () => {
    const { page } = await browser.open(html('failed'));
    await page.emulateMedia({ media: 'print' });
    const kept = `getComputedStyle(document.body).printColorAdjust`;
    expect(await page.evaluate(kept)).toBe('exact');
    await page.close();
  });
});

function log(name: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name, 'evidence.jsonl');
}

function html(name: string): string {
  return join(folder, name, 'report.html');
}

function recordHostile(): void {
  const [nasty = ''] = hostile;
  const recorder = new Recorder(log('hostile')).begin({
    runId: hostile.join(' '),
    operator: nasty,
    rtoSource: longPath,
    versions: { [nasty]: nasty, [longPath]: longPath },
    services: hostile.map((text, index) => ({
      id: text,
      nameIt: text,
      nameEn: text,
      serviceClass: text,
      rtoTargetSeconds: 1 + index,
      rpoTargetSeconds: 1 + index,
      source: text,
    })),
    coverage: hostile.flatMap((text) =>
      coverageKinds.map((kind) => ({
        kind,
        id: text,
        name: text,
        serviceClasses: [text],
        standing: 'promised' as const,
        whyIt: text,
        whyEn: text,
      })),
    ),
  });
  recorder.append({
    type: 'plan',
    steps: hostile.map((text, index) => ({
      step: `${index} ${text}`,
      titleIt: text,
      titleEn: text,
      clause: text,
      kind: 'machine',
      interval: 'machine',
      phase: text,
      responsible: text,
      options: [{ id: text, it: text, en: text }],
    })),
    roles: Object.fromEntries(hostile.map((text) => [text, { it: text, en: text }])),
  });
  recorder.milestone('event').milestone('activation');
  for (const [index, text] of hostile.entries()) {
    recorder.step(`${index} ${text}`, 1_000, { detail: text, outcome: index % 2 === 0 ? 'done' : 'failed' });
    recorder.check({ id: text, titleIt: text, titleEn: text, evidence: text, outcome: 'FAIL' });
    recorder.cassette({ label: text, serial: text, repositoryId: text, snapshotId: text });
    recorder.append({
      type: 'probes',
      results: [
        { desk: text, line: nasty, endpoint: text, serviceClass: text, outcome: 'FAIL', evidence: text },
      ],
    });
    recorder.append({
      type: 'readiness',
      desks: [{ desk: text, frontOfficeService: text, canOpen: false, reasonsIt: [text], reasonsEn: [text] }],
    });
    recorder.append({ type: 'note', textIt: text, textEn: text, origin: 'declared' });
    const step = `${index} ${text}`;
    const who = { role: text, person: text };
    const said = { atUtc: recorder.now(), origin: 'declared' } as const;
    recorder.append({ type: 'answered', step, attempt: 1, choice: text, ...who, note: text, ...said });
    if (index % 3 === 0) recorder.append({ type: 'taken-back', step, attempt: 1, ...who, why: text });
    recorder.append({ type: 'handed-over', from: text, to: text, ...who, why: text });
    recorder.append({ type: 'alarm', step, textIt: text, textEn: text });
  }
  recorder.end('aborted', hostile.join('\n'));
}

function recordLong(): void {
  const recorder = new Recorder(log('long')).begin().milestone('event').milestone('activation').cassette();
  for (let index = 1; index <= 200; index += 1) recorder.pass(100).step(`passo-${index}`, 1_500);
  for (let index = 1; index <= 60; index += 1) recorder.check({ id: `files.${index}` });
  recorder.check(lostAce).milestone('service-verified').end();
}

/** WCAG 2 contrast of `rgb(r, g, b)` on white. */
function contrastOnWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [...colour.matchAll(/\d+/g)].map((match) => {
    const share = Number(match[0]) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
