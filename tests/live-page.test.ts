import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LiveCommand, LiveReply } from '../report/live/command.ts';
import { type LiveOptions, type LiveServer, serveLive } from '../report/live/server.ts';
import { splitTime } from '../runbooks/clock/intervals.ts';
import { patiently } from './hand.ts';
import { hostile } from './hostile.ts';
import { ago, HOUR_MS, LiveRun, middleOfRestore, plainChoices, rtoOf, serviceOf } from './live-fixtures.ts';
import { Browser } from './report-browser.ts';

const DESKS = '6.2.4-desks';
let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

const servers: LiveServer[] = [];
const pages: Page[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
  for (const server of servers.splice(0)) await server.close();
});

type Shown = {
  page: Page;
  complaints: string[];
  requests: string[];
  taken: LiveCommand[];
  server: LiveServer;
};
type ShowOptions = Partial<LiveOptions> & {
  width?: number;
  readOnly?: boolean;
  reply?: LiveReply;
  address?: string;
};

/** A run on a page in a browser; what the page sends is on record, and taken by the run unless `reply` says otherwise. */
async function show(
  run: LiveRun,
  { width = 1280, readOnly = false, reply, address = '', ...over }: ShowOptions = {},
): Promise<Shown> {
  const taken: LiveCommand[] = [];
  const act = async (command: LiveCommand): Promise<LiveReply> => {
    taken.push(command);
    return reply ?? (await run.act(command));
  };
  const server = await serveLive({ source: run, locale: 'it', ...(readOnly ? {} : { act }), ...over });
  servers.push(server);
  const { page, complaints, requests } = await browser.visit(server.url + address, width);
  pages.push(page);
  await page.locator('.rto').waitFor();
  return { page, complaints, requests, taken, server };
}

/** Presses Tab until `selector` has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.locator(`${selector}:focus`).count()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached by Tab`);
}

/** Waits until a part of the page says so; the other language, which is there and not shown, does not count. */
async function says(page: Page, id: string, words: RegExp): Promise<void> {
  const element = page.locator(`#${id}`);
  await expect.poll(async () => await element.innerText(), { timeout: 60_000, interval: 20 }).toMatch(words);
}

const choice = (id: string, step = DESKS) => `[data-form="answer:${step}"][data-choice=${id}]`;
const form = (step = DESKS) => `form[data-form="answer:${step}"]`;

