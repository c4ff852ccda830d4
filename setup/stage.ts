/** A stage of the set-up, and how stages run: those that do not wait for one another side by side. */
import { type ErrorRecord, toErrorRecord } from '../core/errors.ts';
import { monotonicMs } from '../core/time.ts';

/** How a stage speaks while it works. */
export type Progress = {
  /** The newest line of a program's output; only the latest is shown. */
  say(line: string): void;
  /** Something that a person must know; stays on the screen. */
  note(text: string): void;
};

export type Stage = {
  id: string;
  titleIt: string;
  titleEn: string;
  /** Stages that must have ended well before this one begins. */
  after: readonly string[];
  /** What is there already, in words, or undefined when there is something to do. Cheap: it is run before every command. */
  probe(): Promise<string | undefined>;
  /** Makes it, tries that it works, and says what it is. @throws DrError naming what is missing and the ways to get it. */
  apply(progress: Progress): Promise<string>;
};

export type StageResult = { id: string; durationMs: number } & (
  | { outcome: 'ready' | 'done'; detail: string }
  | { outcome: 'failed'; error: ErrorRecord }
  | { outcome: 'blocked'; by: string }
);

/** What is told of a run of stages; the screen implements it. */
export type StageListener = {
  started(stage: Stage): void;
  finished(stage: Stage, result: StageResult): void;
  progressOf(stage: Stage): Progress;
};

/** Runs every stage as soon as those before it are through. A failure stops only what waits for it. */
export async function runStages(stages: readonly Stage[], listener: StageListener): Promise<StageResult[]> {
  const results = new Map<string, Promise<StageResult>>();
  for (const stage of stages) {
    const before = stage.after.map((id) => resultOf(results, id, stage.id));
    results.set(stage.id, runAfter(before, stage, listener));
  }
  return await Promise.all(results.values());
}

async function resultOf(
  results: Map<string, Promise<StageResult>>,
  id: string,
  wantedBy: string,
): Promise<StageResult> {
  const result = results.get(id);
  if (!result) throw new Error(`Stage ${wantedBy} waits for ${id}, which does not stand before it`);
  return await result;
}

async function runAfter(
  before: readonly Promise<StageResult>[],
  stage: Stage,
  listener: StageListener,
): Promise<StageResult> {
  const broken = (await Promise.all(before)).find(
    ({ outcome }) => outcome === 'failed' || outcome === 'blocked',
  );
  const result: StageResult = broken
    ? { id: stage.id, durationMs: 0, outcome: 'blocked', by: broken.id }
    : await runStage(stage, listener);
  listener.finished(stage, result);
  return result;
}

async function runStage(stage: Stage, listener: StageListener): Promise<StageResult> {
  const begun = monotonicMs();
  const timed = (): { id: string; durationMs: number } => ({
    id: stage.id,
    durationMs: monotonicMs() - begun,
  });
  try {
    const there = await stage.probe();
    if (there !== undefined) return { ...timed(), outcome: 'ready', detail: there };
    listener.started(stage);
    const detail = await stage.apply(listener.progressOf(stage));
    return { ...timed(), outcome: 'done', detail };
  } catch (error) {
    return { ...timed(), outcome: 'failed', error: toErrorRecord(error) };
  }
}
