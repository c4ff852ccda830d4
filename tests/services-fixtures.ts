/** A drill with two restored services, the suppliers' services as eight desks see them through two lines, and the coverage. */
import { requireInventory } from '../inventory/load.ts';
import { standInNotes } from '../lab/drill-works.ts';
import { runServices } from '../lab/opening.ts';
import { coverageEntries } from '../runbooks/evidence/coverage-entries.ts';
import type { DeskReadiness, ProbeResult } from '../runbooks/evidence/services.ts';
import { passingChecks, type Recorder, recordDrill } from './report-fixtures.ts';

const lines = ['primary', 'backup'];

/** The backup line is dead, and one supplier's certificate has expired; three desks cannot open or are not known. */
export async function recordServices(path: string): Promise<Recorder> {
  const inventory = await requireInventory();
  const desks = Array.from({ length: 8 }, (_, index) => `vi-${index + 1}`);
  const suppliers = inventory.serviceClasses.filter(({ plan }) => plan?.supplier !== 'camera-lucca');
  return recordDrill(path, {
    head: { services: runServices(inventory), coverage: coverageEntries(inventory) },
    checks: [
      ...passingChecks,
      ...['rows', 'log-on', 'read', 'write'].map((name) => ({
        id: `app.presenze.${name}`,
        titleIt: `Presenze: ${name}`,
        titleEn: `Attendance: ${name}`,
      })),
      {
        id: 'app.certificati-origine.rows',
        titleIt: 'Certificati di origine: righe',
        titleEn: 'Certificates of origin: rows',
        outcome: 'FAIL',
        evidence: 'ttrss_entries: 4311 righe invece di 4312 / 4311 rows instead of 4312',
      },
    ],
    seen: (recorder) => {
      for (const { it, en } of standInNotes(inventory))
        recorder.append({ type: 'note', textIt: it, textEn: en, origin: 'simulated' });
      recorder.append({
        type: 'probes',
        results: suppliers.flatMap(({ id }) =>
          desks.flatMap((desk) => lines.map((line): ProbeResult => probed(id, desk, line))),
        ),
      });
      recorder.append({ type: 'readiness', desks: desks.map(readinessOf) });
    },
  });
}

function probed(serviceClass: string, desk: string, line: string): ProbeResult {
  const result = { desk, line, endpoint: serviceClass, serviceClass };
  if (line === 'backup')
    return {
      ...result,
      outcome: 'FAIL',
      evidence: 'Il gateway 10.55.2.3 non risponde. / The gateway does not answer.',
    };
  if (serviceClass === 'carte-tachigrafiche')
    return {
      ...result,
      outcome: 'FAIL',
      evidence: 'Certificato scaduto il 01/11/2026. / Certificate expired.',
    };
  return { ...result, outcome: 'PASS', evidence: '200, 41 ms' };
}

function readinessOf(desk: string, index: number): DeskReadiness {
  const service = {
    frontOfficeService: 'sportello-registro-imprese',
    serviceIt: 'Sportello del Registro delle Imprese',
    serviceEn: 'Business Register counter',
  };
  if (index === 7)
    return {
      desk,
      frontOfficeService: null,
      canOpen: null,
      reasonsIt: ['non raggiunta'],
      reasonsEn: ['not reached'],
    };
  if (index > 4)
    return {
      desk,
      ...service,
      canOpen: false,
      reasonsIt: ['lettore di carte fermo', 'carte-tachigrafiche: certificato scaduto'],
      reasonsEn: ['card reader not running', 'carte-tachigrafiche: certificate expired'],
    };
  return { desk, ...service, canOpen: true, reasonsIt: [], reasonsEn: [] };
}