describe('what it shows', () => {
  test('a change when it comes, fetching nothing but the events', async () => {
    const run = middleOfRestore();
    const { page, complaints, requests, server } = await show(run);
    run.start('6.2.4-verify');
    await says(page, 'running', /Verificare file, dominio e diritti/);
    await says(page, 'announce', /Verificare file, dominio e diritti: in corso/);
    expect(requests).toEqual([`${server.url}events`]);
    expect(complaints).toEqual([]);
  });

  test('who is awaited, what runs and for how long, machine parts, checks, letter, forecast, log', async () => {
    const { page } = await show(middleOfRestore());
    const text = (id: string) => page.locator(`#${id}`).innerText();
    expect(await text('rto')).toMatch(/RTO IN CORSO\s+restano\s+69:46:\d\d\s+su 72 h · Piano/i);
    expect(await text('rto')).toContain(
      'Tocca a Responsabile della sede di Viareggio: Preparare le postazioni di sportello (+1)',
    );
    expect(await text('running')).toMatch(
      /6\.2\.4Ripristinare dominio e file server\s+da 4:\d\d · previsti al massimo 30 min/,
    );
    expect(await text('running')).toMatch(/Dominio Active Directory\s+fatto, 3 min 02 s/);
    expect(await text('waiting')).toContain('Tocca a Responsabile della sede di Viareggio');
    expect(await text('waiting')).toContain('Oggetto: PROVA – Attivazione del sito secondario di Viareggio');
    expect(await text('facts')).toMatch(
      /Previsione\s+entro l’RTO servizio verificato verso le (?:\d\d\/\d\d\/\d{4} )?\d\d:\d\d/,
    );
    expect(await text('facts')).toMatch(/Passi conclusi\s+9 su 15/);
    expect(await text('checks')).toMatch(/NON VERIFICABILE Ora esatta dei server\s+Nessun server NTP/);
    expect(await text('timeline')).toContain(
      'risposta: Fatto, Responsabile della Continuità Operativa (persona P-07)',
    );
    expect(await text('log')).toMatch(/^\d\d:\d\d:\d\d Dominio ripristinato/);
  });

  const states: [string, LiveRun, RegExp][] = [
    ['not-started', new LiveRun(), /^RTO non iniziato\s+parte con l’attivazione.*\s+72:00:00/i],
    ['running', new LiveRun().activate(HOUR_MS), /^RTO in corso\s+restano\s+(71:00:00|70:59:\d\d)/i],
    [
      'near',
      new LiveRun().activate(65 * HOUR_MS),
      /^RTO quasi scaduto\s+restano solo\s+(7:00:00|6:59:\d\d)/i,
    ],
    ['missed', new LiveRun().activate(72.5 * HOUR_MS), /^RTO mancato\s+superato da\s+−0:30:\d\d/i],
    [
      'verified',
      new LiveRun().activate().verify(5 * HOUR_MS),
      /^Servizio verificato\s+dall’attivazione, entro.*\s+5:00:00/i,
    ],
    [
      'verified-late',
      new LiveRun().activate().verify(80 * HOUR_MS),
      /^Verificato oltre l’RTO\s+.*\s+80:00:00/i,
    ],
  ];
  test.each(states)(
    'the count %s: in words, in digits, with a sign of its own',
    async (state, run, words) => {
      const { page } = await show(run);
      const panel = page.locator('.rto');
      expect(await panel.getAttribute('data-state')).toBe(state);
      expect(await panel.innerText()).toMatch(words);
      expect(await panel.locator('h2 svg[aria-hidden]').count()).toBe(1);
      const height = `parseFloat(getComputedStyle(document.querySelector('.digits')).fontSize)`;
      expect(await page.evaluate(height)).toBeGreaterThan(90);
    },
  );

  test('in a return the time in which nobody can work, and no target', async () => {
    const { page } = await show(returnRun());
    await page.locator('.rto[data-state=outage] .digits', { hasText: '2:00:0' }).waitFor();
    expect(await page.locator('.rto').innerText()).toMatch(
      /^Nessuno può lavorare.*Il piano non fissa un tempo/is,
    );
    expect(await page.locator('header').innerText()).toMatch(
      /Rientro a Lucca\s+Viareggio → Lucca · iniziata/,
    );
    expect(await page.locator('body').innerText()).not.toMatch(/RTO|RPO|undefined|null/);
    await page.getByText('Dichiarare un’ora').first().click();
    expect(await page.locator('select[name=milestone] option').allInnerTexts()).toContain(
      'Viareggio si ferma',
    );
  });

  test('it counts on by itself and turns to missed without being told', async () => {
    const { page } = await show(new LiveRun().activate(72 * HOUR_MS - 2_000));
    await page.locator('.rto[data-state=near]').waitFor();
    await page.locator('.rto[data-state=missed] .digits', { hasText: '−0:00:0' }).waitFor();
    await page.locator('#announce', { hasText: 'RTO mancato' }).waitFor();
  });

  test('too few past runs, an alarm, an interruption, a verdict', async () => {
    const run = new LiveRun().activate(HOUR_MS).start(DESKS);
    const { page } = await show(run);
    expect(await page.locator('#facts').innerText()).toContain(
      'esecuzioni passate troppo poche (1; servono 5)',
    );
    run.change((view) => {
      view.alarms.push({ atUtc: ago(0), step: DESKS, text: { it: 'Oltre il tempo', en: 'Over time' } });
      view.executing = false;
      run.step(DESKS).overdue = true;
    });
    await page.locator('[aria-live=assertive]', { hasText: 'Oltre il tempo' }).waitFor();
    expect(await page.locator('#running').innerText()).toContain('oltre il tempo previsto');
    expect(await page.locator('#outcome').innerText()).toMatch(/Interrotta\s.*dr resume/s);
    run.verify(2 * HOUR_MS).change(({ run: state }) => {
      state.status = 'completed';
      state.verdict = {
        outcome: 'FAIL',
        exitStatus: 1,
        reasons: [{ code: 'check-failed', subjects: ['ad.srv', 'files.acl'] }],
      };
    });
    await says(page, 'outcome', /Esito: Non superata/);
    expect(await page.locator('#outcome').innerText()).toContain('2 verifiche fallite: ad.srv, files.acl');
  });

  test('the button changes the language everywhere, and keeps what was typed', async () => {
    const { page } = await show(middleOfRestore());
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=note]`).fill('a metà');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('h1').innerText()).toBe('Disaster recovery drill');
    expect(await page.title()).toBe('RTO running · Disaster recovery drill');
    expect(await page.locator(`${form()} option`).allInnerTexts()).toContain('Manager of the Viareggio site');
    expect(await page.locator('body').innerText()).not.toMatch(
      /\b(Tocca|Passi|Verifiche|Registro|restano|Fatto|Adesso)\b/,
    );
    expect(await page.locator(`${form()} [name=note]`).inputValue()).toBe('a metà');
    await page.getByRole('button', { name: 'Italiano' }).click();
    expect(await page.locator('h1').innerText()).toBe('Prova di disaster recovery');
  });

  test('printed: no buttons, and the colours that carry meaning', async () => {
    const { page } = await show(middleOfRestore());
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.body).printColorAdjust')).toBe('exact');
  });

  test('nothing moves for who asked for less motion', async () => {
    const { page } = await show(middleOfRestore());
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });
});

describe('answering', () => {
  test('by keyboard alone: the answer arrives as it was given, and its name is not shown again', async () => {
    const run = middleOfRestore();
    const { page, taken } = await show(run);
    await tabTo(page, choice('done'));
    await page.keyboard.press('Enter');
    await page.locator(`${form()} [name=role]:focus`).waitFor();
    await tabTo(page, `${form()} [name=name]`);
    await page.keyboard.type('Nome Riservato');
    await tabTo(page, `${form()} [name=note]`);
    await page.keyboard.type('quattro postazioni pronte');
    await tabTo(page, `${form()} [type=submit]`);
    await page.keyboard.press('Enter');
    await page.locator('#recorded:focus').waitFor();
    await says(page, 'recorded', /Registrato: Fatto – Preparare le postazioni di sportello/);
    expect(taken).toEqual([
      {
        type: 'answer',
        step: DESKS,
        attempt: 1,
        choice: 'done',
        role: 'responsabile-sede-viareggio',
        name: 'Nome Riservato',
        note: 'quattro postazioni pronte',
      },
    ]);
    await page.locator('#timeline', { hasText: 'quattro postazioni pronte' }).waitFor();
    expect(await page.content()).not.toContain('Riservato');
    expect(await page.locator(form()).count()).toBe(0);
  });

  test('roles: responsible first, then supporting, then who stands in for one of them', async () => {
    const { page } = await show(middleOfRestore());
    await page.locator(choice('done')).click();
    const options = page.locator(`${form()} [name=role] option`);
    expect(await options.evaluateAll((found) => found.map((option) => option.getAttribute('value')))).toEqual(
      [
        'responsabile-sede-viareggio',
        'ufficio-servizi-informatici',
        'ufficio-tecnico',
        'referente-servizi-informatici',
      ],
    );
  });

  test('skipping needs a reason, a name and a tick; the first field that lacks gets the focus', async () => {
    const { page, taken } = await show(middleOfRestore());
    await page.locator(choice('skipped')).click();
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator(`${form()} [name=name]:focus`).waitFor();
    expect(
      await page
        .locator(`${form()} [aria-invalid=true]`)
        .evaluateAll((found) => found.map((field) => field.getAttribute('name'))),
    ).toEqual(['name', 'note', 'confirm']);
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [name=note]`).fill('non servono');
    await page.locator(`${form()} [name=confirm]`).check();
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator('#recorded', { hasText: 'Saltare' }).waitFor();
    expect(taken).toMatchObject([{ choice: 'skipped', note: 'non servono' }]);
  });

  test('an override is for one role alone, with a reason and a tick', async () => {
    const words = { it: 'Scavalcare', en: 'Override' };
    const run = middleOfRestore();
    run.wait(DESKS, [{ id: 'override-alive', needsNote: true, overriddenBy: 'rco', ...words }]);
    const { page, taken } = await show(run);
    await page.locator(choice('override-alive')).click();
    const roles = page.locator(`${form()} [name=role] option`);
    expect(await roles.evaluateAll((all) => all.map((one) => one.getAttribute('value')))).toEqual(['rco']);
    expect(await page.locator(`${form()} .field.note label`).innerText()).toBe('Motivo (almeno tre parole)');
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [name=note]`).fill('spenta da me');
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator(`${form()} [name=confirm]:focus`).waitFor();
    await page.locator(`${form()} [name=confirm]`).check();
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator('#recorded', { hasText: 'Scavalcare' }).waitFor();
    expect(taken).toMatchObject([{ choice: 'override-alive', role: 'rco', note: 'spenta da me' }]);
  });

  test('a declared time is one of Rome', async () => {
    const { page, taken } = await show(middleOfRestore());
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [value=declared]`).check();
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator(`${form()} [name=at][aria-invalid=true]:focus`).waitFor();
    await page.locator(`${form()} [name=at]`).fill('2026-07-01T10:30:00');
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator('#recorded:not(:empty)').waitFor();
    expect(taken).toMatchObject([{ atUtc: '2026-07-01T08:30:00.000Z' }]);
  });

  test('a refusal stands beside the form with its hint, and nothing typed is lost', async () => {
    const reply = {
      ok: false as const,
      code: 'X',
      message: 'Manca la cassetta.',
      hint: 'Collegarla e riprovare.',
    };
    const { page } = await show(middleOfRestore(), { reply });
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [type=submit]`).click();
    const refusal = page.locator(`${form()} [role=alert]`);
    await refusal.waitFor();
    expect(await refusal.innerText()).toMatch(
      /NON registrato: Manca la cassetta\.\s+Collegarla e riprovare\./,
    );
    expect(await page.locator(`${form()} [name=name]`).inputValue()).toBe('N');
  });

  test('the other commands: hand over, declare, abort, take back', async () => {
    const { page, taken } = await show(middleOfRestore());
    const fill = async (kind: string, values: Record<string, string>) => {
      const opened = page.locator(`form[data-form^="${kind}:"]`);
      for (const [name, value] of Object.entries(values)) {
        const field = opened.locator(`[name=${name}]`);
        if ((await field.evaluate((element) => element.nodeName)) === 'SELECT')
          await field.selectOption(value);
        else await field.fill(value);
      }
      if (await opened.locator('[name=confirm]').count()) await opened.locator('[name=confirm]').check();
      const before = taken.length;
      await opened.locator('[type=submit]').click();
      await expect.poll(() => taken.length, patiently).toBe(before + 1);
      await page.locator('#recorded:focus').waitFor();
    };
    for (const kind of ['hand-over', 'declare', 'abort'])
      await page.locator(`details[data-key=${kind}] summary`).click();
    await fill('hand-over', { role: 'rco', to: 'provveditore', by: 'rco', name: 'N', why: 'assente' });
    await fill('declare', { milestone: 'event', at: '2026-11-23T06:00:00', role: 'rco', name: 'N' });
    await fill('abort', { role: 'rco', name: 'N', why: 'falso allarme' });
    await page.locator('[data-action=take-back]').click();
    await fill('take-back', { role: 'rco', name: 'N', why: 'errore' });
    expect(taken).toEqual([
      { type: 'hand-over', role: 'rco', to: 'provveditore', by: 'rco', name: 'N', why: 'assente' },
      { type: 'declare', milestone: 'event', atUtc: '2026-11-23T05:00:00.000Z', role: 'rco', name: 'N' },
      { type: 'abort', role: 'rco', name: 'N', why: 'falso allarme' },
      { type: 'take-back', step: '6.1.10', attempt: 1, role: 'rco', name: 'N', why: 'errore' },
    ]);
  });

  test('a name is kept only where that is asked for', async () => {
    const { page } = await show(middleOfRestore());
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=name]`).fill('Nome Tenuto');
    await page.locator(`${form()} [name=keep-name]`).check();
    await page.locator(`${form()} [type=submit]`).click();
    await page.locator('#recorded:focus').waitFor();
    await page.locator(choice('done', '6.2.2')).click();
    expect(await page.locator(`${form('6.2.2')} [name=name]`).inputValue()).toBe('Nome Tenuto');
  });

  test('updates neither move the focus nor touch what is being typed', async () => {
    const run = middleOfRestore();
    const { page } = await show(run);
    await page.locator(choice('done')).click();
    const note = page.locator(`${form()} [name=note]`);
    await page.locator(`${form()} [name=role]`).selectOption('ufficio-tecnico');
    await page.locator(`${form()} [value=declared]`).check();
    await note.fill('quattro pronte');
    await page.evaluate(
      `{ const note = document.activeElement; note.setSelectionRange(3, 6); window.mine = note; }`,
    );
    run.wait('6.1.7').finish('6.2.4-restore', 1_000).start('6.2.4-verify').wait('6.3.1');
    run
      .answer('6.2.2', 'done', 'provveditore')
      .log('Avanti')
      .change(({ alarms }) => {
        alarms.push({ atUtc: ago(0), step: null, text: { it: 'Attenzione', en: 'Attention' } });
      });
    await page.locator('#alarms', { hasText: 'Attenzione' }).waitFor();
    await page.keyboard.type('X');
    expect(await note.inputValue()).toBe('quaXo pronte');
    expect(await page.evaluate('window.mine === document.activeElement')).toBe(true);
    expect(await page.locator(`${form()} [name=role]`).inputValue()).toBe('ufficio-tecnico');
    expect(await page.locator(`${form()} [value=declared]`).isChecked()).toBe(true);
  });

  test('a step that somebody else answers meanwhile: the form stays, says so, and sends nothing', async () => {
    const run = middleOfRestore();
    const { page, taken } = await show(run);
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [name=note]`).fill('mia nota');
    run.answer(DESKS, 'done', 'ufficio-tecnico');
    await page.locator(form(), { hasText: 'non aspetta più questa risposta' }).waitFor();
    expect(await page.locator(`${form()} [name=note]:focus`).inputValue()).toBe('mia nota');
    await page.locator(`${form()} [type=submit]`).click({ force: true });
    await page.getByRole('button', { name: 'Chiudi' }).click();
    await page.locator(form()).waitFor({ state: 'detached' });
    expect(taken).toEqual([]);
  });

  test('in a real disaster a letter asks for a tick before it leaves', async () => {
    const run = middleOfRestore().change(({ run: state }) => {
      state.kind = 'restore';
    });
    const { page, taken } = await show(run);
    await page.locator(choice('done', '6.2.2')).click();
    await page.locator(`${form('6.2.2')} [name=name]`).fill('N');
    await page.locator(`${form('6.2.2')} [type=submit]`).click();
    await page.locator(`${form('6.2.2')} [name=confirm]:focus`).waitFor();
    expect(await page.locator(form('6.2.2')).innerText()).toContain('La lettera parte davvero');
    expect(taken).toEqual([]);
  });

  test('read only: no forms, and the way to answer is named', async () => {
    const { page } = await show(middleOfRestore(), { readOnly: true });
    expect(await page.locator('form, [data-choice], [data-action=take-back]').count()).toBe(0);
    expect(await page.locator('#waiting').innerText()).toContain('si risponde da un terminale con dr step');
    const status = `fetch('act', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then(({ status }) => status)`;
    expect(await page.evaluate(status)).toBe(403);
  });
});

describe('when the connection is lost', () => {
  test('it says so and since when, goes on counting, and recovers when the server is back', async () => {
    const run = middleOfRestore();
    const { page, server } = await show(run);
    await server.close();
    await says(page, 'stale', /DATI NON AGGIORNATI dalle \d\d:\d\d:\d\d/);
    expect(await page.locator('#stale').getAttribute('role')).toBe('alert');
    expect(await page.locator('#stale').innerText()).toContain('riprova da sola');
    const digits = await page.locator('.digits').innerText();
    await page.locator('.digits', { hasNotText: digits }).waitFor();
    await page.locator(choice('done')).click();
    await page.locator(`${form()} [name=name]`).fill('N');
    await page.locator(`${form()} [type=submit]`).click();
    await page
      .locator(`${form()} [role=alert]`, { hasText: 'non si sa se la risposta è arrivata' })
      .waitFor();
    run.start('6.2.4-verify');
    servers.push(
      await serveLive({ source: run, act: run.act, locale: 'it', port: Number(new URL(server.url).port) }),
    );
    await page.locator('#stale:empty').waitFor({ state: 'attached', timeout: 60_000 });
    await says(page, 'running', /Verificare file/);
    expect(await page.locator(`${form()} [name=name]`).inputValue()).toBe('N');
  });

  test('silence is enough: no sign of life for ten seconds', async () => {
    const run = middleOfRestore();
    const server = await serveLive({ source: run, locale: 'it' });
    servers.push(server);
    const { page } = await browser.visit('about:blank');
    pages.push(page);
    await page.clock.install();
    await page.goto(server.url);
    await page.locator('[data-connection=live]').waitFor();
    await page.route('**/events', (route) => route.abort());
    await page.clock.fastForward(11_000);
    await says(page, 'stale', /DATI NON AGGIORNATI/);
    await page.unroute('**/events');
    await page.locator('#stale:empty').waitFor({ state: 'attached', timeout: 60_000 });
  });
});

test('with a token in its address the page works, and the token is gone from it', async () => {
  const token = 'un-gettone-di-prova-abbastanza-lungo';
  const run = middleOfRestore();
  const { page, taken, server } = await show(run, { token, address: `?token=${token}` });
  expect(page.url()).toBe(server.url);
  await page.locator(choice('done')).click();
  await page.locator(`${form()} [name=name]`).fill('N');
  await page.locator(`${form()} [type=submit]`).click();
  await page.locator('#recorded:focus').waitFor();
  expect(taken).toHaveLength(1);
});

describe('strings that anyone can choose', () => {
  test('stay text everywhere', async () => {
    const { page, complaints } = await show(hostileRun());
    const shown = await page.locator('body').innerText();
    expect(shown).toContain('<script>alert(1)</script>');
    expect(shown).toContain('fattura⟨U+202E⟩xslx.exe');
    expect(shown).toContain('שלום עולם.xlsx');
    await page.locator('[data-choice]').first().click();
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('script, img, iframe').count()).toBe(2);
    expect(await page.locator('h1').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('a script that got in all the same would not run', async () => {
    const { page, complaints } = await show(new LiveRun());
    const add = `{ const script = document.createElement('script'); document.body.append(script); try { script.textContent = 'document.title = "taken"'; } catch (error) { console.log(String(error)); } }`;
    await page.evaluate(add);
    expect(await page.title()).not.toBe('taken');
    expect(complaints.join()).toMatch(/Content Security Policy|TrustedScript/);
  });
});

const looks: [string, () => LiveRun][] = [
  ['in the middle', middleOfRestore],
  ['not begun', () => new LiveRun().wait('6.1.1', plainChoices)],
  ['missed', () => middleOfRestore().change(({ run }) => (rtoOf(run).targetMs = HOUR_MS))],
  ['a return', returnRun],
  ['hostile', hostileRun],
];

describe('nothing is wider than its window', () => {
  test.each(looks)('%s', async (_name, make) => {
    const { page } = await show(make(), { width: 360 });
    await page.locator('[data-choice]').last().click();
    for (const width of [320, 360, 768, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth'), String(width)).toBeLessThanOrEqual(
        width,
      );
      const panel = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.rto'))`;
      expect(await page.evaluate(panel), `digits at ${width}`).toBeLessThanOrEqual(0);
    }
  });
});

