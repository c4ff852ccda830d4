/** What holds whatever people say to a run and however its work ends: random runs of every runbook. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import { assertNever, DrError } from '../core/errors.ts';
import { milestoneNames } from '../runbooks/evidence/evidence.ts';
import { disasterRunbook, drillRunbook, returnRunbook } from '../runbooks/plan/runbooks.ts';
import { choicesOf } from '../runbooks/run/choices.ts';
import type { Command } from '../runbooks/run/command.ts';
import { decide, onlyTells, whyNotTakenBack } from '../runbooks/run/decide.ts';
import type { RunMode } from '../runbooks/run/next-steps.ts';
import { applies, foldProgress } from '../runbooks/run/progress.ts';
import type { StepStatus } from '../runbooks/view/run-view.ts';
import { attendedDrill, disaster, type Ending, RunModel, rolesOf, theReturn } from './run-model.ts';

const runs = [
  { name: 'the small runbook in a drill', runbook: smallRunbook({}), mode: attendedDrill },
  { name: 'the small runbook in a disaster', runbook: smallRunbook({}), mode: disaster },
  { name: 'the drill', runbook: drillRunbook(), mode: attendedDrill },
  { name: 'the disaster', runbook: disasterRunbook(), mode: disaster },
  { name: 'the return', runbook: returnRunbook(), mode: theReturn },
];

/** Numbers are turned into what they name by the run as it is at that moment. */
type Move = { what: (typeof moves)[number]; which: number; choice: number };
// What brings a run on comes more often.
const moves = [
  'answer',
  'answer',
  'answer',
  'end',
  'end',
  'take-back',
  'hand-over',
  'declare',
  'nonsense',
] as const;
const endings: readonly Ending[] = ['done', 'done', 'done', 'failed', 'cut-off'];
const someMoves = fc.array(
  fc.record({ what: fc.constantFrom(...moves), which: fc.nat(99), choice: fc.nat(99) }),
  { minLength: 5, maxLength: 45, size: 'max' },
);
const often = { numRuns: 40 };

function pick<T>(from: readonly T[], index: number): T | undefined {
  return from[index % Math.max(1, from.length)];
}

/** Undefined where the run has nothing to which the move could be said. */
function commandOf(
  model: RunModel,
  { what, which, choice }: Move,
  among: readonly StepStatus[] = ['waiting', 'failed', 'unknown', 'running'],
): Command | undefined {
  const person = 'P-000001';
  switch (what) {
    case 'answer': {
      const id = pick(model.with(...among), which);
      if (id === undefined) return undefined;
      const step = model.step(id);
      const { status, attempt } = model.of(id);
      const said = pick(choicesOf(step, status, model.progress.outcomes), choice)?.id ?? 'done';
      const role = pick([step.responsible, ...step.supporting], which + choice) ?? '';
      const { atUtc } = model.clock();
      const asked = step.kind === 'human' && step.asksTime === true;
      const when = asked || choice % 3 === 0 ? { atUtc } : {};
      return {
        type: 'answer',
        step: id,
        attempt,
        choice: said,
        role,
        person,
        note: 'perché sì, certo',
        ...when,
      };
    }
    case 'take-back': {
      const id = pick(model.with('done', 'skipped'), which);
      if (id === undefined) return undefined;
      const role = model.step(id).responsible;
      return { type: 'take-back', step: id, attempt: model.of(id).attempt, role, person, why: 'errore' };
    }
    case 'hand-over': {
      const roles = rolesOf(model.runbook);
      const [from, to] = [pick(roles, which) ?? '', pick(roles, choice) ?? ''];
      return { type: 'hand-over', from, to, role: from, person, why: 'malato' };
    }
    case 'declare': {
      const milestone = pick(milestoneNames, which) ?? 'event';
      const atUtc = new Date(Date.parse(model.clock().atUtc) - choice * 60_000).toISOString();
      return { type: 'declare', milestone, atUtc, role: rolesOf(model.runbook)[0] ?? '', person };
    }
    case 'nonsense': {
      const step = pick(model.runbook, which)?.id ?? '';
      const said = pick(['done', 'send', 'retry', 'perhaps', 'skipped'], choice) ?? '';
      const attempt = 1 + (choice % 3);
      const role = pick([...rolesOf(model.runbook), 'sindaco'], choice) ?? '';
      return { type: 'answer', step, attempt, choice: said, role, person, note: '' };
    }
    case 'end':
      return undefined;
    default:
      return assertNever(what);
  }
}

/** What was refused and why; undefined where it was taken. */
function refusalOf(model: RunModel, command: Command): string | undefined {
  try {
    model.say(command);
    return undefined;
  } catch (error) {
    if (error instanceof DrError) return error.code;
    throw error;
  }
}

function play(model: RunModel, move: Move): void {
  model.pass(1_000);
  const branch = pick([...model.running], move.which);
  if (move.what === 'end' && branch !== undefined) model.end(branch, pick(endings, move.choice) ?? 'done');
  const command = commandOf(model, move);
  if (command !== undefined) refusalOf(model, command);
}

function played(
  { runbook, mode }: { runbook: RunModel['runbook']; mode: RunMode },
  all: readonly Move[],
): RunModel {
  const model = new RunModel(runbook, mode);
  for (const move of all) play(model, move);
  return model;
}

