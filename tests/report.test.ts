import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Report, reportSchema } from '../report/model.ts';
import { writeReport } from '../report/write.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { drillPlan, lostAce, passingChecks, Recorder, recordDrill } from './report-fixtures.ts';
import { recordServices } from './services-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'dr-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let reports: string;
beforeEach(() => {
  count += 1;
  reports = join(folder, String(count));
});

/** A run's folder with a log that `write` fills, and its report. */
function reportOf(write: (path: string) => unknown, run = 'run'): { report: Report; page: string } {
  const directory = join(reports, run);
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'evidence.jsonl');
  write(path);
  const { htmlPath, jsonPath } = writeReport(path, directory);
  return {
    report: reportSchema.parse(JSON.parse(readFileSync(jsonPath, 'utf8'))),
    page: readFileSync(htmlPath, 'utf8'),
  };
}

/** What a person reads in one language, markup and the other language taken out. */
function read(page: string, locale: 'it' | 'en' = 'it'): string {
  const other = locale === 'it' ? 'en' : 'it';
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(new RegExp(`<span class="${other}"[^>]*>[^<]*</span>`, 'g'), '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('\u00A0', ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('what the report says', () => {
  const cases: [
    name: string,
    write: (path: string) => unknown,
    exit: number,
    italian: string,
    english: string,
  ][] = [
    [
      'everything met',
      (path) => recordDrill(path),
      0,
      'Superata Servizio verificato in 1 h 06 min su 72 h; dati persi per 9 h 30 min su 24 h; 9 verifiche superate su 9.',
      'Passed Service verified in 1 h 06 min of 72 h; data lost for 9 h 30 min of 24 h; 9 checks passed of 9.',
    ],
    [
      'RTO missed',
      (path) => recordDrill(path, { head: { rtoTargetSeconds: 1, rtoSource: '--rto' } }),
      1,
      'Non superata RTO non rispettato, 1 h 06 min su 1 s;',
      'Failed RTO missed, 1 h 06 min of 1 s;',
    ],
    [
      'a failed check',
      (path) => recordDrill(path, { checks: [...passingChecks.slice(2), lostAce] }),
      1,
      'Non superata 1 verifica fallita; RTO non verificabile; dati persi per',
      'Failed 1 check failed; RTO not verifiable; data lost for',
    ],
    [
      'aborted',
      (path) => new Recorder(path).begin().end('aborted', 'La cassetta manca. / No cassette.'),
      2,
      'Non portata a termine Esecuzione interrotta; nessuna verifica eseguita; RTO non verificabile; RPO non verificabile. La cassetta manca. / No cassette.',
      'Not carried out Run aborted; no check carried out;',
    ],
    [
      'killed before anything',
      (path) => new Recorder(path).begin(),
      2,
      'Esecuzione non conclusa',
      'Run not finished',
    ],
  ];

  test.each(cases)('%s', (_name, write, exitStatus, italian, english) => {
    const { report, page } = reportOf(write);
    expect(report.verdict.exitStatus).toBe(exitStatus);
    expect(read(page, 'it')).toContain(italian);
    expect(read(page, 'en')).toContain(english);
  });

  test('failing checks come first, with their evidence', () => {
    const { page } = reportOf((path) => recordDrill(path, { checks: [...passingChecks, lostAce] }));
    const ids = [...page.matchAll(/<th scope="row"[^>]*>.*?<code><bdi>(.*?)<\/bdi>/g)].map(
      (match) => match[1],
    );
    expect(ids[0]).toBe('files.acl');
    expect(read(page)).toContain('Prospetto società.xlsx');
    expect(read(page)).toContain('FAIL prima: PASS');
  });

  test('a thousand wrong files leave room for the other problems', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `ufficio/file-${index}.txt`).join('\n');
    const checks = [
      { ...lostAce, evidence: many },
      { ...lostAce, id: 'ad.sysvol', evidence: 'SYSVOL' },
    ];
    const { page } = reportOf((path) => recordDrill(path, { checks }));
    const top = read(page).split('Tempo di ripristino')[0];
    expect(top).toContain('file-3.txt… (continua nelle tabelle)');
    expect(top).toContain('SYSVOL');
    expect(top).not.toContain('file-4.txt');
  });

  test('a step done again shows each attempt, and the log of two processes says so', () => {
    const { page, report } = reportOf((path) => {
      const recorder = new Recorder(path).begin().milestone('activation').start('restore').pass(2_000);
      recorder.check({ id: 'alive' }).newProcess(5_000).start('restore', 2).pass(1_000);
      recorder.finish('restore', { attempt: 2 }).end();
    });
    expect(read(page)).toContain('interrotto');
    expect(read(page)).toContain('almeno 2,0 s');
    expect(report.evidence.processes).toBe(2);
    expect(report.steps[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['interrupted', 'done']);
  });

  test('a clock set back is told, with what it means', () => {
    const { page } = reportOf((path) => {
      const recorder = new Recorder(path)
        .begin()
        .milestone('activation')
        .pass(1_000)
        .setWallClock(-3_600_000);
      recorder.milestone('service-verified').check().end();
    });
    expect(read(page)).toContain('è andato indietro di 1 h 00 min; le durate non ne risentono.');
  });

  test('what was simulated is named, and marked where it enters a sum', () => {
    const { page } = reportOf((path) => recordDrill(path));
    expect(read(page)).toContain('Aggiunto perché simulato1 h 05 min');
    expect(read(page)).toContain('riprodotte in laboratorio');
    expect(read(page)).toContain('45 min 00 s ◇');
  });

  test('a simulated step that stands for no time is said to be left out of the RTO', () => {
    const { page } = reportOf((path) => {
      const recorder = new Recorder(path).begin();
      recorder.append(drillPlan);
      recorder.milestone('activation').simulate('travel', 0).pass(60_000);
      recorder.milestone('service-verified').check().end();
    });
    expect(read(page)).toContain('Simulato, contato zeroRaggiungere la sede di Viareggio');
    expect(read(page)).toContain('su 72 h');
  });

  test('a time in summer, and a run over midnight, carry the day and the right offset', () => {
    const { page } = reportOf((path) => {
      const recorder = new Recorder(path).setWallClock(
        Date.parse('2026-07-01T21:59:00Z') - Date.parse('2026-11-23T07:00:00Z'),
      );
      recorder.begin().step('a', 120_000).end();
    });
    expect(read(page)).toContain('ore di Roma (UTC+2)');
    expect(read(page)).toContain('02/07/2026 00:01:00');
    expect(read(page, 'en')).toContain('02 Jul 2026 00:01:00');
  });
});

