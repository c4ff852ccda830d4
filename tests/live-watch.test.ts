import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { renderWatch, watchOnTerminal } from '../report/live/watch.ts';
import type { Locale } from '../report/texts.ts';
import { columnsOf } from '../report/visible.ts';
import { patiently } from './hand.ts';
import { hostile } from './hostile.ts';
import { ago, HOUR_MS, LiveRun, middleOfRestore, serviceOf } from './live-fixtures.ts';

const lines = (run: LiveRun, columns = 80, locale: Locale = 'it', colour = false) =>
  renderWatch(run.current(), { columns, locale, colour });

/** Times of day are those of the test. */
const timeless = (line: string) =>
  line.replace(/\d\d:\d\d:\d\d/, 'hh:mm:ss').replace(/\d\d\/\d\d\/\d{4}/, 'gg/mm/aaaa');

const cases: [string, LiveRun, Locale, string[]][] = [
  [
    'in the middle of the restore',
    middleOfRestore(),
    'it',
    [
      'Prova di disaster recovery, D1, disastro grave',
      'RTO in corso: restano 69 h 46 min su 72 h',
      'Previsione: entro l’RTO; servizio verificato verso le gg/mm/aaaa hh:mm:ss; al pi…',
      '▸ 6.2.4 Ripristinare dominio e file server                       4:07, max 30 min',
      '? 6.2.4 Responsabile della sede di Viareggio: Preparare le po…  12:00, max 30 min',
      '? 6.2.2 Provveditore: Avvisare i fornitori                       3:00, max 30 min',
      '  poi: 6.2.4 Verificare file, dominio e diritti',
      'hh:mm:ss  Cassetta CCIAA-LU-03 verificata: 24 pacchetti letti',
      'hh:mm:ss  Avviato il ripristino del dominio e dei file',
      'hh:mm:ss  Dominio ripristinato, dbcheck senza errori',
    ],
  ],
  [
    'two services with targets of their own',
    new LiveRun().activate(73 * HOUR_MS).change(({ run }) => {
      run.services = [
        serviceOf('Rilevazione delle presenze', 'Attendance', 2 * HOUR_MS),
        serviceOf('Certificati di origine', 'Certificates of origin', null),
      ];
    }),
    'it',
    [
      'Prova di disaster recovery, D1, disastro grave',
      'RTO mancato: superato da 1 h 00 min su 72 h',
      '  Rilevazione delle presenze: 2 h 00 min su 56 h / Attendance: 2 h 00 min of 56 h',
      '  Certificati di origine: non ancora verificato (56 h)',
      '  nessun passo in corso / no step running',
      '  poi: 6.1.1 Dichiarare lo stato di crisi / next: 6.1.1 Declare the crisis',
    ],
  ],
  [
    'not begun, in English',
    new LiveRun(),
    'en',
    [
      'Disaster recovery drill, D1, grave disaster',
      'RTO not started: starts with the activation (6.2.3); limit 72 h',
      '  no step running',
      '  next: 6.1.1 Declare the crisis',
    ],
  ],
  [
    'nearly over, with an alarm and a step that is late',
    new LiveRun()
      .activate(71 * HOUR_MS - 30_000) // a machine that takes seconds to get here shows the same
      .start('6.2.4-restore', HOUR_MS)
      .change((view) => {
        for (const step of view.steps) step.overdue = step.status === 'running';
        view.alarms.push({
          atUtc: ago(0),
          step: null,
          text: { it: 'Avvisare il comitato', en: 'Tell the committee' },
        });
      }),
    'en',
    [
      'Disaster recovery drill, D1, grave disaster',
      'RTO nearly over: remaining, no more than 1 h 00 min of 72 h',
      '! hh:mm:ss  ALARM: Tell the committee',
      '▸ 6.2.4 Restore domain and file server                   1:00:00, max 30 min late',
      '? 6.2.4 IT office: running: Restore domain and file se…  1:00:00, max 30 min late',
      '  next: 6.1.1 Declare the crisis',
    ],
  ],
  [
    'missed and interrupted',
    new LiveRun().activate(73 * HOUR_MS).change((view) => (view.executing = false)),
    'it',
    [
      'Prova di disaster recovery, D1, disastro grave',
      'RTO mancato: superato da 1 h 00 min su 72 h',
      '‖ Interrotta: nessun programma la esegue; per continuarla: dr resume',
      '  nessun passo in corso / no step running',
      '  poi: 6.1.1 Dichiarare lo stato di crisi / next: 6.1.1 Declare the crisis',
    ],
  ],
  [
    'over',
    new LiveRun()
      .activate()
      .verify(5 * HOUR_MS)
      .change(({ run }) => {
        run.status = 'completed';
        run.verdict = { outcome: 'PASS', exitStatus: 0, reasons: [] };
      }),
    'it',
    [
      'Prova di disaster recovery, D1, disastro grave',
      'Servizio verificato: dall’attivazione, entro il limite 5 h 00 min su 72 h',
      '● Superata / Passed',
      '  Servizio verificato in 5 h 00 min su 72 h.',
    ],
  ],
  [
    'a step of which nobody knows whether it happened',
    new LiveRun().change(({ steps }) => {
      for (const step of steps.slice(0, 1)) Object.assign(step, { status: 'unknown', durationMs: 5_000 });
    }),
    'en',
    [
      'Disaster recovery drill, D1, grave disaster',
      'RTO not started: starts with the activation (6.2.3); limit 72 h',
      '? 6.1.1 Continuity manager: outcome unknown: Declare the crisis  0:05, max 30 min',
      '  next: 6.1.2 Open the control centre',
    ],
  ],
];

