/** What people may say to a run, and what comes of it, case by case. */
import { describe, expect, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import type { EvidenceEvent } from '../runbooks/evidence/evidence.ts';
import { disasterRunbook, drillRunbook, returnRunbook } from '../runbooks/plan/runbooks.ts';
import { choicesOf } from '../runbooks/run/choices.ts';
import type { Command } from '../runbooks/run/command.ts';
import { entitledRoles } from '../runbooks/run/decide.ts';
import type { RunMode } from '../runbooks/run/next-steps.ts';
import { eachLanguage } from '../runbooks/view/record-texts.ts';
import { attendedDrill, disaster, RunModel } from './run-model.ts';

const small = (mode: RunMode = disaster): RunModel => new RunModel(smallRunbook({}), mode).settle();
const refusal = (code: string) => expect.objectContaining({ code, hint: expect.stringMatching(/\S/) });
const who = { role: 'rco', person: '' };

/** What may be answered to a step now. */
function choicesAt(model: RunModel, id: string, tried: readonly string[]): string[] {
  return tried.filter((choice) => {
    const again = new RunModel(model.runbook, model.mode);
    again.records.splice(0, Infinity, ...model.records);
    try {
      again.answer(id, choice, { atUtc: model.clock().atUtc });
      return true;
    } catch {
      return false;
    }
  });
}

/** The servers of Viareggio are on: the program's work begins. */
function atTheServers(scenario: string): RunModel {
  const model = upToTheSolution(scenario);
  model.answer('6.1.10', 'secondary-site');
  for (const id of ['6.2.1', '6.2.1-arrival', '6.2.3', '6.2.4-hardware']) model.answer(id, 'done');
  return model;
}

/** The disaster up to the decision of the solution, everything else that waits answered. */
function upToTheSolution(scenario: string): RunModel {
  const model = new RunModel(disasterRunbook(), disaster);
  const answers = new Map([['6.1.1-scenario', scenario]]);
  const decisions = new Map([
    ['6.1-escalation', 'escalate'],
    ['6.1.1', 'declare'],
  ]);
  for (let rounds = 0; rounds < 100; rounds += 1) {
    const id = model.with('waiting').find((one) => one !== '6.1.10' && one !== '6.1.8-malware');
    if (id === undefined) return model;
    const step = model.step(id);
    const choice = answers.get(id) ?? decisions.get(id) ?? (step.kind === 'notify' ? 'send' : 'done');
    model.answer(id, choice, { atUtc: model.clock().atUtc });
    model.settle();
  }
  throw new Error('the solution is never asked for');
}

describe('an unattended drill', () => {
  test.each(['D1', 'D2', 'D3'])('%s runs to its end; nobody is asked', (scenario) => {
    const model = new RunModel(drillRunbook(), { ...attendedDrill, scenario, unattended: true }).settle();
    expect(model.progress.finished).toBe('completed');
    const answers = model.records.flatMap(({ event }) => (event.type === 'answered' ? [event] : []));
    for (const { step: id, choice, person, origin } of answers) {
      const step = model.step(id);
      const first = step.kind === 'human' ? (step.options?.[0]?.id ?? 'done') : '';
      expect({ id, choice, person, origin }).toEqual({
        id,
        choice: id === '6.1.1-scenario' ? scenario : first,
        person: '',
        origin: 'simulated',
      });
    }
    const simulated = [...model.progress.milestones.values()].filter(({ origin }) => origin === 'simulated');
    expect(simulated.map(({ name }) => name)).toContain('activation');
  });

  test('a step that fails ends it: nobody is there to say what to do', () => {
    const model = new RunModel(drillRunbook(), { ...attendedDrill, unattended: true });
    model.end('lab#1', 'failed');
    expect(model.records.at(-1)?.event).toEqual({
      type: 'run-finished',
      outcome: 'aborted',
      detail: 'lab: ',
    });
  });
});

describe('decisions', () => {
  test.each([
    ['6.1-escalation', 'not-a-crisis', disasterRunbook()],
    ['6.1.1', 'no-crisis', disasterRunbook()],
    ['return-decision', 'not-yet', returnRunbook()],
  ])('%s = %s: nothing waits any more and the run is over', (id, choice, runbook) => {
    const model = new RunModel(runbook, disaster);
    while (model.of(id).status !== 'waiting') {
      const [waiting] = model.with('waiting');
      model.answer(waiting ?? '', waiting === '6.1-escalation' ? 'escalate' : 'done');
    }
    model.answer(id, choice);
    expect({
      waiting: model.with('waiting', 'blocked', 'running'),
      finished: model.progress.finished,
    }).toEqual({
      waiting: [],
      finished: 'completed',
    });
  });

  test('a decision against going on reaches no point of the clocks', () => {
    const model = small();
    model.answer('decide', 'stop');
    expect([...model.progress.milestones]).toEqual([]);
    expect(model.with('not-needed')).toEqual(['left', 'right']);
  });

  test.each([
    ['D1', ['secondary-site', 'other']],
    ['D2', ['secondary-site', 'primary-site', 'other']],
    ['D3', ['secondary-site', 'primary-site', 'other']],
  ])('6.1.10 in %s', (scenario, offered) => {
    const all = ['secondary-site', 'primary-site', 'other', 'skipped', 'done'];
    expect(choicesAt(upToTheSolution(scenario), '6.1.10', all)).toEqual(offered);
  });

  test('with malware the instant before the infection is asked for, and nothing is restored without it', () => {
    const model = upToTheSolution('D3-malware');
    const at = { atUtc: '2026-11-20T18:00:00.000Z' };
    expect(model.with('waiting')).toEqual(['6.1.8-malware', '6.1.10']);
    expect(() => model.answer('6.1.8-malware', 'done')).toThrowError(refusal('TIME_NEEDED'));
    expect(choicesAt(model, '6.1.8-malware', ['done', 'failed', 'skipped'])).toEqual(['done', 'failed']);
    const [done] = choicesOf(model.step('6.1.8-malware'), 'waiting', model.progress.outcomes);
    expect(done).toMatchObject({ id: 'done', needsTime: true });
    model.answer('6.1.10', 'secondary-site');
    for (const id of ['6.2.1', '6.2.1-arrival', '6.2.3', '6.2.4-hardware']) model.answer(id, 'done');
    model.settle();
    expect(model.with('blocked')).toEqual(expect.arrayContaining(['6.2.4-snapshot', '6.2.4-restore']));
    model.answer('6.1.8-malware', 'failed');
    expect(choicesAt(model, '6.1.8-malware', ['retry', 'done', 'skipped'])).toEqual(['retry']);
    model.answer('6.1.8-malware', 'retry');
    model.answer('6.1.8-malware', 'done', at);
    expect(model.of('6.1.8-malware').answer).toMatchObject({ ...at, origin: 'declared' });
    expect(model.of('6.2.4-snapshot').status).toBe('running');
  });

  test('without malware nobody is asked for an infection', () => {
    expect(upToTheSolution('D3').of('6.1.8-malware').status).toBe('not-needed');
  });
});

describe('an answer taken back', () => {
  test('through a step that was not needed: what waits behind it waits no more', () => {
    const model = small();
    const before = model.with('waiting');
    model.answer('decide', 'stop');
    expect(model.with('waiting')).toEqual(['letter', 'accept']);
    model.takeBack('decide');
    expect(model.with('waiting')).toEqual(before);
    expect(model.of('accept')).toMatchObject({ status: 'blocked', attempt: 1 });
    model.answer('decide', 'stop');
    expect(model.of('accept')).toMatchObject({ status: 'waiting', attempt: 2 });
  });

  test('not once something was done behind a step that was not needed', () => {
    const model = small();
    model.answer('decide', 'stop');
    model.answer('accept', 'done');
    expect(() => model.takeBack('decide')).toThrowError(refusal('ANSWER_IN_USE'));
    model.takeBack('accept');
    model.takeBack('decide');
    expect(model.with('waiting')).toEqual(['decide']);
    expect([...model.progress.milestones]).toEqual([]);
  });

  test('the scenario, until the solution is decided', () => {
    const model = upToTheSolution('D2');
    model.takeBack('6.1.1-scenario');
    expect(model.with('waiting')).toEqual(['6.1.1-scenario']);
    model.answer('6.1.1-scenario', 'D1');
    expect(choicesAt(model, '6.1.10', ['secondary-site', 'primary-site'])).toEqual(['secondary-site']);
    model.answer('6.1.10', 'secondary-site');
    // Letters and tasks that wait are withdrawn with it; only what was done holds it.
    model.answer('6.2.1', 'done');
    expect(() => model.takeBack('6.1.1-scenario')).toThrowError(refusal('ANSWER_IN_USE'));
  });

  test('brings the time that was declared before back into force', () => {
    const model = small();
    const declared = { atUtc: '2026-11-23T06:00:00.000Z' };
    model.say({ type: 'declare', milestone: 'activation', ...declared, ...who });
    model.answer('decide', 'stop');
    model.takeBack('decide');
    model.answer('decide', 'go', { atUtc: '2026-11-23T06:30:00.000Z' });
    expect(model.progress.milestones.get('activation')?.atUtc).toBe('2026-11-23T06:30:00.000Z');
    expect(() => model.takeBack('decide')).toThrowError(refusal('ANSWER_IN_USE'));
    expect(model.progress.milestones.get('activation')?.atUtc).toBe('2026-11-23T06:30:00.000Z');
  });

  test('a letter that was skipped can be, one that was sent cannot', () => {
    const skipped = small();
    skipped.answer('decide', 'stop');
    skipped.answer('letter', 'skipped');
    skipped.takeBack('letter');
    expect(skipped.of('letter')).toMatchObject({ status: 'waiting', attempt: 2 });
    skipped.answer('letter', 'send');
    skipped.settle();
    expect(() => skipped.takeBack('letter')).toThrowError(refusal('NOTHING_TO_TAKE_BACK'));
  });
});

describe('a step that went wrong', () => {
  const cases = [
    { name: 'failed', ending: 'failed', tried: ['done', 'skipped'] },
    { name: 'cut off, and only a person can say', ending: 'cut-off', tried: ['done', 'skipped'] },
  ] as const;
  test.each(cases)('$name: who answers for it, and why, is kept', ({ ending, tried }) => {
    for (const choice of tried) {
      const model = small();
      model.answer('decide', 'go');
      model.end('right#1', ending);
      expect(() => model.answer('right', choice, { note: ' ' })).toThrowError(refusal('NOTE_NEEDED'));
      model.answer('right', choice, { note: 'visto con i miei occhi' });
      expect(model.of('right')).toMatchObject({
        status: choice,
        attempt: 2,
        answer: { choice, role: 'rco', note: 'visto con i miei occhi' },
      });
    }
  });

  test('tried again by hand after the third time it is one attempt further each time', () => {
    const model = small();
    model.answer('decide', 'go');
    for (const attempt of [1, 2, 3]) {
      model.end(`left#${attempt}`, 'failed');
      expect(model.running).not.toContain(`left#${attempt}`);
      model.answer('left', 'retry');
      expect([...model.running]).toContain(`left#${attempt + 1}`);
    }
  });

  test('a point that is reached by hand is declared, not measured', () => {
    const model = atTheServers('D1');
    model.end('6.2.4-cassette#1', 'failed');
    model.answer('6.2.4-cassette', 'done');
    const { milestones } = model.progress;
    expect(milestones.get('cassette-in-hand')?.origin).toBe('declared');
    expect(milestones.get('activation')?.origin).toBe('measured');
  });
});

describe('the interlock', () => {
  const why = "Lucca è sott'acqua, corrente staccata";
  const INTERLOCK = '6.2.4-interlock';
  const RESTORE = '6.2.4-restore';

  /** Viareggio's servers are on, the snapshot is chosen, and Lucca is not proved silent. */
  function refused(): RunModel {
    const model = atTheServers('D1');
    model.end(`${INTERLOCK}#1`, 'failed');
    return model.settle();
  }

  test('is not done by hand: the continuity manager alone overrides it, with a reason', () => {
    const model = refused();
    const offered = choicesOf(model.step(INTERLOCK), 'failed', model.progress.outcomes);
    expect(offered.map(({ id, overriddenBy }) => [id, overriddenBy])).toEqual([
      ['retry', undefined],
      ['override', 'rco'],
      ['override-alive', 'rco'],
      ['skipped', undefined],
    ]);
    const before = model.records.length;
    for (const choice of ['override', 'override-alive']) {
      expect(() => model.answer(INTERLOCK, choice, { note: why })).toThrowError(refusal('ROLE_NOT_ENTITLED'));
      for (const note of ['', 'sì', 'è bruciata'])
        expect(() => model.answer(INTERLOCK, choice, { role: 'rco', note })).toThrowError(
          refusal('REASON_TOO_SHORT'),
        );
    }
    expect(() => model.answer(INTERLOCK, 'done', { role: 'rco', note: why })).toThrowError(
      refusal('UNKNOWN_CHOICE'),
    );
    expect(model.records).toHaveLength(before);
  });

  test.each(['rco', 'segretario-generale'])('%s, who may, answers, and the restore begins', (role) => {
    const model = refused();
    model.say({ type: 'hand-over', from: 'rco', to: 'segretario-generale', ...who, why: 'in ferie' });
    model.answer(INTERLOCK, 'override', { role, note: why });
    expect(model.of(INTERLOCK)).toMatchObject({
      status: 'done',
      attempt: 2,
      answer: { choice: 'override', role, note: why },
    });
    expect(model.of(RESTORE)).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('an exercise can wait: nobody overrides it', () => {
    const model = new RunModel(drillRunbook(), attendedDrill);
    const offered = choicesOf(model.step(INTERLOCK), 'failed', model.progress.outcomes);
    expect(offered.map(({ id }) => id)).toEqual(['retry', 'skipped']);
  });

  test('Lucca answers when the domain is to start: it is asked again, and the restore begins anew by itself', () => {
    const model = refused();
    model.answer(INTERLOCK, 'override', { role: 'rco', note: why });
    model.sendBack(RESTORE, INTERLOCK, 'OTHER_SITE_ALIVE: ...');
    expect(model.of(INTERLOCK)).toMatchObject({ status: 'failed', attempt: 3, answer: undefined });
    expect(model.with('running')).toEqual([]);
    expect(model.of(RESTORE).status).toBe('blocked');
    model.answer(INTERLOCK, 'override-alive', { role: 'rco', note: why });
    expect(model.of(RESTORE)).toMatchObject({ status: 'running', attempt: 2 });
  });

  test('the same where the program itself had proved the silence before', () => {
    const model = atTheServers('D1');
    for (const work of ['cassette', 'snapshot', 'interlock']) model.end(`6.2.4-${work}#1`, 'done');
    model.sendBack(RESTORE, INTERLOCK, 'OTHER_SITE_ALIVE: ...');
    expect(model.of(INTERLOCK)).toMatchObject({ status: 'failed', attempt: 2 });
    model.answer(INTERLOCK, 'retry');
    expect(model.running).toEqual(new Set([`${INTERLOCK}#3`]));
    model.end(`${INTERLOCK}#3`, 'done');
    expect(model.running).toEqual(new Set([`${RESTORE}#2`]));
  });

  test('unattended, what is refused when the domain is to start ends the drill', () => {
    const model = new RunModel(drillRunbook(), { ...attendedDrill, unattended: true });
    while (model.of(RESTORE).status !== 'running') model.end([...model.running][0] ?? '', 'done');
    model.sendBack(RESTORE, INTERLOCK, 'OTHER_SITE_ALIVE: ...');
    expect(model.records.at(-1)?.event).toMatchObject({
      type: 'run-finished',
      outcome: 'aborted',
      detail: `${INTERLOCK}: OTHER_SITE_ALIVE: ...`,
    });
  });
});

describe('an answer on which something failed', () => {
  test('a wrong instant of the infection can be taken back when there is no copy from before it', () => {
    const model = atTheServers('D3-malware');
    model.end('6.2.4-cassette#1', 'done');
    model.answer('6.1.8-malware', 'done', { atUtc: '1926-11-20T18:00:00.000Z' });
    model.end('6.2.4-snapshot#1', 'failed');
    model.takeBack('6.1.8-malware');
    expect(model.of('6.2.4-snapshot').status).toBe('blocked');
    model.answer('6.1.8-malware', 'done', { atUtc: '2026-11-20T18:00:00.000Z' });
    expect(model.of('6.2.4-snapshot')).toMatchObject({ status: 'running', attempt: 2 });
  });

  const part = { step: 'copy', titleIt: 'Copia', titleEn: 'Copy', clause: '6.1', partOf: 'end' } as const;
  const plan: EvidenceEvent = { type: 'plan', steps: [{ ...part, kind: 'machine', interval: 'machine' }] };
  const copied = { type: 'step-finished', step: 'copy', attempt: 1, durationMs: 0, detail: '' } as const;
  const cases = [
    { name: 'work that may have been half done: not taken back', parts: [], outcome: 'failed', taken: false },
    { name: 'work of which no part was done: taken back', parts: [plan], outcome: 'failed', taken: true },
    { name: 'work of which a part was done: not taken back', parts: [plan], outcome: 'done', taken: false },
  ] as const;
  test.each(cases)('$name', ({ parts, outcome, taken }) => {
    const model = new RunModel(smallRunbook({}), disaster, parts).settle();
    model.answer('decide', 'go');
    model.answer('letter', 'skipped');
    model.settle().answer('accept', 'done');
    model.write([{ ...copied, outcome }]);
    model.end('end#1', 'failed');
    if (!taken) return expect(() => model.takeBack('accept')).toThrowError(refusal('ANSWER_IN_USE'));
    model.takeBack('accept');
    expect([model.of('accept').status, model.of('end').status]).toEqual(['waiting', 'blocked']);
    model.answer('accept', 'done');
    expect(model.of('end')).toMatchObject({ status: 'running', attempt: 2 });
  });

  test('a letter that failed may have reached somebody: not taken back', () => {
    const model = small();
    model.answer('decide', 'stop');
    model.answer('letter', 'send');
    model.end('letter#1', 'failed');
    expect(() => model.takeBack('decide')).toThrowError(refusal('ANSWER_IN_USE'));
  });
});

describe('roles', () => {
  const deputy: Command = { type: 'hand-over', from: 'rco', to: 'provveditore', ...who, why: 'in ferie' };

  test('a deputy answers beside the role, and only for it', () => {
    const model = upToTheSolution('D1');
    const step = model.step('6.1.4');
    expect(entitledRoles(step, model.progress)).not.toContain('provveditore');
    model.say(deputy);
    expect(entitledRoles(step, model.progress)).not.toContain('provveditore');
    expect(entitledRoles(model.step('6.1.10'), model.progress)).toEqual(
      expect.arrayContaining(['rco', 'provveditore']),
    );
  });

  test('the newest deputy is added to those before', () => {
    const model = upToTheSolution('D1');
    model.say(deputy);
    model.say({ ...deputy, to: 'segretario-generale' });
    expect(model.progress.deputies.get('rco')).toEqual(['provveditore', 'segretario-generale']);
    model.answer('6.1.10', 'secondary-site', { role: 'segretario-generale' });
    expect(() => model.answer('6.2.1', 'done', { role: 'ufficio-tecnico' })).toThrowError(
      refusal('ROLE_NOT_ENTITLED'),
    );
    model.answer('6.2.1', 'done', { role: 'provveditore' });
  });

  test.each([
    ['from', 'UNKNOWN_ROLE', { from: 'sindaco' }],
    ['to', 'UNKNOWN_ROLE', { to: 'sindaco' }],
    ['role', 'UNKNOWN_ROLE', { role: 'sindaco' }],
    ['to itself', 'SAME_ROLE', { to: 'rco' }],
  ])('a hand-over with a wrong role (%s) is refused', (_which, code, wrong) => {
    expect(() => upToTheSolution('D1').say({ ...deputy, ...wrong })).toThrowError(refusal(code));
  });
});

const declare = (
  atUtc: string,
  milestone: 'detection' | 'activation' | 'accepted' = 'detection',
): Command => ({
  type: 'declare',
  milestone,
  atUtc,
  ...who,
});
const oClock = (hour: string) => `2026-11-23T${hour}:00.000Z`;

describe('declared times', () => {
  test('can be corrected; the last one counts', () => {
    const model = small();
    model.say(declare(oClock('05:00')));
    model.say(declare(oClock('05:30')));
    expect(model.progress.milestones.get('detection')).toMatchObject({
      atUtc: oClock('05:30'),
      origin: 'declared',
    });
  });

  test('also after the end of the run, when everything else is refused', () => {
    const model = small();
    model.say({ type: 'abort', ...who, why: 'falso allarme' });
    model.say(declare(oClock('05:00')));
    expect(model.progress.milestones.has('detection')).toBe(true);
    expect(model.progress.finished).toBe('aborted');
    const others: Command[] = [
      { type: 'abort', ...who, why: 'di nuovo' },
      { type: 'answer', step: 'decide', attempt: 1, choice: 'go', ...who, note: '' },
      { type: 'take-back', step: 'decide', attempt: 1, ...who, why: 'errore' },
      { type: 'hand-over', from: 'rco', to: 'ufficio-tecnico', ...who, why: 'malato' },
    ];
    for (const command of others) expect(() => model.say(command)).toThrowError(refusal('RUN_FINISHED'));
  });

  test('not over what the program measured, and not in the future; a minute is forgiven', () => {
    const model = small();
    model.answer('decide', 'go');
    expect(() => model.say(declare(oClock('05:00'), 'activation'))).toThrowError(refusal('MEASURED_ALREADY'));
    const later = (ms: number) => new Date(Date.parse(model.clock().atUtc) + ms).toISOString();
    expect(() => model.say(declare(later(61_000)))).toThrowError(refusal('TIME_IN_FUTURE'));
    model.say(declare(later(59_000)));
  });
});

describe('letters', () => {
  test('in a disaster one waits for a person and leaves when that person says so', () => {
    const model = small(disaster);
    model.answer('decide', 'stop');
    expect(model.of('letter').status).toBe('waiting');
    model.answer('letter', 'send');
    expect([...model.running]).toEqual(['letter#1']);
    expect(() => model.answer('letter', 'send')).toThrowError(refusal('STEP_NOT_WAITING'));
    model.end('letter#1', 'failed');
    model.answer('letter', 'retry');
    // Tried again it is shown again: what went wrong may have been the letter itself.
    expect(model.of('letter')).toMatchObject({ status: 'waiting', attempt: 2 });
    expect([...model.running]).toEqual([]);
  });

  test('cut off while it left, only a person can say whether it did', () => {
    const model = small(disaster);
    model.answer('decide', 'stop');
    model.answer('letter', 'send');
    model.end('letter#1', 'cut-off');
    expect(model.of('letter').status).toBe('unknown');
    expect(choicesAt(model, 'letter', ['send', 'done', 'retry', 'skipped'])).toEqual([
      'done',
      'retry',
      'skipped',
    ]);
  });

  test('in a drill it is only written, and nobody is asked', () => {
    const model = small(attendedDrill);
    model.answer('decide', 'stop');
    expect([...model.running]).toEqual(['letter#1']);
    expect(() => model.answer('letter', 'send')).toThrowError(refusal('STEP_NOT_WAITING'));
    model.end('letter#1', 'failed');
    model.answer('letter', 'retry');
    expect([...model.running]).toEqual(['letter#2']);
  });
});

function underWay(): RunModel {
  const model = small();
  model.answer('decide', 'go');
  return model;
}

describe('work under way', () => {
  const all = ['retry', 'failed', 'skipped', 'done'];

  test('can be stopped to be tried again, for good, or to be left out, each with a reason; it is not said to be done', () => {
    const model = underWay();
    expect(choicesAt(model, 'left', all)).toEqual(['retry', 'failed', 'skipped']);
    for (const choice of ['retry', 'failed', 'skipped'])
      expect(() => model.answer('left', choice, { note: ' ' })).toThrowError(refusal('NOTE_NEEDED'));
    expect(() => model.answer('left', 'done')).toThrowError(refusal('STEP_RUNNING'));
    expect(() => model.answer('left', 'retry', { role: 'ufficio-stampa' })).toThrowError(
      refusal('UNKNOWN_ROLE'),
    );
  });

  test('tried again, it is work under way once more', () => {
    const model = underWay();
    model.answer('left', 'retry');
    expect(model.of('left')).toMatchObject({ status: 'running', attempt: 2, since: 2, answer: undefined });
    expect(() => model.answer('left', 'retry', { attempt: 1 })).toThrowError(refusal('STEP_MOVED_ON'));
    model.end('left#2', 'done');
    expect(model.of('left').status).toBe('done');
  });

  test('stopped for good, all is offered that is after a failure; where nobody can look, a person says whether it happened', () => {
    const model = underWay();
    model.answer('left', 'failed');
    expect(model.of('left').status).toBe('failed');
    expect(choicesAt(model, 'left', all)).toEqual(['retry', 'skipped', 'done']);
    model.answer('right', 'failed');
    expect(model.of('right').status).toBe('unknown');
  });

  test('left out, what needs it begins; the answer can be taken back, and the work is begun anew', () => {
    const model = underWay();
    model.answer('left', 'skipped');
    model.end('right#1', 'done');
    expect(model.of('accept').status).toBe('waiting');
    model.takeBack('left');
    expect(model.of('left')).toMatchObject({ status: 'running', attempt: 3 });
    expect(model.of('accept').status).toBe('blocked');
  });

  test('an answer to the attempt that a process died over holds for the one that goes on with it', () => {
    const model = underWay();
    model.end('left#1', 'cut-off');
    model.end('left#2', 'cut-off');
    expect(model.of('left')).toMatchObject({ attempt: 3, since: 1 });
    model.answer('left', 'skipped', { attempt: 1 });
    expect(model.of('left')).toMatchObject({ status: 'skipped', answer: { attempt: 3, choice: 'skipped' } });
  });

  test('a letter on its way is not called back', () => {
    const model = small();
    model.answer('decide', 'stop');
    model.answer('letter', 'send');
    expect(choicesAt(model, 'letter', [...all, 'send'])).toEqual([]);
  });

  test('what a person types into the reason does not spoil its two languages', () => {
    const model = underWay();
    model.answer('left', 'failed', { note: 'rete giù / host muto → riavvio. ' });
    const { event } = model.of('left').ended ?? {};
    const { it, en } = eachLanguage(event?.type === 'step-finished' ? event.detail : '');
    expect(it).toMatch(/^Interrotto da rco: rete giù\/ host muto→ riavvio\. Il programma/);
    expect(en).toMatch(/^Stopped by rco: rete giù\/ host muto→ riavvio\. The program/);
  });
});

test('an abort ends the run with its reason, whatever was under way', () => {
  const model = small();
  model.answer('decide', 'go');
  model.say({ type: 'abort', ...who, why: 'falso allarme' });
  expect(model.records.at(-1)?.event).toEqual({
    type: 'run-finished',
    outcome: 'aborted',
    detail: 'rco: falso allarme',
  });
  expect(model.progress.finished).toBe('aborted');
});
