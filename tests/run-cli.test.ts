/** The commands of a run as a person types them, with a database and an inventory of the test's own; the hosts do not exist. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runSettingsSchema } from '../cli/run-settings.ts';
import { viewingOf } from '../cli/runs.ts';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { readReport } from '../report/write.ts';
import { openCaller } from '../runbooks/durable/dbos.ts';
import { findDatabase, stopDatabase } from '../runbooks/durable/postgres.ts';
import { RunStore } from '../runbooks/durable/store.ts';
import { evidencePath } from '../runbooks/run/run.ts';
import { followRun, type RunSource } from '../runbooks/view/run-source.ts';
import { romeDate } from '../scripts/letters/phrases.ts';
import { EventStreamReader } from './event-stream.ts';
import { inventoryFolder } from './inventory-copy.ts';
import { parseMail, settingsFor, smtpServer } from './mail-fixtures.ts';

const NAME = 'Zefferina Quaratesi';
const folder = mkdtempSync(join(tmpdir(), 'dr-run-cli-'));
const reports = join(folder, 'reports');
const database = join(folder, 'state', 'runs-database');
const dr = resolve(import.meta.dirname, '..', 'bin', 'dr');
const env = { DR_STATE: join(folder, 'state'), DR_PERSON: NAME, DR_DATABASE_URL: '' };
const begun = new Set<ChildProcess>();
const inventory = join(folder, 'inventory');

// The register of names is written into the inventory's folder.
beforeAll(() => {
  mkdirSync(inventory);
  for (const name of readdirSync(inventoryFolder).filter((one) => one.endsWith('.yaml')))
    cpSync(join(inventoryFolder, name), join(inventory, name));
});
afterAll(async () => {
  for (const child of begun) child.kill('SIGKILL');
  await stopDatabase(database);
  rmSync(folder, { recursive: true, force: true });
});

// Each command is a program of its own, and the machine has others to run: these tests take as long as they take.
const patiently = { timeout: 120_000, interval: 50 };
const long = 20 * 60_000;

async function type(...args: string[]): Promise<ExecOutcome> {
  return await tryRun(dr, args, { env });
}

/** A command that goes on until it is over or interrupted. */
class Terminal {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  output = '';