describe('accessible to everybody (axe, contrast included)', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  /** Each colour scheme with each state of the count, and each width with everything open; not all of their products. */
  const cases: [string, () => LiveRun, 'light' | 'dark', number][] = [
    ['in the middle', middleOfRestore, 'light', 1280],
    ['in the middle', middleOfRestore, 'dark', 360],
    ['not begun', () => new LiveRun().wait('6.1.1', plainChoices), 'dark', 1280],
    [
      'near',
      () => middleOfRestore().change(({ run }) => (rtoOf(run).targetMs = 2.3 * HOUR_MS)),
      'light',
      360,
    ],
    ['missed', () => middleOfRestore().change(({ run }) => (rtoOf(run).targetMs = HOUR_MS)), 'dark', 1280],
    ['verified and over', overRun, 'light', 1280],
    ['a return', returnRun, 'dark', 360],
    ['hostile', hostileRun, 'light', 360],
  ];
  test.each(cases)('%s, %o, %s, %i', async (_name, make, scheme, width) => {
    const { page, server } = await show(make(), { width });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    // A run that is over takes no answers.
    if (make !== overRun) {
      await page.locator('[data-choice]').last().click();
      await page.locator('form[data-form^="answer:"] [type=submit]').click();
    }
    await page.locator('details[data-key=abort] summary').click();
    await page.locator('#timeline details summary').first().click();
    for (const hidden of await page.locator('details.stopping > summary').all()) await hidden.click();
    await server.close();
    await page
      .locator(make === overRun ? '[data-connection=over]' : '#stale p')
      .first()
      .waitFor();
    await page.evaluate(axe);
    expect(await page.evaluate(violations)).toEqual([]);
  });

  test('and the check itself sees what is wrong', async () => {
    const { page } = await show(middleOfRestore());
    await page.evaluate(axe);
    await page.evaluate(`document.body.style.color = '#bbb'; document.querySelector('h1').remove()`);
    const found = JSON.stringify(await page.evaluate(violations));
    expect(found).toContain('color-contrast');
    expect(found).toContain('page-has-heading-one');
  });

  const violations = `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`;
});

