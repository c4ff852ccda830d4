/** Runs for tests of the live page and of the watch: a small state machine that the test drives, and that tells of each change. */
import type { LiveCommand, LiveReply } from '../report/live/command.ts';
import type { LiveSource } from '../report/live/source.ts';
import type { RtoClock, RunState, ServiceClock } from '../runbooks/clock/model.ts';
import type { Choice, RunView, StepView } from '../runbooks/view/run-view.ts';
import { liveSteps } from './live-steps.ts';

export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A fixture is a drill or a restore, which have a target. */
export function rtoOf({ rto }: RunState): RtoClock {
  if (rto === null) throw new Error('this run has no RTO');
  return rto;
}

/** A restored service with 56 h for it; `actualMs` null: not verified yet. */
export function serviceOf(nameIt: string, nameEn: string, actualMs: number | null): ServiceClock {
  const outcome = actualMs === null ? 'NOT VERIFIABLE' : 'PASS';
  const base = { source: 'Studio, 5.1.1.5', outcome } as const;
  const times = { livedMs: actualMs, assumedMs: 0, unaccountedMs: 0, parts: null };
  return {
    id: nameEn,
    nameIt,
    nameEn,
    serviceClass: nameIt,
    rto: { ...base, ...times, targetMs: 56 * HOUR_MS, actualMs },
    rpo: { ...base, targetMs: 24 * HOUR_MS, actualMs: null },
    checks: [],
    checked: outcome,
    outcome,
  };
}

/** A run that nothing executes but the test. */
export class LiveRun implements LiveSource {
  readonly #listeners = new Set<(view: RunView) => void>();
  #view: RunView = emptyView();
  /** Milliseconds since the activation, as far as the run has counted; null before it. */
  #activatedMs: number | null = null;

