/** Planned against actual: what the time-outs of the steps allow at most for each point of the clocks and each interval. */
import { describe, expect, test } from 'vitest';
import { requireInventory } from '../inventory/load.ts';
import { buildReport } from '../report/model.ts';
import { renderPage } from '../report/page.ts';
import { foldRun } from '../runbooks/clock/clock.ts';
import type { Step } from '../runbooks/clock/model.ts';
import { plannedPoints } from '../runbooks/clock/planned.ts';
import { planEvent } from '../runbooks/evidence/plan-event.ts';
import type { Runbook, RunbookStep } from '../runbooks/plan/model.ts';
import { runbookOf } from '../runbooks/plan/runbooks.ts';
import { disaster, RunModel } from './run-model.ts';

const minute = 60_000;
const inventory = await requireInventory();

const base = {
  titleIt: 't',
  titleEn: 't',
  clause: '',
  kind: 'human',
  interval: 'human',
  outcome: 'planned',
  attempts: [],
} satisfies Partial<Step>;

function step(id: string, needs: string[], timeoutMinutes: number, more: Partial<Step> = {}): Step {
  return { ...base, step: id, needs, timeoutMinutes, ...more };
}

/** Two steps that reach the same point. */
const twoWays = (one: Step['outcome'], other: Step['outcome']): Step[] => [
  step('a', [], 60, { milestone: 'declaration' }),
  step('b', ['a'], 30, { milestone: 'accepted', outcome: one }),
  step('c', ['a'], 500, { milestone: 'accepted', outcome: other }),
  step('d', ['b', 'c'], 5, { milestone: 'team-on-site' }),
];

const minutesOf = (steps: readonly Step[]) =>
  Object.fromEntries(plannedPoints(steps).map(({ name, plannedMs }) => [name, plannedMs / minute]));

describe('when each point is due at the latest', () => {
  test('along the longest of what a step needs; the restore starts where its step begins', () => {
    const steps = [
      step('a', [], 60, { milestone: 'detection' }),
      step('b', ['a'], 30, { milestone: 'declaration' }),
      step('c', ['a'], 10),
      step('d', ['c', 'b'], 120, { milestone: 'service-verified' }),
      step('part', [], 0, { partOf: 'd', timeoutMinutes: undefined, needs: undefined }),
      step('e', ['d'], 15, { milestone: 'accepted' }),
    ];
    expect(minutesOf(steps)).toEqual({
      detection: 60,
      declaration: 90,
      'restore-started': 90,
      'service-verified': 210,
      accepted: 225,
    });
  });

  test('a step that is not needed takes no time and reaches nothing; undecided, the longer way counts', () => {
    expect(minutesOf(twoWays('planned', 'planned'))).toMatchObject({ accepted: 560, 'team-on-site': 565 });
    expect(minutesOf(twoWays('done', 'not-needed'))).toMatchObject({ accepted: 90, 'team-on-site': 95 });
    expect(minutesOf(twoWays('not-needed', 'not-needed'))).toEqual({ declaration: 60, 'team-on-site': 65 });
  });

  test('evidence of an older run, which does not hold what steps need, plans nothing', () => {
    expect(plannedPoints([{ ...step('a', [], 60), needs: undefined }])).toEqual([]);
  });

  test.each(['drill', 'restore', 'return'] as const)('each point of a %s, as walked by hand', (kind) => {
    const runbook = runbookOf(kind, inventory);
    const { steps } = foldRun(new RunModel(runbook, disaster, [planEvent(runbook, () => [], {})]).records);
    const found = minutesOf(steps);
    for (const one of runbook) {
      const { milestone: name } = one;
      // The restore's begin and a stop are no ends of steps, and an event that people date comes before all.
      if (name === undefined || name === 'service-stopped' || (name === 'event' && one.kind === 'human'))
        continue;
      const ends = runbook
        .filter(({ milestone }) => milestone === name)
        .map((same) => longest(runbook, same));
      expect([name, found[name]]).toEqual([name, Math.max(...ends)]);
    }
    expect(Object.values(found).length).toBeGreaterThan(4);
  });
});