const stopping = (page: Page) => page.locator('#running details.stopping');

describe('work that hangs', () => {
  const RESTORE = '6.2.4-restore';

  test('is stopped where it is shown, with a reason and a tick; until it takes too long nobody is awaited for it', async () => {
    const { page, taken, complaints } = await show(middleOfRestore());
    expect(await page.locator(`.card[data-key="${RESTORE}"]`).count()).toBe(0);
    await stopping(page).locator('summary').click();
    await says(page, 'running', /Se si è fermato[^]*può ancora lavorare[^]*Interrompere e saltare/);
    await page.locator(choice('retry', RESTORE)).click();
    // The form stands among the cards, and has the focus.
    await page.locator(`.card[data-key="${RESTORE}"] ${form(RESTORE)} :focus`).waitFor();
    expect(await stopping(page).count()).toBe(0);
    await page.locator(`${form(RESTORE)} [name=name]`).fill('Zefferina Quaratesi');
    await page.locator(`${form(RESTORE)} [type=submit]`).click();
    expect(await page.locator(`${form(RESTORE)} [aria-invalid=true]`).count()).toBe(2);
    expect(taken).toEqual([]);
    await page.locator(`${form(RESTORE)} [name=note]`).fill('vi-fs1 non dice più nulla');
    await page.locator(`${form(RESTORE)} [name=confirm]`).check();
    await page.locator(`${form(RESTORE)} [type=submit]`).click();
    await page.locator('#recorded:focus').waitFor();
    expect(taken).toMatchObject([
      { type: 'answer', step: RESTORE, choice: 'retry', note: 'vi-fs1 non dice più nulla' },
    ]);
    expect(complaints).toEqual([]);
  });

  test('stands among what is awaited once it is overdue, and says what to do', async () => {
    const run = middleOfRestore();
    const { page } = await show(run);
    run.change(() => {
      const reason = { it: 'Ci mette più del previsto', en: 'It takes longer than foreseen' };
      Object.assign(run.step(RESTORE), { overdue: true, reason });
    });
    const card = page.locator(`.card[data-key="${RESTORE}"]`);
    await card.waitFor();
    expect(await card.innerText()).toMatch(/Ci mette più del previsto[^]*Interrompere e riprovare/);
    expect(await stopping(page).count()).toBe(0);
  });

  test('can only be looked at where the page is read-only', async () => {
    const { page } = await show(middleOfRestore(), { readOnly: true });
    expect(await stopping(page).count()).toBe(0);
  });
});

