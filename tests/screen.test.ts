import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createScreen, type ScreenMode, screenMode } from '../report/screen.ts';
import type { Locale } from '../report/texts.ts';
import { columnsOf } from '../report/visible.ts';
import type { ClockReading } from '../runbooks/evidence/evidence.ts';
import { evidencePaths } from './evidence-paths.ts';
import { patiently } from './hand.ts';
import { drillPlan, lostAce, Recorder } from './report-fixtures.ts';

const newPath = evidencePaths('screen');
let path: string;
beforeEach(() => {
  path = newPath();
});

/** A stream that keeps what it is given and, for the terminal mode, plays the terminal. */
class FakeStream extends Writable {
  columns = 80;
  text = '';
  readonly terminal: Terminal | undefined;

  constructor(mode: ScreenMode) {
    super();
    if (mode === 'tty') this.terminal = new Terminal();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    this.terminal?.feed(chunk.toString('utf8'), this.columns);
    done();
  }
}

/** The few control sequences that the screen may use; anything else fails the test. */
class Terminal {
  rows = [''];
  #row = 0;
  widest = 0;

  feed(text: string, columns: number): void {
    for (const token of text.match(/\p{Cc}\[[\d;]*[A-Za-z]|\r|\n|\P{Cc}+/gu) ?? []) {
      if (token === '\r') continue;
      else if (token === '\n') this.#lineFeed();
      else if (token.startsWith('\u001B[')) this.#control(token);
      else this.#print(token, columns);
    }
  }

  #lineFeed(): void {
    this.#row += 1;
    this.rows[this.#row] ??= '';
  }

  #control(sequence: string): void {
    const code = sequence.at(-1);
    if (code === 'm') return;
    if (code === 'A') this.#row -= Number(sequence.slice(2, -1));
    else if (code === 'J') this.rows = [...this.rows.slice(0, this.#row), ''];
    else throw new Error(`unexpected ${JSON.stringify(sequence)}`);
    expect(this.#row).toBeGreaterThanOrEqual(0);
  }

  #print(text: string, columns: number): void {
    this.rows[this.#row] += text;
    this.widest = Math.max(this.widest, columnsOf(this.rows[this.#row] ?? ''));
    expect(this.widest).toBeLessThan(columns);
  }

  /** After the rows were replaced: the cursor stands on the last one. */
  toEnd(): void {
    this.#row = this.rows.length - 1;
  }

  visible(): string[] {
    return this.rows.filter((row) => row !== '');
  }
}

/** A screen on a fake stream that follows a log whose clocks stand still until the test moves them. */
function follow(
  mode: ScreenMode,
  { locale = 'it', columns = 80 }: { locale?: Locale; columns?: number } = {},
) {
  const stream = new FakeStream(mode);
  stream.columns = columns;
  const recorder = new Recorder(path);
  const terminal = stream.terminal ?? new Terminal();
  const clock = (): ClockReading => recorder.clock();
  const screen = createScreen({ stream, mode, locale, clock });
  screen.attach(recorder.log);
  return { stream, terminal, recorder, screen };
}

function play(recorder: Recorder): void {
  recorder.begin().append({ ...drillPlan, steps: drillPlan.steps.slice(5, 8) });
  recorder.milestone('event', 'declared', '2026-11-23T05:00:00.000Z').milestone('activation');
  recorder.cassette().pass(1_000).step('verify-cassette', 6_840, { detail: '1 snapshot' });
  recorder.step('restore-domain', 4_000, { outcome: 'failed', detail: 'dc2: non risponde' });
  recorder.step('restore-domain', 18_420, { attempt: 2 }).simulate('restore-files', 60_000);
  recorder.check().check(lostAce).milestone('service-verified').end();
}

test('plain: a line for each thing that happens, with its time', () => {
  const { stream, recorder, screen } = follow('plain');
  play(recorder);
  screen.close();
  expect(stream.text.split('\n')).toEqual([
    '08:00:00  ● Prova di disaster recovery, D1, disastro grave / Disaster recovery drill, D1, grave disaster; RTO 72 h, RPO 24 h; 2026-11-23T07-00-00Z-drill-D1',
    '08:00:00  ◆ Evento / Event (dichiarato: 23/11/2026 06:00:00)',
    '08:00:00  ◆ Attivazione del piano (6.2.3) / Activation of the plan (6.2.3) (misurato)',
    '08:00:00  ◆ CCIAA-LU-03: cassetta con i dati del 22/11/2026 22:30:00 / cassette with the data of 22 Nov 2026 22:30:00',
    '08:00:01  [1/3] ▸ Verificare la cassetta / Verify the cassette',
    '08:00:07  [1/3] ✓ Verificare la cassetta / Verify the cassette: fatto, 6,8 s; 1 snapshot',
    '08:00:07  [2/3] ▸ Ripristinare il dominio Active Directory / Restore the Active Directory domain',
    '08:00:11  [2/3] ✗ Ripristinare il dominio Active Directory / Restore the Active Directory domain: fallito, 4,0 s; dc2: non risponde',
    '08:00:11  [2/3] ▸ Ripristinare il dominio Active Directory / Restore the Active Directory domain',
    '08:00:30  [2/3] ✓ Ripristinare il dominio Active Directory / Restore the Active Directory domain: fatto, 18,4 s, tentativo 2',
    '08:00:30  [3/3] ▸ Ripristinare il file server / Restore the file server',
    '08:00:30  [3/3] ✓ Ripristinare il file server / Restore the file server: fatto, 1 min 00 s simulati',
    '08:00:30  PASS Contenuto dei file / Content of the files',
    '08:00:30  FAIL Permessi dei file (SDDL) / File permissions (SDDL)',
    '          ragioneria/Bilanci 2026/Prospetto società.xlsx',
    '          attesa / expected: O:BAG:DUD:(D;;FA;;;S-1-5-21-1-2-3-1120)(A;;FA;;;BA)',
    '          trovata / found: O:BAG:DUD:(A;;FA;;;BA)',
    '08:00:30  ◆ Servizio verificato / Service verified (misurato)',
    '08:00:30  ● Non superata / Failed',
    '          1 verifica fallita; servizio verificato in 1 min 30 s su 72 h; dati persi per 7 h 30 min su 24 h; 1 verifica superata su 2.',
    '',
  ]);
});

test('plain, in English: English alone', () => {
  const { stream, recorder } = follow('plain', { locale: 'en' });
  recorder.begin().append(drillPlan);
  recorder.step('assess', 1_000).end('aborted', 'x');
  expect(stream.text.split('\n')).toEqual([
    '08:00:00  ● Disaster recovery drill, D1, grave disaster; RTO 72 h, RPO 24 h; 2026-11-23T07-00-00Z-drill-D1',
    '08:00:00  [ 1/14] ▸ Assess the damage at Lucca',
    '08:00:01  [ 1/14] ✓ Assess the damage at Lucca: done, 1.0 s',
    '08:00:01  ● Not carried out',
    '          Run aborted; no check carried out; RTO not verifiable; RPO not verifiable.',
    '          x',
    '',
  ]);
});

test('plain: progress of a long step shows now and then, not each time', () => {
  const { stream, recorder, screen } = follow('plain');
  recorder.begin().start('a');
  for (let percent = 1; percent <= 60; percent += 1) {
    recorder.pass(500);
    screen.detail(`${percent} %`);
  }
  expect(stream.text.match(/\d+ %/g)).toEqual(['20 %', '40 %', '60 %']);
});

test('plain: what files and programs are called cannot play tricks on the terminal', () => {
  const { stream, recorder, screen } = follow('plain');
  recorder.begin().check({ ...lostAce, titleIt: 'a\u001B[2Jb\nc', evidence: '\u202Etxt.exe\u0007' });
  recorder.pass(60_000);
  screen.detail('\u001B]0;x\u0007');
  expect(stream.text).toContain('FAIL a⟨U+001B⟩[2Jb c / ');
  expect(stream.text).toContain('⟨U+202E⟩txt.exe⟨U+0007⟩');
  expect(stream.text).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('json: the very lines of the evidence', () => {
  const { stream, recorder, screen } = follow('json');
  play(recorder);
  screen.detail('43 %');
  expect(stream.text).toBe(readFileSync(path, 'utf8'));
});

test('a run taken up again shows what was done before', () => {
  new Recorder(path).begin().step('a', 1_000);
  const { stream, recorder } = follow('plain');
  recorder.end('aborted');
  expect(stream.text.match(/▸|✓|● Non portata/g)).toEqual(['▸', '✓', '● Non portata']);
});

test('a log without a run is silent', () => {
  const { stream, recorder } = follow('plain');
  recorder.append({ type: 'note', textIt: 'x', textEn: 'x', origin: 'measured' });
  expect(stream.text).toBe('');
});

test('a closed pipe never stops the run', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const recorder = new Recorder(path);
  const screen = createScreen({ stream, mode: 'plain' });
  screen.attach(recorder.log);
  recorder.begin();
  await vi.waitUntil(() => stream.destroyed, patiently);
  recorder.step('a', 1).end();
  screen.detail('x');
  screen.close();
});

test('the mode follows the stream, unless --json asks otherwise', () => {
  expect(screenMode({ isTTY: true }, false)).toBe('tty');
  expect(screenMode({}, false)).toBe('plain');
  expect(screenMode({ isTTY: true }, true)).toBe('json');
});

describe('on a terminal', () => {
  test('running step, its time, what comes next and the RTO remaining', () => {
    const { terminal, recorder, screen } = follow('tty');
    recorder.begin().append(drillPlan);
    recorder.milestone('activation').start('restore-domain').pass(65_000);
    screen.detail('43 %, 12 MiB/s');
    expect(terminal.visible().slice(-4)).toEqual([
      '▸ [ 7/14] Ripristinare il dominio Active Directory                         1:05',
      '  43 %, 12 MiB/s',
      '  poi: Ripristinare il file server / next: Restore the file server',
      '  RTO: restano 71 h 58 min su 72 h / 71 h 58 min left of 72 h',
    ]);
    recorder.finish('restore-domain');
    const rows = terminal.visible();
    expect(rows.some((row) => row.startsWith('▸ ['))).toBe(false);
    expect(rows.some((row) => row.includes('43 %'))).toBe(false);
    expect(rows.filter((row) => row.includes('✓'))).toHaveLength(1);
  });

  test('a missed RTO says by how much', () => {
    const { terminal, recorder, screen } = follow('tty');
    recorder.begin({ rtoTargetSeconds: 60 }).milestone('activation').start('a').pass(90_000);
    screen.detail('x');
    expect(terminal.visible().at(-1)).toBe('  RTO superato da 30,0 s (1 min) / RTO missed by 30.0 s');
  });

  test('it goes on by itself while a step runs', async () => {
    const { terminal, recorder, screen } = follow('tty');
    recorder.begin().start('a');
    recorder.pass(41_000);
    await vi.waitUntil(() => /0:4[1-9]$/.test(terminal.visible().at(-1) ?? ''), patiently);
    screen.close();
  });

  test.each([10, 24, 40, 80, 200])(
    'no line is wider than %i columns, and nothing is left over',
    (columns) => {
      const { terminal, recorder, screen } = follow('tty', { columns });
      recorder.begin().append(drillPlan);
      recorder.milestone('activation');
      for (const { step } of drillPlan.steps) recorder.start(step).pass(1_000);
      screen.detail(`ripristino di 会議室/議事録 📁 ${'x'.repeat(300)}`);
      for (const { step } of drillPlan.steps) recorder.pass(1_000).finish(step);
      recorder.check(lostAce).milestone('service-verified').end();
      screen.close();
      const rows = terminal.visible();
      expect(rows.filter((row) => row.startsWith('▸ ['))).toEqual([]);
      const kept = rows.filter((row) => /^\d\d:\d\d/.test(row));
      expect(kept.length).toBe(1 + 1 + 2 * drillPlan.steps.length + 1 + 1 + 1);
      expect(terminal.widest).toBeLessThan(columns);
    },
  );

  test('many steps at once: some are shown, the rest counted', () => {
    const { terminal, recorder } = follow('tty');
    recorder.begin().append(drillPlan);
    for (const { step } of drillPlan.steps.slice(0, 6)) recorder.start(step);
    const rows = terminal.visible();
    expect(rows.filter((row) => row.startsWith('▸ ['))).toHaveLength(4);
    expect(rows).toContain('  … e altri 2 passi / … and 2 more steps');
  });

  test('a question to a person has the terminal for itself', () => {
    const { stream, terminal, recorder, screen } = follow('tty');
    recorder.begin().start('a').pass(1_000);
    screen.pause();
    const before = stream.text;
    screen.detail('x');
    expect(stream.text).toBe(before);
    expect(terminal.visible().some((row) => row.startsWith('▸ ['))).toBe(false);
    screen.resume();
    expect(terminal.visible().some((row) => row.startsWith('▸ ['))).toBe(true);
  });

  test('a terminal made narrower is drawn anew', () => {
    const { stream, terminal, recorder, screen } = follow('tty', { columns: 100 });
    recorder.begin().append(drillPlan);
    recorder.start('restore-domain');
    stream.columns = 40;
    terminal.rows = terminal.rows.flatMap((row) => row.match(/.{1,40}/g) ?? ['']);
    terminal.toEnd();
    terminal.widest = 0;
    stream.emit('resize');
    expect(terminal.visible().filter((row) => row.startsWith('▸ ['))).toHaveLength(1);
    screen.close();
    expect(terminal.visible().filter((row) => row.startsWith('▸ ['))).toEqual([]);
  });

  test('colours, unless NO_COLOR asks for none', () => {
    vi.stubEnv('NO_COLOR', '');
    const coloured = follow('tty');
    coloured.recorder.begin();
    expect(coloured.stream.text).toContain('\u001B[1m');
    vi.stubEnv('NO_COLOR', '1');
    path = `${path}.2`;
    const plain = follow('tty');
    plain.recorder.begin();
    expect(plain.stream.text).not.toContain('\u001B[1m');
    vi.unstubAllEnvs();
  });
});