/** Cells and facts stand side by side without a space. */
const solid = (words: string): string => words.replaceAll(' ', '');

describe('services, desks and coverage', () => {
  test('what the page says, in both languages', async () => {
    const run = join(reports, 'run');
    mkdirSync(run, { recursive: true });
    await recordServices(join(run, 'evidence.jsonl'));
    const page = readFileSync(writeReport(join(run, 'evidence.jsonl'), run).htmlPath, 'utf8');
    const italian = [
      'RTO Rilevazione delle presenze 1 h 06 min su 56 h',
      'Il piano dice 72 h, rispettato',
      'RTO Certificati di origine non misurato su 56 h',
      'vi-1 Sportello del Registro delle Imprese può aprire',
      'vi-6 Sportello del Registro delle Imprese non può lettore di carte fermo; carte-tachigrafiche: certificato scaduto',
      'vi-8 ufficio interno non si sa non raggiunta',
      'Linea di backup: non risponde nulla Il gateway 10.55.2.3 non risponde.',
      'Registro Imprese 8 su 8 0 su 8 –',
      'Carte tachigrafiche 0 su 8 0 su 8 Linea primaria, carte-tachigrafiche: Certificato scaduto il 01/11/2026.',
      'Classi di servizi: ripristinato e misurato 2, provato dalle postazioni 16.',
      'Presenze del personale ripristinato e misurato PASS Rilevazione delle presenze: 1 h 06 min su 56 h',
      'Certificati di origine ripristinato e misurato FAIL Certificati di origine: mai verificato su 56 h',
      'Cert.impresa non coperto – fuori ambito: servizio obsoleto, in dismissione',
      "Rilevazione delle presenze: in questa esercitazione è Tryton 6.0 (tryton-server, tryton-modules-attendance), al posto del prodotto dell'ufficio (né il piano né lo studio nominano il prodotto in uso). Si prova il modo di ripristinare, non quel prodotto.",
      'Certificati di origine: in questa esercitazione è Tiny Tiny RSS (tt-rss), al posto',
      'IC-A promessa del fornitore – oggi rispondono 8 delle sue classi provate su 9; il ripristino presso il fornitore non è stato provato',
    ];
    for (const sentence of italian) expect(solid(read(page, 'it'))).toContain(solid(sentence));
    const english = [
      'The plan says 72 h, met',
      'vi-6 Business Register counter cannot card reader not running',
      'Backup line: nothing answers The gateway does not answer.',
      'Service classes: restored and measured 2, tried from the desks 16.',
      "Certificates of origin: in this drill it is Tiny Tiny RSS (tt-rss), in the place of the office's own product (neither the plan nor the study names the product in use; this one is a web application with a MariaDB database). The way of restoring is tried, not that product.",
      'IC-A supplier’s promise – 8 of its 9 classes tried answer today',
    ];
    for (const sentence of english) expect(solid(read(page, 'en'))).toContain(solid(sentence));
  });

  test('of runs from before there were any, nothing is said', () => {
    const { page } = reportOf((path) => recordDrill(path));
    for (const id of ['services', 'readiness', 'suppliers', 'coverage'])
      expect(page).not.toContain(`<h2 id="${id}">`);
  });
});

