/** The days on which people could have signed by hand: those of a run, from its event to its acceptance. */
import { romeDay } from '../../core/rome-time.ts';
import type { RunState } from '../clock/model.ts';
import type { Known } from './attendance.ts';

type Run = Pick<RunState, 'startedAtUtc' | 'lastAtUtc' | 'status' | 'milestones'>;

/** Until today while the run goes on. What is entered after its end makes it no longer. */
export function crisisOf(run: Run, nowUtc: string): Known['crisis'] {
  const instants = run.milestones.map(({ atUtc }) => atUtc);
  const last = run.milestones.find(({ name }) => name === 'accepted')?.atUtc ?? run.lastAtUtc;
  const days = [...instants, run.startedAtUtc].map(romeDay).toSorted();
  return {
    from: days[0] ?? romeDay(run.startedAtUtc),
    until: romeDay(run.status === 'unfinished' ? nowUtc : last),
  };
}