test('the digits do not talk, changes and alarms do', async () => {
  const { page } = await show(middleOfRestore());
  expect(await page.locator('[role=timer]').getAttribute('aria-live')).toBe('off');
  expect(await page.locator('#announce').getAttribute('role')).toBe('status');
  expect(
    await page
      .locator('[data-rto] >> xpath=ancestor::*[@aria-live="polite" or @role="status" or @role="alert"]')
      .count(),
  ).toBe(0);
});

function overRun(): LiveRun {
  return middleOfRestore()
    .verify(5 * HOUR_MS)
    .change(({ run }) => {
      run.status = 'completed';
      run.verdict = { outcome: 'PASS', exitStatus: 0, reasons: [] };
    });
}

function hostileRun(): LiveRun {
  const run = middleOfRestore();
  return run.change((view) => {
    const [nasty = ''] = hostile;
    const all = hostile.join(' ');
    const both = { it: all, en: all };
    Object.assign(view.run, { runId: all, operator: all, statusDetail: all });
    rtoOf(view.run).source = nasty;
    view.roles['rco'] = both;
    view.run.checks = hostile.map((text) => ({
      id: text,
      titleIt: text,
      titleEn: text,
      outcome: 'FAIL',
      evidence: text,
      durationMs: 1,
      earlier: [],
    }));
    view.run.services = hostile.map((text) => serviceOf(text, text, null));
    view.alarms = hostile.map((text) => ({ atUtc: ago(0), step: text, text: { it: text, en: text } }));
    view.log = hostile.map((text, seq) => ({ seq, atUtc: ago(0), text: { it: text, en: text } }));
    for (const [index, step] of view.steps.entries()) {
      const text = hostile[index % hostile.length] ?? '';
      const words = { it: text, en: text };
      Object.assign(step, {
        title: words,
        instructions: words,
        proof: words,
        undo: words,
        reason: words,
        clause: text,
      });
      step.choices = step.status === 'waiting' ? [{ id: 'skipped', needsNote: true, ...words }] : [];
      step.letter = step.status === 'waiting' ? { to: hostile, subject: text, text: all } : null;
      step.parts = [{ id: text, title: words, status: 'running', durationMs: null }];
      if (step.answer) Object.assign(step.answer, { title: words, note: text, person: text });
    }
  });
}