/** Answers all that waits with what goes on, and lets work end well. */
function bringToEnd(model: RunModel): void {
  for (let round = 0; round < 200 && model.progress.finished === undefined; round += 1) {
    const [id] = model.settle().with('waiting', 'failed', 'unknown');
    if (id === undefined) continue;
    const choice = choicesOf(model.step(id), model.of(id).status, model.progress.outcomes)[0]?.id ?? '';
    model.answer(id, choice, { atUtc: model.clock().atUtc });
  }
}

describe.each(runs)('$name', (run) => {
  test('no step begins before all that it needs is over, and what is over is not begun again', () => {
    fc.assert(
      fc.property(someMoves, (all) => {
        const { records } = played(run, all);
        for (const [index, { event }] of records.entries()) {
          if (event.type !== 'step-started') continue;
          const before = foldProgress(run.runbook, records.slice(0, index));
          const step = run.runbook.find(({ id }) => id === event.step);
          expect(step?.needs.filter((need) => !before.outcomes.has(need))).toEqual([]);
          const { status, attempt } = before.steps.get(event.step) ?? { status: 'blocked', attempt: 0 };
          expect(['done', 'skipped', 'not-needed', 'waiting']).not.toContain(status);
          expect(event.attempt).toBe(attempt + 1);
        }
      }),
      often,
    );
  });

  test('at any moment what was begun rests on what is over, and the decisions that stand lead to it', () => {
    fc.assert(
      fc.property(someMoves, (all) => {
        const model = new RunModel(run.runbook, run.mode);
        for (const move of all) {
          play(model, move);
          const { steps, outcomes } = model.progress;
          const begun = run.runbook.filter(
            ({ id }) => !['blocked', 'not-needed'].includes(steps.get(id)?.status ?? ''),
          );
          const baseless = begun.filter(
            (step) =>
              applies(step, outcomes) !== 'yes' ||
              step.needs.some(
                (need) => !outcomes.has(need) && !(outcomes.has(step.id) && onlyTells(step, need)),
              ),
          );
          expect(baseless.map(({ id }) => id)).toEqual([]);
        }
      }),
      often,
    );
  });

  test('what is accepted changes the run, what is refused changes nothing', () => {
    fc.assert(
      fc.property(someMoves, (all) => {
        const model = new RunModel(run.runbook, run.mode);
        for (const move of all) {
          const command = commandOf(model, move);
          if (command === undefined) play(model, move);
          else {
            const before = { records: model.records.length, seen: seenBy(model) };
            const refusal = refusalOf(model, command);
            if (refusal !== undefined) expect(model.records).toHaveLength(before.records);
            else expect(model.records.length).toBeGreaterThan(before.records);
            // Whoever looks must see who said so; only a new try begins without an answer.
            if (refusal === undefined && command.type === 'answer' && command.choice !== 'retry')
              expect(model.of(command.step).answer).toMatchObject({
                choice: command.choice,
                note: command.note,
              });
            // The same time may be declared twice.
            if (command.type !== 'declare') expect(seenBy(model) === before.seen).toBe(refusal !== undefined);
          }
        }
      }),
      often,
    );
  });

  test('decided twice on the same records, a command leads to the same', () => {
    fc.assert(
      fc.property(someMoves, (all) => {
        const model = new RunModel(run.runbook, run.mode);
        for (const move of all) {
          const command = commandOf(model, move);
          const { situation } = model;
          if (command !== undefined) expect(outcome(situation, command)).toEqual(outcome(situation, command));
          play(model, move);
        }
      }),
      often,
    );
  });

  test('from anywhere, answering what waits brings the run to its end', () => {
    fc.assert(
      fc.property(someMoves, (all) => {
        const model = played(run, all);
        bringToEnd(model);
        expect({
          finished: model.progress.finished,
          left: model.with('waiting', 'failed', 'unknown', 'blocked'),
        }).toEqual({
          finished: 'completed',
          left: [],
        });
      }),
      often,
    );
  });

  test('taking an answer back leaves what was before it, but for the numbers of attempts', () => {
    fc.assert(
      fc.property(someMoves, fc.nat(99), fc.nat(99), (all, which, choice) => {
        const model = played(run, all);
        fc.pre(model.with('waiting').length > 0);
        const before = standing(model);
        const command = commandOf(model, { what: 'answer', which, choice }, ['waiting']);
        if (command?.type !== 'answer') return fc.pre(false);
        model.say(command);
        fc.pre(model.progress.finished === undefined);
        fc.pre(whyNotTakenBack(run.runbook, model.progress, model.step(command.step)) === undefined);
        model.takeBack(command.step);
        expect(standing(model)).toEqual(before);
      }),
      often,
    );
  });
});

/** All that a person could tell of a run. */
function seenBy({ progress }: RunModel): string {
  const { steps, deputies, milestones, finished } = progress;
  return JSON.stringify([[...steps], [...deputies], [...milestones], finished]);
}

/** Where a run stands, attempts left out. */
function standing({ progress }: RunModel) {
  const { steps, outcomes, milestones } = progress;
  return {
    statuses: Object.fromEntries([...steps].map(([id, { status }]) => [id, status])),
    outcomes: Object.fromEntries(outcomes),
    milestones: Object.fromEntries(milestones),
  };
}

function outcome(situation: RunModel['situation'], command: Command): unknown {
  try {
    return decide(situation, command);
  } catch (error) {
    if (error instanceof DrError) return error.code;
    throw error;
  }
}
