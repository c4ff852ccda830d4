/**
 * What a run asks of the durable engine. Code behind this port survives the death of its process: what was done is not done again,
 * what was cut off is begun again, what was said to it is heard once.
 */

/** Inside a run. */
export type Durable = {
  /** Does `work` once; afterwards, also in a later process, gives its recorded result. Cut off in the middle it is done again. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** The next thing said to this run, in the order in which it was said; waits as long as it takes. */
  waitFor(): Promise<unknown>;
  /** Begins a branch beside this one, unless it was begun before. */
  begin(branch: string): Promise<void>;
  /** From a branch to the run that it belongs to; said once, however often the branch is begun again. */
  signal(message: unknown): Promise<void>;
  /** What came of something that was said to this run; for who said it ({@link RunCaller.ask}). */
  reply(id: string, value: unknown): Promise<void>;
};

/** A run as the engine sees it: one main line and branches that it begins. */
export type RunProgram = {
  main: (durable: Durable) => Promise<void>;
  branch: (durable: Durable, name: string) => Promise<void>;
};

/** Executes one run in this process. Whoever opens it must hold the run's fence. */
export type DurableEngine = AsyncDisposable & {
  /** Begins the run or goes on with it; returns when its main line has ended. */
  execute(): Promise<void>;
};

/** Speaks to a run that some process executes, and never executes anything itself. */
export type RunCaller = AsyncDisposable & {
  /** Says it once for each `id` and waits for the reply; undefined when none came in time (nobody executes the run now). */
  ask(id: string, message: unknown, timeoutSeconds: number): Promise<unknown>;
};
