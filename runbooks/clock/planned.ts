/**
 * When each point of the clocks is reached if every step takes the whole of its time-out: along what each step needs, from the beginning
 * of the run. It is the most that the plan allows, not a guess of how long things take.
 */
import { assertNever } from '../../core/errors.ts';
import { milestoneNames } from '../evidence/evidence.ts';
import type { PlannedPoint, Step } from './model.ts';

const MINUTE_MS = 60_000;

/** In order of time. Empty where the evidence does not hold what steps need (older runs). A step that is not needed takes no time. */
export function plannedPoints(steps: readonly Step[]): PlannedPoint[] {
  const endsMs = new Map<string, number>();
  const points = new Map<PlannedPoint['name'], number>();
  // Steps stand after what they need.
  for (const step of steps) {
    const { needs = [], timeoutMinutes = 0 } = step;
    const startMs = Math.max(0, ...needs.map((need) => endsMs.get(need) ?? 0));
    const isTaken = step.outcome !== 'not-needed';
    const endMs = startMs + (isTaken ? timeoutMinutes * MINUTE_MS : 0);
    endsMs.set(step.step, endMs);
    if (!isTaken) continue;
    // While it is not decided which of two ways is taken, the longer one is the most that it may take.
    for (const { name, plannedMs } of reachedBy(step, startMs, endMs))
      points.set(name, Math.max(plannedMs, points.get(name) ?? 0));
  }
  return milestoneNames
    .flatMap((name): PlannedPoint[] => {
      const plannedMs = points.get(name);
      return plannedMs === undefined ? [] : [{ name, plannedMs }];
    })
    .toSorted((a, b) => a.plannedMs - b.plannedMs);
}

/** Most points are the end of their step. */
function reachedBy({ milestone, kind }: Step, startMs: number, endMs: number): PlannedPoint[] {
  switch (milestone) {
    case undefined:
      return [];
    // Asked of a person it lies before all that is done; a drill makes it happen.
    case 'event':
      return [{ name: 'event', plannedMs: kind === 'human' ? 0 : endMs }];
    // Nobody can work from the moment at which Viareggio begins to stop.
    case 'service-stopped':
      return [{ name: 'service-stopped', plannedMs: startMs }];
    case 'service-verified':
      return [
        { name: 'restore-started', plannedMs: startMs },
        { name: 'service-verified', plannedMs: endMs },
      ];
    case 'detection':
    case 'declaration':
    case 'activation':
    case 'team-on-site':
    case 'cassette-in-hand':
    case 'restore-started':
    case 'accepted':
      return [{ name: milestone, plannedMs: endMs }];
    default:
      return assertNever(milestone);
  }
}
