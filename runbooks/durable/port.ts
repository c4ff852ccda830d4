/**
 * What a run asks of the durable engine: to hear what people say to it, once each and in order, whichever process executes it and also
 * what was said while none did. Machine work needs no engine: evidence says what was begun and what is done (execute.ts).
 */

/** Inside the main line of a run. Killed, it is begun again in the next process, and comes back to where it was. */
export type Durable = {
  /** Does `work` once; afterwards, also in a later process, gives its recorded result. Cut off in the middle it is done again. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** The next thing said to this run, in the order in which it was said; waits as long as it takes. */
  waitFor(): Promise<unknown>;
  /** Says something to this run from the process that executes it, also from outside the main line. */
  signal(message: unknown): Promise<void>;
  /** What came of something that was said to this run; for who said it ({@link RunCaller.ask}). */
  reply(id: string, value: unknown): Promise<void>;
};

/** Executes the main line of one run in this process. Whoever opens it must hold the run's fence. */
export type DurableEngine = AsyncDisposable & {
  /** Begins the main line or goes on with it; returns when it has ended. */
  execute(): Promise<void>;
};

/** Speaks to a run that some process executes, and never executes anything itself. */
export type RunCaller = AsyncDisposable & {
  /** Says it once for each `id` and waits for the reply; undefined when none came in time (nobody executes the run now). */
  ask(id: string, message: unknown, timeoutSeconds: number): Promise<unknown>;
};