  current(): RunView {
    const view = structuredClone(this.#view);
    const now = Date.now();
    view.madeAtUtc = new Date(now).toISOString();
    if (view.rtoRunning && this.#activatedMs !== null)
      view.rtoRemainingMs = rtoOf(view.run).targetMs - (now - this.#activatedMs);
    return view;
  }

  subscribe(listener: (view: RunView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Changes the run, and tells everybody who follows it. */
  change(how: (view: RunView) => void): this {
    how(this.#view);
    this.#view.seq += 1;
    const view = this.current();
    for (const listener of this.#listeners) listener(view);
    return this;
  }

  step(id: string): StepView {
    const found = this.#view.steps.find((step) => step.id === id);
    if (found === undefined) throw new Error(`no step ${id}`);
    return found;
  }

  /** The RTO counts since so long ago. */
  activate(agoMs = 0): this {
    const atMs = Date.now() - agoMs;
    this.#activatedMs = atMs;
    return this.change((view) => {
      view.rtoRunning = true;
      view.run.milestones.push(milestone('activation', atMs));
    });
  }

  /** The service is verified so long after the activation. */
  verify(afterMs: number): this {
    return this.change(({ run }) => {
      run.milestones.push(milestone('service-verified', (this.#activatedMs ?? Date.now()) + afterMs));
      const rto = rtoOf(run);
      rto.actualMs = afterMs;
      rto.outcome = afterMs <= rto.targetMs ? 'PASS' : 'FAIL';
      this.#view.rtoRunning = false;
      this.#view.rtoRemainingMs = rto.targetMs - afterMs;
    });
  }

  start(id: string, agoMs = 0): this {
    const begun = { startedAtUtc: ago(agoMs), durationMs: agoMs };
    return this.#set(id, { status: 'running', reason: null, choices: stoppingChoices, ...begun });
  }

  wait(id: string, choices: Choice[] = plainChoices, agoMs = 0): this {
    return this.#set(id, {
      status: 'waiting',
      reason: null,
      startedAtUtc: ago(agoMs),
      durationMs: agoMs,
      choices,
    });
  }

  finish(id: string, tookMs: number, agoMs = 0): this {
    const over = { startedAtUtc: ago(agoMs + tookMs), finishedAtUtc: ago(agoMs), durationMs: tookMs };
    return this.#set(id, { status: 'done', reason: null, choices: [], ...over });
  }

  answer(id: string, choice: string, role: string, note = '', agoMs = 0): this {
    const title =
      [...this.step(id).choices, ...plainChoices].find((candidate) => candidate.id === choice) ?? plain('?');
    const person = 'P-07';
    const answer = { choice, title, role, person, note, atUtc: ago(agoMs), origin: 'declared' as const };
    const status = choice === 'skipped' || choice === 'failed' ? choice : 'done';
    return this.#set(id, { status, choices: [], answer, finishedAtUtc: ago(agoMs) });
  }

  log(it: string, en = it, agoMs = 0): this {
    return this.change(({ log, seq }) => log.push({ seq, atUtc: ago(agoMs), text: { it, en } }));
  }

  /** Takes an answer as a run would. */
  act = (command: LiveCommand): Promise<LiveReply> => {
    if (command.type === 'answer') this.answer(command.step, command.choice, command.role, command.note);
    return Promise.resolve({ ok: true });
  };

  #set(id: string, over: Partial<StepView>): this {
    return this.change(() => Object.assign(this.step(id), over));
  }
}

export const plainChoices: Choice[] = [
  { id: 'done', it: 'Fatto', en: 'Done', needsNote: false },
  { id: 'failed', it: 'Non riuscito', en: 'Failed', needsNote: true },
  { id: 'skipped', it: 'Saltare', en: 'Skip', needsNote: true },
];

/** What is offered of work under way. */
export const stoppingChoices: Choice[] = [
  { id: 'retry', it: 'Interrompere e riprovare', en: 'Stop it and try again' },
  { id: 'failed', it: 'Interrompere', en: 'Stop it' },
  { id: 'skipped', it: 'Interrompere e saltare', en: 'Stop it and skip' },
].map((choice) => ({ ...choice, needsNote: true, interrupts: true }));

/** An attended drill in the middle of the restore: the domain restores, the file server is up next, people are awaited. */
export function middleOfRestore(): LiveRun {
  const run = new LiveRun().activate(2 * HOUR_MS + 13 * MINUTE_MS + 24_000);
  for (const [index, { id }] of run.current().steps.entries()) {
    if (id === '6.2.2') break;
    const agoMs = 290 * MINUTE_MS - index * 11 * MINUTE_MS;
    run.finish(id, 9 * MINUTE_MS, agoMs);
    const { kind, responsible } = run.step(id);
    if (kind === 'human' || kind === 'notify') run.answer(id, 'done', responsible, '', agoMs);
  }
  run.finish('6.2.3-cassette', 6 * MINUTE_MS, 21 * MINUTE_MS);
  run.start('6.2.4-restore', 4 * MINUTE_MS + 7_000);
  run.wait(
    '6.2.2',
    [{ id: 'done', it: 'Letti e inviati', en: 'Read and sent', needsNote: false }, ...plainChoices.slice(1)],
    3 * MINUTE_MS,
  );
  run.wait('6.2.4-desks', plainChoices, 12 * MINUTE_MS);
  run.change((view) => {
    view.forecast = {
      known: true,
      samples: 12,
      medianAtUtc: ago(-41 * MINUTE_MS),
      p90AtUtc: ago(-95 * MINUTE_MS),
      meetsRto: true,
    };
    view.deputies = { 'ufficio-servizi-informatici': 'referente-servizi-informatici' };
    view.run.cassettes = [cassette];
    Object.assign(view.run.rpo ?? {}, { actualMs: 8 * HOUR_MS + 12 * MINUTE_MS, outcome: 'PASS' });
    view.run.checks = checks;
    run.step('6.2.4-restore').parts = parts;
    run.step('6.1.10').canTakeBack = true;
  });
  run.log(
    'Cassetta CCIAA-LU-03 verificata: 24 pacchetti letti',
    'Cassette CCIAA-LU-03 verified: 24 packs read',
    22 * MINUTE_MS,
  );
  run.log(
    'Avviato il ripristino del dominio e dei file',
    'Restore of domain and files started',
    4 * MINUTE_MS,
  );
  return run.log(
    'Dominio ripristinato, dbcheck senza errori',
    'Domain restored, dbcheck without errors',
    60_000,
  );
}

const plain = (words: string) => ({ it: words, en: words });

export function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

function milestone(
  name: RunState['milestones'][number]['name'],
  atMs: number,
): RunState['milestones'][number] {
  return {
    name,
    seq: 1,
    atUtc: new Date(atMs).toISOString(),
    offsetMs: 0,
    origin: 'measured',
    otherAtUtc: [],
  };
}

const check = { earlier: [], durationMs: 900 };
const checks: RunState['checks'] = [
  {
    ...check,
    id: 'cassette.fresh',
    titleIt: 'Cassetta giusta e recente',
    titleEn: 'Right and recent cassette',
    outcome: 'PASS',
    evidence: 'CCIAA-LU-03',
  },
  {
    ...check,
    id: 'lucca.silent',
    titleIt: 'Nessuna strada verso la rete di Lucca',
    titleEn: 'No route to the Lucca network',
    outcome: 'PASS',
    evidence: '3 punti / points',
  },
  {
    ...check,
    id: 'clock.offset',
    titleIt: 'Ora esatta dei server',
    titleEn: 'Right time on the servers',
    outcome: 'NOT VERIFIABLE',
    evidence: 'Nessun server NTP raggiungibile da Viareggio',
  },
];

const part = (id: string, it: string, en: string, status: StepView['status'], durationMs: number | null) => ({
  id,
  title: { it, en },
  status,
  durationMs,
});
const parts: StepView['parts'] = [
  part('domain', 'Dominio Active Directory', 'Active Directory domain', 'done', 182_000),
  part('files', 'Cartelle condivise', 'Shares', 'running', null),
  part('serve', 'File server nel dominio', 'File server in the domain', 'blocked', null),
  part('desks', 'Postazioni di Viareggio', 'Desks at Viareggio', 'blocked', null),
];

const cassette: RunState['cassettes'][number] = {
  label: 'CCIAA-LU-03',
  serial: 'LAB-7f3a20',
  repositoryId: '5b1f',
  snapshotId: 'c0ff',
  snapshotAtUtc: ago(13 * HOUR_MS),
  site: 'viareggio',
  sizeBytes: 312_475_648,
};

const role = (it: string, en: string) => ({ it, en });
const roles: RunView['roles'] = {
  rco: role('Responsabile della Continuità Operativa', 'Continuity manager'),
  'responsabile-comitato': role('Responsabile del Comitato di Crisi', 'Head of the Crisis Committee'),
  'ufficio-tecnico': role('Ufficio tecnico e patrimonio', 'Technical and property office'),
  'responsabile-comunicazione': role('Responsabile della comunicazione', 'Communication manager'),
  provveditore: role('Provveditore', 'Purveyor'),
  'ufficio-servizi-informatici': role('Ufficio servizi informatici', 'IT office'),
  'referente-servizi-informatici': role(
    'Referente dell’ufficio servizi informatici',
    'Contact of the IT office',
  ),
  'responsabile-sede-viareggio': role(
    'Responsabile della sede di Viareggio',
    'Manager of the Viareggio site',
  ),
};

function emptyView(): RunView {
  return {
    seq: 1,
    madeAtUtc: ago(0),
    outageMs: null,
    rtoRemainingMs: null,
    rtoRunning: false,
    executing: true,
    unattended: false,
    run: emptyRun(),
    steps: liveSteps(),
    roles,
    deputies: {},
    forecast: { known: false, samples: 1, needed: 5 },
    alarms: [],
    log: [],
  };
}

function emptyRun(): RunState {
  const source = 'Piano di continuità operativa, 4.2';
  return {
    runId: '2026-11-23T07-00-00Z-drill-D1',
    kind: 'drill',
    scenario: 'D1',
    operator: 'Ufficio Servizi Informatici',
    startedAtUtc: ago(5 * HOUR_MS),
    lastAtUtc: ago(0),
    lastOffsetMs: 0,
    status: 'unfinished',
    statusDetail: '',
    verdict: { outcome: 'NOT CARRIED OUT', exitStatus: 2, reasons: [{ code: 'unfinished', subjects: [] }] },
    rto: {
      targetMs: 72 * HOUR_MS,
      source,
      actualMs: null,
      livedMs: null,
      assumedMs: 0,
      unaccountedMs: 0,
      parts: null,
      outcome: 'NOT VERIFIABLE',
    },
    rpo: { targetMs: 24 * HOUR_MS, source, actualMs: null, outcome: 'NOT VERIFIABLE' },
    cassettes: [],
    milestones: [],
    intervals: [],
    steps: [],
    checks: [],
    notes: [],
    versions: {},
    clockJumps: [],
    answers: [],
    handOvers: [],
    alarms: [],
    unattended: false,
  };
}
