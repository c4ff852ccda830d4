/** Evidence for tests: real logs written by the real writer, with clocks that the test turns by hand. */
import type { Check } from '../core/check.ts';
import {
  type ClockReading,
  type EvidenceEvent,
  EvidenceLog,
  type EvidenceRecord,
  type MilestoneName,
  type Origin,
} from '../runbooks/evidence/evidence.ts';

type Plan = Extract<EvidenceEvent, { type: 'plan' }>;
type RunStarted = Extract<EvidenceEvent, { type: 'run-started' }>;
type Finished = Extract<EvidenceEvent, { type: 'step-finished' }>;
type CassetteEvent = Extract<EvidenceEvent, { type: 'cassette' }>;

/** Writes a run's evidence while the test moves time. */
export class Recorder {
  readonly path: string;
  log: EvidenceLog;
  #wallMs = Date.parse('2026-11-23T07:00:00.000Z');
  #monotonicMs = 1_000;
  #process = 1;

  constructor(path: string) {
    this.path = path;
    this.log = this.#open();
  }

  /** Time passes on both clocks. */
  pass(ms: number): this {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
    return this;
  }

  /** Somebody sets the clock, or the machine sleeps: only the wall clock moves. */
  setWallClock(byMs: number): this {
    this.#wallMs += byMs;
    return this;
  }

  /** The writing process dies and another one goes on after `gapMs`. */
  newProcess(gapMs: number): this {
    this.#wallMs += gapMs;
    this.#monotonicMs = 500;
    this.#process += 1;
    this.log = this.#open();
    return this;
  }

