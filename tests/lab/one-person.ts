/** One person who answers every step of a run, as `dr step` would. */
import { type KnownRun, sayTo } from '../../cli/runs.ts';
import { toErrorRecord } from '../../core/errors.ts';
import { needsPerson } from '../../report/live/client/awaited.js';
import type { RunSource } from '../../runbooks/view/run-source.ts';
import type { StepView } from '../../runbooks/view/run-view.ts';
import { until } from './lab-harness.ts';

export type Asked = { step: string; choices: string[] };
type Said = { choice: string; role: string; note: string };

/**
 * Answers whatever waits, until the run is over; gives what was asked, in order. `act` does what a step asks for before it is
 * answered. `failures`: what is said to a step each time that it fails, in turn; any other failure fails the test. Nobody filled in
 * where letters go: `letter` is tried and fails, and is skipped then, as the others are at once.
 */
export async function answerAll(
  run: KnownRun,
  source: RunSource,
  {
    letter,
    act = async () => await Promise.resolve(),
    failures = {},
  }: { letter: string; act?: (step: string) => Promise<void>; failures?: Record<string, Said[]> },
): Promise<Asked[]> {
  const asked: Asked[] = [];
  // The view is a moment old and may not know yet of the answer just given: nobody carries the cassette twice.
  const answered = new Set<string>();
  for (;;) {
    const view = source.current();
    if (view.run.status !== 'unfinished') return asked;
    const open = view.steps.filter((step) => needsPerson(step) && !answered.has(question(step)));
    for (const step of open) {
      answered.add(question(step));
      const said = step.status === 'failed' ? failures[step.id]?.shift() : undefined;
      if (step.kind !== 'notify' && step.status === 'failed' && said === undefined)
        throw new Error(`${step.id}: ${step.reason?.it}`);
      asked.push({ step: step.id, choices: step.choices.map(({ id }) => id) });
      await act(step.id);
      await answer(run, step, said ?? plainAnswer(step, letter));
    }
    const seen = source.current().seq;
    if (open.length === 0)
      await until('something to happen', () => source.current().seq > seen || undefined, 300_000);
  }
}

const question = ({ id, attempt, status }: StepView): string => `${id}/${attempt}/${status}`;

function plainAnswer(step: StepView, letter: string): Said {
  const tried = step.kind === 'notify' && step.id === letter && step.status === 'waiting';
  const choice = tried ? 'send' : step.kind === 'notify' ? 'skipped' : String(step.choices[0]?.id);
  const note = choice === 'skipped' ? 'detto a voce, elenchi non compilati' : '';
  return { choice, role: step.responsible, note };
}

async function answer(run: KnownRun, step: StepView, said: Said): Promise<void> {
  const asksTime = step.choices.some(({ id, needsTime }) => id === said.choice && needsTime);
  const when = asksTime ? { atUtc: new Date().toISOString() } : {};
  const about = { step: step.id, attempt: step.attempt, person: 'P-1' };
  await sayTo(run, { type: 'answer', ...about, ...said, ...when }).catch((error: unknown) => {
    // The view is a moment old: it may have been answered, or have moved on, since.
    if (!/^(STEP_|UNKNOWN_CHOICE|RUN_FINISHED)/.test(toErrorRecord(error).code)) throw error;
  });
}