/** From the beginning to the end of a step, were each to take as long as it may. */
function longest(runbook: Runbook, { needs, timeoutMinutes }: RunbookStep): number {
  const before = runbook.filter(({ id }) => needs.includes(id)).map((need) => longest(runbook, need));
  return timeoutMinutes + Math.max(0, ...before);
}

/** Detection after four hours instead of three, the rest a minute each; up to the step that is named. */
function lateDetection(last: string): RunModel {
  const runbook = runbookOf('restore', inventory);
  const model = new RunModel(runbook, disaster, [planEvent(runbook, () => [], {})]);
  model.say({
    type: 'declare',
    milestone: 'event',
    atUtc: model.clock().atUtc,
    role: 'rco',
    person: '',
  });
  model.pass(240 * minute).answer('6.1-detection', 'done');
  model.pass(minute).answer('6.1-escalation', 'escalate');
  if (last !== '6.1-escalation') model.pass(minute).answer('6.1.1', 'declare');
  return model;
}

describe('how it went', () => {
  test('each point and each interval beside what was planned', () => {
    const { milestones, intervals } = foldRun(lateDetection('6.1.1').records);
    const timeouts = { detection: 180, escalation: 30, declaration: timeoutOf('6.1.1') };
    const planned = timeouts.detection + timeouts.escalation + timeouts.declaration;
    expect(milestones.map(({ name, fromFirst }) => ({ name, ...fromFirst }))).toEqual([
      { name: 'event', plannedMs: 0, actualMs: 0 },
      { name: 'detection', plannedMs: 180 * minute, actualMs: 240 * minute },
      { name: 'declaration', plannedMs: planned * minute, actualMs: 242 * minute },
    ]);
    expect(intervals.map(({ to, plannedMs, livedMs }) => ({ to, plannedMs, livedMs }))).toEqual([
      { to: 'detection', plannedMs: 180 * minute, livedMs: 240 * minute },
      { to: 'declaration', plannedMs: (planned - 180) * minute, livedMs: 2 * minute },
    ]);
  });

  test('points that are ahead, until the run is over', () => {
    const model = lateDetection('6.1-escalation');
    const ahead = foldRun(model.records).pointsAhead ?? [];
    expect(ahead[0]).toEqual({ name: 'declaration', plannedMs: (210 + timeoutOf('6.1.1')) * minute });
    expect(ahead.at(-1)?.name).toBe('accepted');
    model.answer('6.1.1', 'no-crisis');
    const over = foldRun(model.records);
    expect([over.status, over.pointsAhead]).toEqual(['completed', undefined]);
  });

  test('stands in the report, with what took longer than planned', () => {
    const { records } = lateDetection('6.1.1');
    const source = renderPage(buildReport(records, 'evidence.jsonl'), 'it');
    const table = (name: string) =>
      rows(new RegExp(`<table [^>]*class="[^"]*${name}.*?</table>`, 's').exec(source)?.[0]);
    expect(table('milestones')[2]).toMatch(/^Rilevazione .* 3 h 00 min 4 h 00 min \+1 h 00 min/);
    expect(table('milestones')[3]).toMatch(/^Dichiarazione di crisi \(6\.1\.1\) .* 4 h 02 min −/);
    expect(table('intervals')[1]).toMatch(/^Evento → Rilevazione 3 h 00 min 4 h 00 min \+1 h 00 min/);
    expect(source.match(/class="over-time"/g)).toHaveLength(3); // the step, the point, the interval
  });
});

function timeoutOf(id: string): number {
  return runbookOf('restore', inventory).find((one) => one.id === id)?.timeoutMinutes ?? 0;
}

function rows(table = ''): string[] {
  return [...table.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) =>
    row
      .replaceAll(/<span class="en"[^>]*>[^<]*<\/span>/g, '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/[\s\u00A0]+/g, ' ')
      .trim(),
  );
}