function returnRun(): LiveRun {
  return new LiveRun().wait('6.1.1', plainChoices).change((view) => {
    view.outageMs = 2 * HOUR_MS;
    const outage = { actualMs: null, unaccountedMs: 0, parts: null, wholeMs: null };
    Object.assign(view.run, { kind: 'return', scenario: null, rto: null, rpo: null, outage });
    view.steps = view.steps.filter(({ id }) => id === '6.1.1');
  });
}

describe('points of the clocks', () => {
  test('each with what was planned at most, how it went, and the difference; what is ahead too', async () => {
    const run = middleOfRestore().change((view) => {
      const [activation] = view.run.milestones;
      if (activation) activation.fromFirst = { plannedMs: 4 * HOUR_MS, actualMs: 5 * HOUR_MS };
      const stretch = {
        livedMs: 2 * HOUR_MS,
        assumedMs: 0,
        plannedMs: 3 * HOUR_MS,
        parts: splitTime([], 0, 0),
      };
      view.run.intervals = [{ from: 'event', to: 'activation', ...stretch }];
      view.run.pointsAhead = [{ name: 'accepted', plannedMs: 30 * HOUR_MS }];
    });
    const { page } = await show(run);
    const lines = await page.locator('#points li').allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(
        /^Attivazione del piano \(6\.2\.3\) .* misurato previsti al massimo 4 h 00 min · effettivo 5 h 00 min · differenza \+1 h 00 min$/,
      ),
      'Accettazione non ancora previsti al massimo 30 h 00 min',
      'Evento → Attivazione del piano (6.2.3) previsti al massimo 3 h 00 min · effettivo 2 h 00 min · differenza −1 h 00 min',
    ]);
    expect(await page.locator('#points .late').allInnerTexts()).toEqual(['+1 h 00 min']);
  });
});

test('where people bring service back, the count is theirs and nothing is called verified', async () => {
  const run = middleOfRestore().change((view) => {
    view.run.milestones = [];
    view.run.otherWay = {
      decision: '6.1.10',
      choice: 'primary-site',
      atUtc: ago(5 * HOUR_MS),
      offsetMs: 0,
      seq: 1,
      step: '6.1.10-repair',
    };
    Object.assign(rtoOf(view.run), { actualMs: 5 * HOUR_MS, outcome: 'PASS' });
    view.run.status = 'completed';
    view.run.verdict = { outcome: 'DECLARED', exitStatus: 0, reasons: [] };
  });
  const { page } = await show(run);
  await says(page, 'rto', /Servizio tornato, lo dicono le persone\s+nessuna verifica del programma/i);
  await says(page, 'facts', /Decisione \(6\.1\.10\)/);
  await says(page, 'outcome', /Risolta, come dichiarato dalle persone/);
  expect(await page.locator('main').innerText()).not.toMatch(/Superata|Servizio verificato/);
  expect(await page.locator('#outcome .icon.declared, .rto h2 .icon').count()).toBe(2);
});
