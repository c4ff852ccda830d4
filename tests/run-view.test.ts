/** What a person sees of a run: the view, its forecast, its alarms and its words. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import { listText } from '../cli/step-text.ts';
import { awaited } from '../report/live/client/awaited.js';
import { foldRun } from '../runbooks/clock/clock.ts';
import { forecast, type PastRun, percentile, SAMPLES_NEEDED } from '../runbooks/clock/forecast.ts';
import { runStateSchema } from '../runbooks/clock/model.ts';
import { type EvidenceEvent, eventSchema, stepOutcomes } from '../runbooks/evidence/evidence.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { NotifyStep, Runbook } from '../runbooks/plan/model.ts';
import { disasterRunbook, drillRunbook, returnRunbook } from '../runbooks/plan/runbooks.ts';
import { recordText } from '../runbooks/view/record-texts.ts';
import type { RunView, StepView } from '../runbooks/view/run-view.ts';
import { viewOf } from '../runbooks/view/view.ts';
import { attendedDrill, disaster, RunModel } from './run-model.ts';

const minute = 60_000;
const hour = 60 * minute;
const parts = [
  {
    step: 'left-domain',
    titleIt: 'Dominio',
    titleEn: 'Domain',
    clause: '6',
    kind: 'machine',
    interval: 'machine',
  },
  {
    step: 'left-files',
    titleIt: 'Cartelle',
    titleEn: 'Shares',
    clause: '6',
    kind: 'machine',
    interval: 'machine',
  },
] as const;

function small(mode = disaster): RunModel {
  const runbook = smallRunbook({});
  const plan = planEvent(runbook, ({ id }) => (id === 'left' ? parts : []), {});
  return new RunModel(runbook, mode, [plan]).settle();
}

function view(model: RunModel, pastRuns: readonly PastRun[] = []): RunView {
  return viewOf({
    records: model.records,
    runbook: model.runbook,
    roles: {},
    pastRuns,
    executing: true,
    letterOf: ({ id }: NotifyStep) => ({ to: ['Comitato'], subject: `lettera ${id}`, text: 'testo' }),
    now: model.clock(),
  });
}

function stepOf(model: RunModel, id: string): StepView {
  const step = view(model).steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

const choiceIds = ({ choices }: StepView): string[] => choices.map(({ id }) => id);

describe('a step', () => {
  test('blocked: what it waits for, and nothing of the clock', () => {
    expect(stepOf(small(), 'accept')).toMatchObject({
      status: 'blocked',
      attempt: 0,
      startedAtUtc: null,
      durationMs: null,
      overdue: false,
      choices: [],
      answer: null,
      canTakeBack: false,
      letter: null,
      reason: { it: 'attende: «testo», «testo»', en: 'waits for: «text», «text»' },
    });
  });

  test('waiting: since when, what may be said, and overdue once its time-out has passed', () => {
    const model = small();
    const begun = model.clock().atUtc;
    model.pass(5 * minute);
    expect(stepOf(model, 'decide')).toMatchObject({
      status: 'waiting',
      attempt: 1,
      startedAtUtc: begun,
      finishedAtUtc: null,
      durationMs: 5 * minute,
      timeoutMinutes: 5,
      overdue: false,
      reason: null,
    });
    expect(stepOf(model, 'decide').choices).toEqual([
      { id: 'go', it: 'Procedere', en: 'Go on', needsNote: false },
      { id: 'stop', it: 'Fermarsi', en: 'Stop', needsNote: false },
      { id: 'failed', it: 'Non riuscito', en: 'Failed', needsNote: true },
    ]);
    expect(stepOf(model.pass(1), 'decide').overdue).toBe(true);
  });

  test('done: its answer in words, how long it took, and that it can be taken back', () => {
    const model = small().pass(10 * minute);
    model.answer('decide', 'stop', { atUtc: '2026-11-23T07:03:00.000Z', note: 'sentito il Comitato' });
    model.pass(hour);
    expect(stepOf(model, 'decide')).toMatchObject({
      status: 'done',
      durationMs: 10 * minute,
      overdue: false,
      choices: [],
      canTakeBack: true,
      answer: {
        choice: 'stop',
        title: { it: 'Fermarsi', en: 'Stop' },
        role: 'rco',
        person: 'P-000001',
        note: 'sentito il Comitato',
        atUtc: '2026-11-23T07:03:00.000Z',
        origin: 'declared',
      },
    });
  });

  test('not needed: by which decision', () => {
    const model = small();
    model.answer('decide', 'stop');
    expect(stepOf(model, 'left')).toMatchObject({
      status: 'not-needed',
      attempt: 0,
      startedAtUtc: null,
      durationMs: null,
      reason: { it: 'testo: «Fermarsi»', en: 'text: «Stop»' },
    });
    expect(stepOf(model, 'left').parts.map(({ status }) => status)).toEqual(['not-needed', 'not-needed']);
  });

  test('taken back: it waits again, and what it had begun does not', () => {
    const model = small();
    model.answer('decide', 'stop');
    model.pass(hour);
    model.takeBack('decide');
    expect(stepOf(model, 'decide')).toMatchObject({
      status: 'waiting',
      attempt: 2,
      answer: null,
      durationMs: 0,
    });
    expect(stepOf(model, 'accept')).toMatchObject({
      status: 'blocked',
      startedAtUtc: null,
      durationMs: null,
    });
    expect(stepOf(model, 'left').reason?.it).toBe('attende: «testo»');
    expect(view(model).run.answers).toMatchObject([{ choice: 'stop', takenBack: 'premuto male' }]);
  });

  test('failed or cut off: what went wrong, and all that may be done about it', () => {
    const model = small();
    model.answer('decide', 'go');
    model.write([{ ...finished('left'), outcome: 'failed', detail: 'DISK_FULL: pieno → liberare' }]);
    model.end('right#1', 'cut-off');
    const said = { it: 'DISK_FULL: pieno → liberare', en: 'DISK_FULL: pieno → liberare' };
    expect(stepOf(model, 'left')).toMatchObject({ status: 'failed', reason: said, overdue: false });
    expect(choiceIds(stepOf(model, 'left'))).toEqual(['retry', 'done', 'skipped']);
    expect(stepOf(model, 'right')).toMatchObject({ status: 'unknown' });
    expect(choiceIds(stepOf(model, 'right'))).toEqual(['done', 'retry', 'skipped']);
  });

  test('failed by a person: the note says why', () => {
    const model = small();
    model.answer('decide', 'failed', { note: 'il Comitato non si riunisce' });
    expect(stepOf(model, 'decide').reason?.it).toBe('il Comitato non si riunisce');
    expect(choiceIds(stepOf(model, 'decide'))).toEqual(['retry']);
  });

  test('done by hand after a failure: whoever did it is seen', () => {
    const model = small();
    model.answer('decide', 'go');
    model.end('left#1', 'failed');
    model.answer('left', 'done', { note: 'seguito docs/restore.md' });
    expect(stepOf(model, 'left')).toMatchObject({
      status: 'done',
      attempt: 2,
      canTakeBack: true,
      answer: { choice: 'done', role: 'rco', note: 'seguito docs/restore.md' },
    });
  });

  test('its parts: which are done, at work, still to come', () => {
    const model = small();
    model.answer('decide', 'go');
    model.write([{ type: 'step-started', step: 'left-domain', attempt: 1, origin: 'measured' }]);
    model.pass(2_000).write([finished('left-domain')]);
    model.write([{ type: 'step-started', step: 'left-files', attempt: 1, origin: 'measured' }]);
    expect(stepOf(model, 'left').parts).toEqual([
      { id: 'left-domain', title: { it: 'Dominio', en: 'Domain' }, status: 'done', durationMs: 2_000 },
      { id: 'left-files', title: { it: 'Cartelle', en: 'Shares' }, status: 'running', durationMs: null },
    ]);
    expect(stepOf(small(), 'left').parts.map(({ status }) => status)).toEqual(['blocked', 'blocked']);
  });

  test('stopped in the middle: its parts are not shown as if they were still at work', () => {
    const model = small();
    model.answer('decide', 'go');
    model.write([{ type: 'step-started', step: 'left-domain', attempt: 1, origin: 'measured' }]);
    model.pass(2_000).write([finished('left-domain')]);
    model.write([{ type: 'step-started', step: 'left-files', attempt: 1, origin: 'measured' }]);
    model.pass(3_000).answer('left', 'skipped', { note: 'fermo' });
    expect(stepOf(model, 'left').parts.map(({ status }) => status)).toEqual(['done', 'unknown']);
    expect(stepOf(model, 'left')).toMatchObject({ status: 'skipped', choices: [] });
    expect(view(model).run.steps.find(({ step }) => step === 'left')?.attempts).toMatchObject([
      { attempt: 1, outcome: 'cut-off', durationMs: 5_000 },
      { attempt: 2, outcome: 'skipped', durationMs: 0 },
    ]);
  });

  test('work under way can always be stopped; nobody is awaited for it before it takes too long', () => {
    const model = small();
    model.answer('decide', 'go');
    expect(choiceIds(stepOf(model, 'left'))).toEqual(['retry', 'failed', 'skipped']);
    expect(stepOf(model, 'left').reason).toBeNull();
    expect(awaited(view(model)).map(({ id }) => id)).toEqual(['letter']);
    const listed = (): string => listText({ runId: 'r', finished: false }, view(model), awaited(view(model)));
    expect(listed()).toMatch(
      /letter .*\n\nIl programma sta facendo.*"dr step --all".*\n {2}left {2}testo \/ text, da/s,
    );
    model.pass(5 * minute + 1);
    expect(awaited(view(model)).map(({ id }) => id)).toEqual(['letter', 'left', 'right']);
    expect(stepOf(model, 'left').reason?.it).toMatch(/può ancora lavorare/);
    expect(listed()).not.toMatch(/Il programma sta facendo/);
  });

  test('a letter is shown where it waits to be sent, and once it has left or was written', () => {
    const model = small(disaster);
    expect(stepOf(model, 'letter').letter).toBeNull();
    model.answer('decide', 'stop');
    expect(stepOf(model, 'letter').letter).toMatchObject({ subject: 'lettera letter' });
    expect(view(model).steps.filter(({ letter }) => letter !== null)).toHaveLength(1);
    model.answer('letter', 'send');
    expect(stepOf(model, 'letter')).toMatchObject({ status: 'running', letter: null, canTakeBack: false });
    const drill = small(attendedDrill);
    drill.answer('decide', 'stop');
    expect(stepOf(drill, 'letter')).toMatchObject({ status: 'running', letter: null });
    drill.write([finished('letter')]);
    expect(stepOf(drill, 'letter')).toMatchObject({ status: 'done', letter: { subject: 'lettera letter' } });
  });
});

describe('the run', () => {
  test('counts the RTO from the activation, and no more once it is over', () => {
    const model = small();
    expect(view(model)).toMatchObject({ rtoRemainingMs: null, rtoRunning: false });
    model.answer('decide', 'go');
    model.pass(hour);
    expect(view(model)).toMatchObject({ rtoRemainingMs: 71 * hour, rtoRunning: true });
    model.say({ type: 'abort', role: 'rco', person: '', why: 'prova' });
    expect(view(model)).toMatchObject({ rtoRunning: false });
  });

  test('over: nothing may be said to a step any more', () => {
    const model = small();
    model.answer('decide', 'stop');
    model.say({ type: 'abort', role: 'rco', person: '', why: 'prova' });
    expect(view(model).steps.filter(({ choices, canTakeBack }) => choices.length > 0 || canTakeBack)).toEqual(
      [],
    );
  });

  test('shows the newest deputy of a role, and each alarm', () => {
    const model = small();
    for (const to of ['ufficio-tecnico', 'rco-vice'])
      model.write([{ type: 'handed-over', from: 'rco', to, role: 'rco', person: '', why: 'malato' }]);
    model.write([{ type: 'alarm', step: 'decide', textIt: 'tardi', textEn: 'late' }]);
    const { deputies, alarms } = view(model);
    expect(deputies).toEqual({ rco: 'rco-vice' });
    expect(alarms).toEqual([
      { atUtc: model.clock().atUtc, step: 'decide', text: { it: 'tardi', en: 'late' } },
    ]);
  });

  test('has the newest records in words, oldest first', () => {
    const model = small();
    for (let index = 0; index < 70; index += 1)
      model.write([{ type: 'note', textIt: `nota ${index}`, textEn: `note ${index}`, origin: 'measured' }]);
    const { log, seq } = view(model);
    expect(log).toHaveLength(60);
    expect(log.at(-1)).toMatchObject({ seq, text: { it: 'nota 69', en: 'note 69' } });
    expect(log.map((line) => line.seq)).toEqual(log.map((line) => line.seq).toSorted((a, b) => a - b));
  });

  test('can be seen from its first record on, and its state is what a report holds', () => {
    for (const runbook of [drillRunbook(), disasterRunbook(), returnRunbook()]) {
      const model = new RunModel(runbook, attendedDrill, [planEvent(runbook, () => [], {})]).settle();
      model.records.forEach((_, index) => {
        const upToHere = Object.assign(new RunModel(runbook, attendedDrill), {});
        upToHere.records.splice(0, Infinity, ...model.records.slice(0, index + 1));
        const seen = view(upToHere);
        expect(seen.seq).toBe(index);
        expect(runStateSchema.parse(seen.run)).toEqual(seen.run);
        expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
      });
    }
  });

  test('that was never begun is no run', () => {
    const model = small();
    model.records.splice(0, 1);
    expect(() => view(model)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_NO_RUN' }));
  });
});

const past = (...hours: number[]): PastRun[] =>
  hours.map((each, index) => ({ runId: `past-${index}`, actualMs: each * hour }));
const activated = () => {
  const model = small();
  model.answer('decide', 'go');
  return foldRun(model.records);
};
const hoursOn = (hours: number) =>
  new Date(Date.parse('2026-11-23T07:00:00.000Z') + hours * hour).toISOString();

describe('the forecast', () => {
  test.each([0, 1, SAMPLES_NEEDED - 1])('of %i past runs says that they are too few', (count) => {
    const known = past(...Array.from({ length: count }, () => 1));
    expect(forecast(activated(), known)).toEqual({ known: false, samples: count, needed: SAMPLES_NEEDED });
  });

  test('before the activation there is nothing to count from', () => {
    expect(forecast(foldRun(small().records), past(1, 2, 3, 4, 5))).toMatchObject({
      known: false,
      samples: 5,
    });
  });

  test('median and 90th percentile, counted from the activation', () => {
    expect(forecast(activated(), past(5, 1, 3, 2, 80))).toEqual({
      known: true,
      samples: 5,
      medianAtUtc: hoursOn(3),
      p90AtUtc: hoursOn(80),
      meetsRto: false,
    });
    expect(forecast(activated(), past(5, 1, 3, 2, 4))).toMatchObject({
      p90AtUtc: hoursOn(5),
      meetsRto: true,
    });
  });

  test('the run itself is no past run', () => {
    const own = { runId: 'run-model', actualMs: hour };
    expect(forecast(activated(), [...past(1, 2, 3, 4), own])).toMatchObject({ known: false, samples: 4 });
  });

  test('a percentile is the smallest value that so many per cent do not exceed', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const reached = (value: number) =>
          all.filter((other) => other <= value).length * 100 >= percent * all.length;
        expect(percentile(all, percent)).toBe(Math.min(...all.filter(reached)));
      }),
      // 28 hundredths of 25 are a little more than 7 in a computer's fractions.
      { numRuns: 500, examples: [[Array.from({ length: 25 }, (_, index) => index), 28]] },
    );
  });

  test('the values are left as they were', () => {
    const values = [3, 1, 2];
    percentile(values, 50);
    expect(values).toEqual([3, 1, 2]);
  });
});

const runbook = smallRunbook({});
const who = { role: 'rco', person: '' };
/** One of each, the wordings of which differ. */
const events: [EvidenceEvent, it: string, en: string][] = [
  [
    { ...small().records[0]?.event } as EvidenceEvent,
    ...(['Inizio: run-model, D1', 'Begun: run-model, D1'] as const),
  ],
  [planEvent(runbook, () => [], {}), 'Passi previsti: 7', 'Steps planned: 7'],
  [{ type: 'step-started', step: 'left', attempt: 1, origin: 'measured' }, 'testo: inizia', 'text: begins'],
  [
    { type: 'step-started', step: 'left', attempt: 2, origin: 'measured' },
    'testo: inizia (2)',
    'text: begins (2)',
  ],
  [{ type: 'step-started', step: 'part', attempt: 1, origin: 'measured' }, 'part: inizia', 'part: begins'],
  [finished('left'), 'testo: fatto', 'text: done'],
  [
    { ...finished('left'), outcome: 'failed', detail: 'guasto' },
    'testo: NON RIUSCITO: guasto',
    'text: FAILED: guasto',
  ],
  [answered('decide', 'go'), 'testo: rco → Procedere', 'text: rco → Go on'],
  [
    answered('left', 'skipped', 'non serve'),
    'testo: rco → Saltare: non serve',
    'text: rco → Skip: non serve',
  ],
  [answered('gone', 'what'), 'gone: rco → what', 'gone: rco → what'],
  [
    { type: 'taken-back', step: 'decide', attempt: 1, ...who, why: 'errore' },
    ...(['testo: rco ritira la risposta: errore', 'text: rco takes the answer back: errore'] as const),
  ],
  [
    { type: 'handed-over', from: 'rco', to: 'vice', ...who, why: 'malato' },
    ...(['vice sostituisce rco: malato', 'vice stands in for rco: malato'] as const),
  ],
  [
    { type: 'milestone', name: 'activation', atUtc: '', origin: 'measured' },
    '● Attivazione del piano (6.2.3)',
    '● Activation of the plan (6.2.3)',
  ],
  [
    {
      type: 'cassette',
      label: 'CCIAA-LU-03',
      serial: '',
      repositoryId: '',
      snapshotId: '',
      snapshotAtUtc: '',
      site: 'viareggio',
      sizeBytes: 0,
    },
    ...(['Cassetta CCIAA-LU-03', 'Cassette CCIAA-LU-03'] as const),
  ],
  [
    {
      type: 'check',
      check: { id: 'x', titleIt: 'File', titleEn: 'Files', outcome: 'FAIL', evidence: '', durationMs: 0 },
    },
    ...(['FAIL File', 'FAIL Files'] as const),
  ],
  [
    {
      type: 'probes',
      results: (['PASS', 'FAIL', 'NOT VERIFIABLE'] as const).map((outcome) => ({
        desk: 'vi-1',
        line: 'primary',
        endpoint: 'telemaco',
        serviceClass: 'registro-imprese',
        outcome,
        evidence: '',
      })),
    },
    'Servizi dei fornitori: prove riuscite 1 su 3',
    'Suppliers’ services: probes passed 1 of 3',
  ],
  [
    {
      type: 'readiness',
      desks: [true, false, null].map((canOpen, index) => ({
        desk: `vi-${index}`,
        frontOfficeService: null,
        canOpen,
        reasonsIt: [],
        reasonsEn: [],
      })),
    },
    'Postazioni che possono aprire: 1 su 3',
    'Desks that can open: 1 of 3',
  ],
  [
    {
      type: 'paper',
      role: 'rco',
      entered: {
        kind: 'attendance',
        sha256: '0'.repeat(64),
        sizeBytes: 1,
        sheets: ['P-20261124-A1B2C3'],
        days: 1,
        persons: 3,
        entries: 4,
      },
    },
    'Presenze dai fogli P-20261124-A1B2C3: persone 3, entrate e uscite 4',
    'Attendance from the sheets P-20261124-A1B2C3: persons 3, comings and goings 4',
  ],
  [{ type: 'note', textIt: 'nota', textEn: 'note', origin: 'measured' }, 'nota', 'note'],
  [{ type: 'alarm', step: null, textIt: 'tardi', textEn: 'late' }, 'ALLARME: tardi', 'ALARM: late'],
  [{ type: 'resumed', epoch: 2 }, 'Esecuzione ripresa', 'Run taken up again'],
  [{ type: 'run-finished', outcome: 'completed', detail: '' }, 'Fine', 'End'],
  [{ type: 'run-finished', outcome: 'aborted', detail: 'rco: x' }, 'Interrotta: rco: x', 'Aborted: rco: x'],
];