describe('the lines', () => {
  test.each(cases)('%s', (_name, run, locale, expected) => {
    expect(lines(run, 82, locale).map(timeless)).toEqual(expected);
  });

  test.each([5, 20, 40, 80, 200])('none is as wide as %i columns, whatever the run holds', (columns) => {
    const run = middleOfRestore().change((view) => {
      view.log = hostile.map((text, seq) => ({ seq, atUtc: ago(0), text: { it: text, en: text } }));
      view.alarms = hostile.map((text) => ({ atUtc: ago(0), step: null, text: { it: text, en: text } }));
      for (const [index, step] of view.steps.entries())
        step.title = { it: hostile[index] ?? '', en: hostile[index] ?? '' };
    });
    for (const line of lines(run, columns)) {
      expect(columnsOf(line)).toBeLessThan(columns);
      expect(line).not.toMatch(/\p{Cc}|\u202E/u);
    }
  });

  test('colours where they are wanted', () => {
    const run = new LiveRun().activate(73 * HOUR_MS);
    expect(lines(run, 80, 'it', true)[1]?.startsWith('\u001B[31m')).toBe(true);
    expect(lines(run, 80, 'it', false).join('')).not.toContain('\u001B');
  });
});

class FakeStream extends Writable {
  readonly isTTY: boolean;
  columns = 80;
  rows = 40;
  text = '';
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
  /** What stands on the screen since it was last cleared. */
  shown(): string[] {
    return stripVTControlCharacters(this.text.split('\u001B[J').at(-1) ?? '').split('\n');
  }
}

describe('on a terminal', () => {
  test('it is redrawn in place at each change, and once a second by itself', async () => {
    const run = new LiveRun().activate().start('6.2.4-restore', 41_000);
    const stream = new FakeStream(true);
    const stop = watchOnTerminal(run, stream, 'it');
    expect(stream.shown()[2]).toMatch(/^▸ 6\.2\.4 Ripristinare dominio e file server .* 0:41, max 30 min$/);
    run.wait('6.1.4');
    expect(stream.shown()[3]).toMatch(/^\? 6\.1\.4 Responsabile della comunicazione: Informare/);
    await vi.waitUntil(() => / 0:4[3-9]/.test(stream.shown()[2] ?? ''), patiently);
    stop();
    stop();
    expect(run.listeners).toBe(0);
    expect(stream.text.endsWith('\n')).toBe(true);
    expect(stream.listenerCount('resize')).toBe(0);
  });

  test('a low window shows what matters most', () => {
    const stream = new FakeStream(true);
    stream.rows = 4;
    watchOnTerminal(middleOfRestore(), stream, 'it')();
    expect(stream.shown().filter((line) => line !== '')).toHaveLength(4);
  });
});

describe('elsewhere', () => {
  test('a line for each change', () => {
    const run = new LiveRun();
    const stream = new FakeStream(false);
    const stop = watchOnTerminal(run, stream, 'en');
    run.activate(HOUR_MS).log('Attivato', 'Activated').start('6.2.4-restore').wait('6.2.2');
    run.change(({ alarms }) => alarms.push({ atUtc: ago(0), step: null, text: { it: 'Tardi', en: 'Late' } }));
    run.change((view) => (view.executing = false)).change(() => undefined);
    run.change((view) => (view.executing = true)).log('Ripreso', 'Taken up again');
    run.verify(2 * HOUR_MS).change(({ run: state }) => {
      state.status = 'aborted';
      state.verdict.reasons = [{ code: 'aborted', subjects: [] }];
    });
    stop();
    run.log('Non si vede più', 'Not seen any more');
    expect(stream.text.split('\n').map(timeless)).toEqual([
      'Disaster recovery drill, D1, grave disaster',
      'RTO not started: starts with the activation (6.2.3); limit 72 h',
      'hh:mm:ss  Activated',
      '? 6.2.2 Purveyor: Warn the suppliers',
      '! hh:mm:ss  ALARM: Late',
      '‖ Interrupted: no program runs it; to go on: dr resume',
      'hh:mm:ss  Taken up again',
      '● Not carried out',
      '  Run aborted; service verified in 2 h 00 min of 72 h.',
      '',
    ]);
  });

  test.each([true, false])('a closed pipe ends it quietly (terminal: %s)', async (isTTY) => {
    const run = new LiveRun();
    const stream = Object.assign(
      new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) }),
      { isTTY },
    );
    watchOnTerminal(run, stream, 'it');
    await vi.waitUntil(() => run.listeners === 0, patiently);
  });
});