  clock(): ClockReading {
    return { atUtc: this.now(), monotonicMs: this.#monotonicMs, process: `${this.#process}-1` };
  }

  now(): string {
    return new Date(this.#wallMs).toISOString();
  }

  append(event: EvidenceEvent): EvidenceRecord {
    return this.log.append(event);
  }

  begin(over: Partial<RunStarted> = {}): this {
    this.append({ ...runStarted, ...over });
    return this;
  }

  milestone(name: MilestoneName, origin: Origin = 'measured', atUtc = this.now()): this {
    this.append({ type: 'milestone', name, atUtc, origin });
    return this;
  }

  start(step: string, attempt = 1, origin: Origin = 'measured'): this {
    this.append({ type: 'step-started', step, attempt, origin });
    return this;
  }

  finish(step: string, over: Partial<Finished> = {}): this {
    this.append({
      type: 'step-finished',
      step,
      attempt: 1,
      outcome: 'done',
      durationMs: 0,
      detail: '',
      ...over,
    });
    return this;
  }

  /** A whole measured step that takes `ms`. */
  step(step: string, ms: number, over: Partial<Finished> = {}): this {
    const attempt = over.attempt ?? 1;
    return this.start(step, attempt)
      .pass(ms)
      .finish(step, { durationMs: ms, ...over });
  }

  /** A step that stands for `assumedMs` and takes no time. */
  simulate(step: string, assumedMs: number): this {
    return this.start(step, 1, 'simulated').pass(3).finish(step, { durationMs: assumedMs });
  }

  check(over: Partial<Check> = {}): this {
    this.append({ type: 'check', check: { ...check, ...over } });
    return this;
  }

  cassette(over: Partial<CassetteEvent> = {}): this {
    this.append({ ...cassette, ...over });
    return this;
  }

  end(outcome: 'completed' | 'aborted' = 'completed', detail = ''): this {
    this.append({ type: 'run-finished', outcome, detail });
    return this;
  }

  #open(): EvidenceLog {
    return new EvidenceLog(this.path, () => this.clock());
  }
}

const runStarted: RunStarted = {
  type: 'run-started',
  runId: '2026-11-23T07-00-00Z-drill-D1',
  kind: 'drill',
  scenario: 'D1',
  rtoTargetSeconds: 72 * 3600,
  rpoTargetSeconds: 24 * 3600,
  rtoSource: 'Piano di continuità operativa, 4.2',
  rpoSource: 'Piano di continuità operativa, 4.2',
  versions: {
    dr: '0.1.0',
    node: '24.21.0',
    pulumi: '3.250.0',
    samba: '4.17.12',
    restic: '0.18.1',
    debian: '12.12',
  },
  operator: 'Ufficio Servizi Informatici',
};

const check: Check = {
  id: 'files.content',
  titleIt: 'Contenuto dei file',
  titleEn: 'Content of the files',
  outcome: 'PASS',
  evidence: '4312 file / files, 214 748 364 byte',
  durationMs: 1_200,
};

const cassette: CassetteEvent = {
  type: 'cassette',
  label: 'CCIAA-LU-03',
  serial: 'LAB-7f3a20',
  repositoryId: '5b1f0c27e19a4d3a9f7d1c44e8b2a6f05b1f0c27e19a4d3a9f7d1c44e8b2a6f0',
  snapshotId: 'c0ffee12a4b35d6e7f80912a3b4c5d6e7f80912a3b4c5d6e7f80912a3b4c5d6e',
  snapshotAtUtc: '2026-11-22T21:30:00.000Z',
  site: 'viareggio',
  sizeBytes: 312_475_648,
};

const planned = (
  step: string,
  clause: string,
  kind: Plan['steps'][number]['kind'],
  interval: Plan['steps'][number]['interval'],
  titleIt: string,
  titleEn: string,
) => ({ step, clause, kind, interval, titleIt, titleEn });

export const drillPlan: Plan = {
  type: 'plan',
  steps: [
    planned(
      'assess',
      '6.1.1',
      'human',
      'decision',
      'Valutare il danno a Lucca',
      'Assess the damage at Lucca',
    ),
    planned('activate', '6.2.3', 'human', 'decision', 'Attivare il piano', 'Activate the plan'),
    planned('suppliers', '6.2.2', 'notify', 'human', 'Avvisare i fornitori', 'Warn the suppliers'),
    planned(
      'travel',
      '6.2.3',
      'human',
      'travel',
      'Raggiungere la sede di Viareggio',
      'Reach the Viareggio site',
    ),
    planned(
      'cassette',
      '6.2.3',
      'human',
      'human',
      'Prendere e collegare la cassetta',
      'Take the cassette and connect it',
    ),
    planned('verify-cassette', '6.2.4', 'check', 'machine', 'Verificare la cassetta', 'Verify the cassette'),
    planned(
      'restore-domain',
      '6.2.4',
      'machine',
      'machine',
      'Ripristinare il dominio Active Directory',
      'Restore the Active Directory domain',
    ),
    planned(
      'restore-files',
      '6.2.4',
      'machine',
      'machine',
      'Ripristinare il file server',
      'Restore the file server',
    ),
    planned('desk-1', '6.2.4', 'machine', 'machine', 'Preparare la postazione 1', 'Provision desk 1'),
    planned('desk-2', '6.2.4', 'machine', 'machine', 'Preparare la postazione 2', 'Provision desk 2'),
    planned('desk-3', '6.2.4', 'machine', 'machine', 'Preparare la postazione 3', 'Provision desk 3'),
    planned('desk-4', '6.2.4', 'machine', 'machine', 'Preparare la postazione 4', 'Provision desk 4'),
    planned('verify', '6.2.4', 'check', 'machine', 'Verificare i servizi', 'Verify the services'),
    planned(
      'report-committee',
      '6.3.1',
      'notify',
      'human',
      'Riferire al Comitato di Crisi',
      'Report to the Crisis Committee',
    ),
  ],
};

export const passingChecks: Partial<Check>[] = [
  { id: 'files.content', titleIt: 'Contenuto dei file', titleEn: 'Content of the files' },
  {
    id: 'files.acl',
    titleIt: 'Permessi dei file (SDDL)',
    titleEn: 'File permissions (SDDL)',
    evidence: '4312 SDDL',
    durationMs: 2_310,
  },
  {
    id: 'shares.allowed-read',
    titleIt: 'Lettura permessa',
    titleEn: 'Allowed read',
    evidence: 'prova.ragioneria → //fs2/ragioneria/bilancio.xlsx',
    durationMs: 210,
  },
  {
    id: 'shares.denied-read',
    titleIt: 'Lettura negata',
    titleEn: 'Denied read',
    evidence: 'prova.protocollo → //fs2/ragioneria: NT_STATUS_ACCESS_DENIED',
    durationMs: 190,
  },
  {
    id: 'shares.write',
    titleIt: 'Scrittura',
    titleEn: 'Write',
    evidence: '//fs2/ragioneria/prova-scrittura.txt, 64 byte',
    durationMs: 220,
  },
  {
    id: 'ad.kerberos',
    titleIt: 'Accesso Kerberos',
    titleEn: 'Kerberos log-on',
    evidence: 'krbtgt/LUCCA.LAN',
    durationMs: 90,
  },
  {
    id: 'ad.srv-records',
    titleIt: 'Record SRV del dominio',
    titleEn: 'SRV records of the domain',
    evidence: '_ldap._tcp.lucca.lan → dc2.lucca.lan',
    durationMs: 120,
  },
  {
    id: 'ad.sysvol',
    titleIt: 'SYSVOL',
    titleEn: 'SYSVOL',
    evidence: 'sysvolcheck: 0 errori / errors',
    durationMs: 840,
  },
  {
    id: 'desks.trust',
    titleIt: 'Fiducia delle postazioni',
    titleEn: 'Machine trust of the desks',
    evidence: 'pc-vi-1, pc-vi-2, pc-vi-3, pc-vi-4',
    durationMs: 380,
  },
];

export const lostAce: Partial<Check> = {
  id: 'files.acl',
  titleIt: 'Permessi dei file (SDDL)',
  titleEn: 'File permissions (SDDL)',
  outcome: 'FAIL',
  evidence:
    'ragioneria/Bilanci 2026/Prospetto società.xlsx\nattesa / expected: O:BAG:DUD:(D;;FA;;;S-1-5-21-1-2-3-1120)(A;;FA;;;BA)\ntrovata / found: O:BAG:DUD:(A;;FA;;;BA)',
  durationMs: 2_310,
};

/** A whole drill as the program would write it, some minutes long; `checks` and the run's head can be replaced, `seen` writes what the desks saw. */
export function recordDrill(
  path: string,
  {
    head = {},
    checks = passingChecks,
    seen = () => undefined,
  }: { head?: Partial<RunStarted>; checks?: Partial<Check>[]; seen?: (recorder: Recorder) => void } = {},
): Recorder {
  const recorder = new Recorder(path).begin(head);
  recorder.append(drillPlan);
  recorder.append({
    type: 'note',
    textIt: 'Sede di Lucca e sede di Viareggio riprodotte in laboratorio su una macchina.',
    textEn: 'The Lucca and Viareggio sites are reproduced in a lab on one machine.',
    origin: 'simulated',
  });
  recorder.milestone('event', 'simulated').pass(40).milestone('detection', 'simulated');
  recorder.simulate('assess', 30 * 60_000).milestone('declaration', 'simulated');
  recorder.simulate('activate', 10 * 60_000).milestone('activation', 'simulated');
  recorder.simulate('suppliers', 15 * 60_000);
  recorder.simulate('travel', 45 * 60_000).milestone('team-on-site', 'simulated');
  recorder
    .simulate('cassette', 5 * 60_000)
    .cassette()
    .milestone('cassette-in-hand', 'simulated');
  recorder.step('verify-cassette', 6_840, { detail: '1 snapshot, 24 pack' }).milestone('restore-started');
  recorder.step('restore-domain', 18_420);
  recorder.step('restore-files', 4_110, { outcome: 'failed', detail: 'fs2: connection lost' });
  recorder.pass(900).step('restore-files', 21_730, { attempt: 2, detail: '4312 file / files, 204,8 MiB' });
  const desks = ['desk-1', 'desk-2', 'desk-3', 'desk-4'];
  for (const desk of desks) recorder.start(desk).pass(15);
  for (const desk of desks) recorder.pass(1_450).finish(desk, { durationMs: 1_450 });
  recorder.start('verify');
  for (const item of checks) recorder.pass(item.durationMs ?? 1_200).check(item);
  seen(recorder);
  recorder.finish('verify', { durationMs: 5_560 });
  if (checks.every(({ outcome = 'PASS' }) => outcome === 'PASS')) recorder.milestone('service-verified');
  recorder.simulate('report-committee', 10 * 60_000).milestone('accepted', 'simulated');
  return recorder.end();
}