describe('report.json', () => {
  test('the same evidence gives the same report, byte for byte', () => {
    const first = reportOf((path) => recordDrill(path));
    const { page } = reportOf(() => undefined);
    expect(page).toBe(first.page);
  });

  test('holds the last hash and the number of records', () => {
    const { report } = reportOf((path) => recordDrill(path));
    const lines = readFileSync(join(reports, 'run', 'evidence.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(report.evidence.records).toBe(lines.length);
    expect(lines.at(-1)).toContain(`"hash":"${report.evidence.lastHash}"}`);
  });
});

describe('evidence that is not what it was', () => {
  test('an altered log gives no report', () => {
    const path = join(reports, 'run', 'evidence.jsonl');
    reportOf((log) => recordDrill(log));
    writeFileSync(path, readFileSync(path, 'utf8').replace('Prendere', 'Rubare'));
    expect(() => writeReport(path, join(reports, 'run'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_BROKEN' }),
    );
  });

  test('a log whose end was cut off no longer fits the report beside it', () => {
    const path = join(reports, 'run', 'evidence.jsonl');
    reportOf((log) => recordDrill(log, { checks: [lostAce] }));
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    writeFileSync(path, `${lines.slice(0, -3).join('\n')}\n`);
    expect(() => writeReport(path, join(reports, 'elsewhere'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_SHORTENED' }),
    );
  });

  test('a log that went on is no such thing', () => {
    reportOf((path) => new Recorder(path).begin());
    const { report } = reportOf((path) => {
      const event: EvidenceEvent = { type: 'run-finished', outcome: 'aborted', detail: 'x' };
      new Recorder(path).append(event);
    });
    expect(report.status).toBe('aborted');
  });
});

const link = () => readlinkSync(join(reports, 'latest'));
const started = (offsetMs: number) => (path: string) => new Recorder(path).setWallClock(offsetMs).begin();

describe('reports/latest', () => {
  test('links to the newest run, also when an older one is rendered again', () => {
    reportOf(started(0), 'one');
    expect(link()).toBe('one');
    reportOf(started(60_000), 'two');
    expect(link()).toBe('two');
    reportOf(() => undefined, 'one');
    expect(link()).toBe('two');
    expect(readFileSync(join(reports, 'latest', 'report.html'), 'utf8')).toContain('<!doctype html>');
  });

  test('a link to a folder that is gone is replaced', () => {
    reportOf(started(60_000), 'gone');
    rmSync(join(reports, 'gone'), { recursive: true });
    reportOf(started(0), 'one');
    expect(link()).toBe('one');
  });

  test('something else of that name is left alone, and said', () => {
    mkdirSync(join(reports, 'latest'), { recursive: true });
    expect(() => reportOf(started(0), 'one')).toThrowError(
      expect.objectContaining({ code: 'REPORT_LATEST' }),
    );
    expect(lstatSync(join(reports, 'latest')).isDirectory()).toBe(true);
  });

  test('a report rendered elsewhere makes no link', () => {
    reportOf(started(0), 'one');
    const other = join(reports, 'copies', 'here');
    writeReport(join(reports, 'one', 'evidence.jsonl'), other, { locale: 'en' });
    expect(readFileSync(join(other, 'report.html'), 'utf8')).toContain('<html lang="en"');
    expect(() => readlinkSync(join(reports, 'copies', 'latest'))).toThrow();
  });
});

test('a chart of steps keeps its bars inside, whatever the times', () => {
  const { page } = reportOf((path) => {
    const recorder = new Recorder(path).begin().append(drillPlan);
    expect(recorder.seq).toBe(1);
    const again = new Recorder(path).milestone('activation', 'declared', '2026-11-20T07:00:00.000Z');
    again.step('verify-cassette', 3).simulate('travel', 60_000).pass(3_600_000).start('verify').pass(1);
    again.milestone('service-verified', 'declared', '2026-11-30T07:00:00.000Z').end();
  });
  const shapes = [
    ...page.matchAll(/<rect class="(?:rto|attempt)[^>]* x="(.*?)%"[^>]* width="([\d.]+)(%?)"/g),
  ];
  expect(shapes.length).toBeGreaterThan(3);
  for (const [, x = '', width = '', unit] of shapes) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x) + (unit === '%' ? Number(width) : 0)).toBeLessThanOrEqual(100.01);
  }
});
