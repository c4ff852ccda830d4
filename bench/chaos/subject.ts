/** What is killed again and again: a run of some kind, begun and gone on with by processes that the loop starts. */
import type { ChildProcess } from 'node:child_process';
import type { MomentRange } from './moments.ts';

export type Subject = AsyncDisposable & {
  name: string;
  range: MomentRange;
  /** Makes ready for run number `run`. */
  prepare: (run: number) => Promise<SubjectRun>;
};

export type SubjectRun = {
  databaseFolder: string;
  /** Starts a process that begins the run or goes on with it. Its standard output has one JSON line for each record, old ones first. */
  start: (begun: boolean) => ChildProcess;
  /** Undefined before there is one. */
  evidencePath: () => string | undefined;
  /** After the run is over: what is not as it should be. */
  faults: () => Promise<string[]>;
  /** Takes away what a run left that could not be brought to its end. */
  clearAway: () => Promise<void>;
};