describe('a record in words', () => {
  test.each(events.map(([event, it, en]) => ({ event, it, en, type: event.type })))(
    '$type: $it',
    ({ event, it, en }) => {
      expect(recordText(event, runbook, {})).toEqual({ it, en });
    },
  );

  test.each([
    ['CASSETTE_ABSENT: manca. / absent. → Inserirla. / Plug it in.', 'CASSETTE_ABSENT: manca. → Inserirla.'],
    ['scritta / written', 'scritta'],
    ['UNEXPECTED: boom → Ripetere. / Again.', 'UNEXPECTED: boom → Ripetere. / Again.'],
    ['3 / 4 / 5', '3 / 4 / 5'],
  ])('what a step ended with, for readers of one language: %s', (detail, it) => {
    expect(recordText({ ...finished('left'), outcome: 'failed', detail }, runbook, {}).it).toBe(
      `testo: NON RIUSCITO: ${it}`,
    );
  });

  test('every kind of record has its words', () => {
    const kinds = eventSchema.options.map((option) => option.shape.type.value);
    expect(kinds.toSorted()).toEqual([...new Set(events.map(([{ type }]) => type))].toSorted());
  });

  test.each(stepOutcomes)('a step that ended %s', (outcome) => {
    const { it, en } = recordText({ ...finished('left'), outcome }, runbook, {});
    expect([it, en]).toEqual([expect.stringMatching(/^testo: \S/), expect.stringMatching(/^text: \S/)]);
  });
});