  constructor(args: readonly string[], more: Record<string, string> = {}) {
    const all = { ...process.env, ...env, ...more };
    this.child = spawn(dr, args, { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    begun.add(this.child);
    this.exited = once(this.child, 'exit');
    const note = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    this.child.stdout?.on('data', note);
    this.child.stderr?.on('data', note);
  }

  async says(words: RegExp): Promise<string> {
    return await vi.waitFor(() => {
      const found = words.exec(this.output);
      if (found === null) throw new Error(this.output);
      return found[1] ?? found[0];
    }, patiently);
  }

  /** Ctrl-C. */
  async interrupt(): Promise<unknown> {
    this.child.kill('SIGINT');
    return (await this.exited)[0];
  }
}

const restore = (...more: string[]): Terminal =>
  new Terminal([
    'restore',
    '--reports',
    reports,
    '--inventory',
    inventory,
    '--access',
    join(folder, 'access.yaml'),
    ...more,
  ]);
const as = (role: string, ...more: string[]): string[] => ['--role', role, ...more];
const IT = 'ufficio-servizi-informatici';

test(
  'where there was never a run, each command says so and what to type',
  async () => {
    for (const command of [['status'], ['status', '--list'], ['step']]) {
      const { exitCode, stderr } = await type(...command);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/Nessuna esecuzione su questo computer.*dr restore.*NO_RUNS/s);
    }
    const { exitCode, stderr } = await type('resume');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('NO_RUNS');
  },
  long,
);

test(
  'an incident that stays one: seen, refused, answered, interrupted, gone on with, over',
  async () => {
    writeFileSync(join(folder, 'access.yaml'), 'hosts: {}\n');
    const first = restore();
    await first.says(/Pagina \/ Page: http:\S+/);
    expect(first.output).toMatch(/ATTENZIONE.*access\.yaml.*Si comincia lo stesso/s);
    expect(first.output).toContain('"dr step" da un altro terminale');
    expect(first.output).not.toContain('DeprecationWarning');
    const [runId = ''] = readdirSync(reports).filter((name) => name.startsWith('restore-'));

    const list = await type('step');
    expect(list.stdout).toContain(`${runId}: in corso / under way`);
    expect(list.stdout).toMatch(/6\.1-detection {2}Rilevare l'incidente .* \[aspetta una persona/);
    expect(list.stdout).toContain(`→ dr step answer 6.1-detection done --role ${IT}   Fatto / Done`);

    const refusals: [args: string[], says: RegExp][] = [
      [['6.1-detection', 'done', ...as('sindaco')], /"sindaco" non è nell'inventario.*Ruoli \/ roles: rco/s],
      [['6.1-detection', 'done', ...as('ufficio-stampa')], /non risponde il ruolo.*Rispondono.*hand-over/s],
      [['6.1-detection', 'skipped', ...as(IT)], /serve il motivo.*Aggiungere --note/s],
      [['6.1-detection', 'forse', ...as(IT)], /"forse" non è una risposta.*done \(Fatto/s],
      [['6.1.1', 'declare', ...as('rco')], /non attende una risposta: attende altri passi.*"dr step"/s],
    ];
    for (const [args, says] of refusals) {
      const { exitCode, stderr } = await type('step', 'answer', ...args);
      expect(stderr).toMatch(says);
      expect(exitCode).toBe(2);
    }

    const [watching, page] = [new Terminal(['status', '--watch']), await pageForOthers()];
    await watching.says(/Rilevare l'incidente/);
    const detected = await type(
      'step',
      'answer',
      '6.1-detection',
      'done',
      ...as(IT, '--at', '2026-01-02 08:30', '--note', 'sala server allagata'),
    );
    // Neither has asked again: each change of the database comes by itself.
    await watching.says(/Fatto: sala server allagata/);
    await page.events.until('sala server allagata');
    await watching.says(/^\? 6\.1 .*Decidere se/m);
    const handedOver = {
      type: 'hand-over',
      role: 'rco',
      to: 'provveditore',
      by: 'rco',
      name: NAME,
      why: 'ferie',
    };
    expect(await page.act(handedOver)).toEqual([200, { ok: true }]);
    await page.events.until('sostituisce');
    await watching.says(/sostituisce .*: ferie/);
    await page.events.close();
    expect([await page.served.interrupt(), await watching.interrupt()]).toEqual([0, 0]);
    expect(page.served.output + watching.output).not.toContain('Quaratesi');
    expect(detected.stdout).toMatch(/^Registrato\..*6\.1-escalation {2}Decidere se .* \(rco\)/s);
    const again = await type('step', 'answer', '6.1-detection', 'done', ...as(IT));
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toMatch(/già concluso.*dr step take-back 6\.1-detection --role ufficio-servizi/s);

    const seen = await type('status');
    expect(seen.stdout).toContain('Decidere se l');
    expect(seen.stdout).not.toContain('\u001B[');
    expect((await type('status', '--list')).stdout).toMatch(new RegExp(`^${runId} +aperta / open`));
    expect(JSON.parse((await type('status', '--json')).stdout)).toMatchObject({
      executing: true,
      run: { runId },
    });
    await readOnlyPage();

    expect(await first.interrupt()).toBe(2);
    expect(first.output).toContain(`Interrotta: nulla è perduto. Riprendere con "dr resume ${runId}".`);
    expect((await type('status')).stdout).toMatch(/Interrotta.*dr resume/);
    const kept = await type(
      'step',
      'answer',
      '6.1-escalation',
      'not-a-crisis',
      ...as('rco', '--note', 'riparato'),
    );
    expect(kept.stderr).toMatch(
      /La risposta è registrata, ma nessun programma.*dr resume.*RUN_NOT_EXECUTED/s,
    );

    const resumed = await type('resume');
    expect(resumed.exitCode).toBe(2);
    expect(resumed.stdout).toMatch(
      /Nulla è stato ripristinato.*Resta un incidente.*Rapporto \/ Report: (\S+)/s,
    );
    const report = readFileSync(join(reports, runId, 'report.html'), 'utf8');
    expect(report).toContain('Nulla è stato ripristinato');
    expect(report).toMatch(/P-[0-9A-F]{6}/);
    for (const text of [report, readFileSync(join(reports, runId, 'evidence.jsonl'), 'utf8'), first.output])
      expect(text).not.toContain('Quaratesi');

    // The database rests, as after a power cut: nobody must read that there never was a run.
    expect((await type('status')).stderr).toMatch(/quelle di prima sono conservate.*dr resume.*dr report/s);
    const over = await type('resume');
    expect(over.exitCode).toBe(2);
    expect(over.stderr).toMatch(/è già conclusa.*dr report.*RUN_FINISHED/s);
    // A time that people know is entered also now, and the report is made anew with it.
    const declared = await type('step', 'declare', 'team-on-site', '0:00', '--run', runId, ...as('rco'));
    expect(declared.stderr + String(declared.exitCode)).toBe('0');
    expect(readFileSync(join(reports, runId, 'report.json'), 'utf8')).toContain('"team-on-site"');
    const unknown = await type('resume', 'restore-mai-vista');
    expect(unknown.stderr).toMatch(new RegExp(`Nessuna esecuzione si chiama.*${runId}`, 's'));
  },
  long,
);

test(
  'people choose the scenario, whatever was typed first; letters leave when they say so, as they were shown; an abort ends the run',
  async () => {
    const { port, received, sessions } = await smtpServer();
    const lists = { committee: ['comitato@camera.test'], 'council-and-board': ['giunta@camera.test'] };
    mkdirSync(join(inventory, 'local'), { recursive: true });
    writeFileSync(
      join(inventory, 'local', 'notifications.yaml'),
      JSON.stringify({ smtp: settingsFor(port, { timeoutSeconds: 60 }), lists }),
    );
    const run = restore('--scenario', 'D3', '--rto', '48h');
    await run.says(/Pagina \/ Page: http:\S+/);
    const runId = String(
      readdirSync(reports)
        .filter((name) => name.startsWith('restore-'))
        .toSorted()
        .at(-1),
    );
    const url = (await findDatabase(database)) ?? '';
    await using caller = await openCaller(url, runId);
    // What is not looked at here is said without typing.
    const say = async (answers: [step: string, choice: string, role: string, note?: string][]) => {
      for (const [step, choice, role, note = 'prova'] of answers) {
        const said = { type: 'answer', step, attempt: 1, choice, role, person: '', note };
        const reply = await caller.ask(step, { type: 'command', id: step, command: said }, 60);
        expect([step, reply]).toEqual([step, { ok: true }]);
      }
    };
    using source = await sourceOf(runId, url);
    const shown = async (id: string) =>
      await vi.waitFor(() => {
        const step = source.current().steps.find((one) => one.id === id);
        if (step?.status !== 'waiting' || step.letter === null) throw new Error(`${id}: ${step?.status}`);
        return step.letter;
      }, patiently);
    await say([
      ['6.1-detection', 'done', IT],
      ['6.1-escalation', 'escalate', 'rco'],
      ['6.1.1', 'declare', 'responsabile-comitato'],
    ]);
    expect(source.current().run.scenario).toBe('D3');
    await say([
      ['6.1.1-scenario', 'D1', 'rco'],
      ['6.1.2', 'done', 'ufficio-tecnico', 'Viareggio, sala riunioni, ore 11'],
    ]);
    const call = await shown('6.1.3');
    expect(source.current().run.scenario).toBe('D1');
    expect(call.text).toMatch(
      /non è utilizzabile.*Scenario D1.*Luogo e ora: Viareggio, sala riunioni, ore 11/s,
    );
    expect((await shown('6.1.4')).text).toContain('Scenario D1');
    expect(sessions()).toBe(0);
    await say([['6.1.3', 'send', 'rco']]);
    await vi.waitFor(() => expect(received).toHaveLength(1), patiently);
    expect(received[0]?.to).toEqual(lists.committee);
    expect(parseMail(received[0]?.raw ?? '')).toMatchObject({
      headers: { subject: call.subject },
      text: call.text,
    });
    await say([
      ['6.1.5', 'done', 'ufficio-tecnico'],
      ['6.1.6', 'done', 'ufficio-tecnico'],
      ['6.1.6-viareggio', 'done', 'ufficio-tecnico'],
      ['6.1.7', 'done', 'rco'],
      ['6.1.8', 'done', IT],
      ['6.1.9', 'done', 'rco'],
    ]);
    const wrong = await type('step', 'answer', '6.1.10', 'primary-site', ...as('rco'));
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toMatch(
      /Riattivare il sito primario: Lucca" qui non si può scegliere.*6\.1\.1-scenario = D2/s,
    );
    expect(wrong.stderr).toContain('secondary-site (Attivare il sito secondario: Viareggio');
    await say([
      ['6.1.10', 'secondary-site', 'rco'],
      ['6.2.1', 'done', 'rco'],
      ['6.2.1-arrival', 'done', 'rco'],
      ['6.2.3', 'done', 'rco'],
    ]);
    const progress = await shown('6.2.4-progress');
    const activation = source.current().run.milestones.find(({ name }) => name === 'activation');
    const promised = romeDate(new Date(Date.parse(activation?.atUtc ?? '') + 48 * 3_600_000).toISOString());
    expect(progress.text).toContain(`a Viareggio è previsto entro ${promised}`);
    expect((await shown('6.1.11')).text).toMatch(/Lucca.*non è utilizzabile.*è stata attivata la sede alt/);
    expect(received).toHaveLength(1);
    await say([['6.2.4-progress', 'send', 'referente-servizi-informatici']]);
    await vi.waitFor(() => expect(received).toHaveLength(2), patiently);
    expect(parseMail(received[1]?.raw ?? '').text).toBe(progress.text);
    const abort = await type('step', 'abort', ...as('rco', '--why', 'prova del programma'));
    expect(abort.stdout).toMatch(/Registrato.*chiusa prima della fine/s);
    expect((await run.exited)[0]).toBe(2);
    await run.says(/Non portata a termine/);
    const folderOfRun = join(reports, runId);
    expect(readReport(join(folderOfRun, 'report.json'))?.scenario).toBe('D1');
    const html = readFileSync(join(folderOfRun, 'report.html'), 'utf8');
    expect(/<p class="run">(.*?)<\/p>/.exec(html)?.[1]).toContain('D1, disastro grave');
    expect([received.length, sessions()]).toEqual([2, 2]);
  },
  long,
);

/** As whoever looks sees the run. */
async function sourceOf(runId: string, databaseUrl: string): Promise<RunSource> {
  await using store = await RunStore.open(databaseUrl, { create: false });
  const viewing = await viewingOf(runId, runSettingsSchema.parse((await store.run(runId))?.settings));
  return await followRun({ databaseUrl, runId, evidencePath: evidencePath(join(reports, runId)) }, viewing);
}

type Page = {
  served: Terminal;
  events: EventStreamReader;
  act: (command: unknown) => Promise<[status: number, reply: unknown]>;
};

/** A page that other machines reach and that takes answers: not without a token, and from nobody who has it not. */
async function pageForOthers(): Promise<Page> {
  const command = ['status', '--serve', '--act', '--host', '0.0.0.0'];
  const refused = await type(...command);
  expect([refused.exitCode, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/serve un token.*LIVE_TOKEN/s),
  ]);
  const token = 'un-gettone-di-prova-abbastanza-lungo';
  const served = new Terminal(command, { DR_LIVE_TOKEN: token });
  const url = await served.says(/Pagina \/ Page: (http:\S+)/);
  expect(served.output).not.toContain(token);
  expect((await fetch(url)).status).toBe(401);
  const headers = { Authorization: `Bearer ${token}` };
  const events = new EventStreamReader(await fetch(`${url}events`, { headers }));
  await events.until('event: view');
  const act: Page['act'] = async (body) => {
    const sent = { ...headers, 'Content-Type': 'application/json', Origin: url.slice(0, -1) };
    const answer = await fetch(`${url}act`, { method: 'POST', headers: sent, body: JSON.stringify(body) });
    return [answer.status, await answer.json()];
  };
  return { served, events, act };
}

/** Looks and never executes: what is sent to it is refused. */
async function readOnlyPage(): Promise<void> {
  const served = new Terminal(['status', '--serve']);
  const url = await served.says(/Pagina \/ Page: (http:\S+)/);
  expect(await (await fetch(url)).text()).toContain('<!doctype html>');
  const act = await fetch(`${url}act`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url.slice(0, -1) },
    body: JSON.stringify({ type: 'abort', role: 'rco', name: 'N', why: 'prova' }),
  });
  expect(act.status).toBe(403);
  expect(await act.json()).toMatchObject({ ok: false });
  expect(await served.interrupt()).toBe(0);
}

test(
  'a return to Lucca that is put off: begun, seen, over, and nobody speaks of an RTO',
  async () => {
    const place = ['--inventory', inventory, '--access', join(folder, 'access.yaml')];
    const run = new Terminal(['return', '--reports', reports, ...place]);
    await run.says(/Pagina \/ Page: http:\S+/);
    expect(run.output).toMatch(/access\.yaml.*serve dal passo return-backup/s);
    const seen = await type('status');
    expect(seen.stdout).toMatch(/^Rientro a Lucca \/ Return to Lucca\nViareggio lavora/);
    const declared = await type('step', 'declare', 'activation', '7:45', ...as('rco'));
    expect([declared.exitCode, declared.stderr]).toEqual([
      2,
      expect.stringMatching(/Punti.*\[UNKNOWN_POINT\]/s),
    ]);
    const answered = await type('step', 'answer', 'return-decision', 'not-yet', ...as('rco'));
    expect([answered.exitCode, answered.stderr]).toEqual([0, '']);
    expect(await run.exited).toEqual([2, null]);
    expect(run.output).toContain('Non ancora: si resta a Viareggio');
    expect(run.output.replaceAll('received undefined', '') + seen.stdout).not.toMatch(/RTO|undefined|null/);
  },
  long,
);