describe('the steps of a runbook as evidence', () => {
  const runbooks: [name: string, runbook: Runbook][] = [
    ['drill', drillRunbook()],
    ['disaster', disasterRunbook()],
    ['return', returnRunbook()],
  ];
  test.each(runbooks)('%s: all of them, in their order, as the schema wants them', (_name, all) => {
    const event = planEvent(all, () => [], {});
    expect(eventSchema.parse(event)).toEqual(event);
    const steps = event.type === 'plan' ? event.steps : [];
    expect(steps.map(({ step, clause, responsible, phase }) => [step, clause, responsible, phase])).toEqual(
      all.map(({ id, clause, responsible, phase }) => [id, clause, responsible, phase]),
    );
    expect(steps.map(({ when }) => when)).toEqual(all.map(({ when }) => when));
  });

  test('parts stand behind their step, in its phase', () => {
    const event = planEvent(runbook, ({ id }) => (id === 'left' ? parts : []), {});
    const steps = event.type === 'plan' ? event.steps : [];
    expect(steps.map(({ step, partOf }) => [step, partOf]).slice(2, 7)).toEqual([
      ['letter', undefined],
      ['left', undefined],
      ['left-domain', 'left'],
      ['left-files', 'left'],
      ['right', undefined],
    ]);
    expect(steps.find(({ step }) => step === 'left-files')?.phase).toBe('reaction');
  });
});

function finished(step: string): Extract<EvidenceEvent, { type: 'step-finished' }> {
  return { type: 'step-finished', step, attempt: 1, outcome: 'done', durationMs: 0, detail: '' };
}

function answered(step: string, choice: string, note = ''): EvidenceEvent {
  return { type: 'answered', step, attempt: 1, choice, ...who, note, atUtc: '', origin: 'measured' };
}
