/** One person who answers every step of a run, as `dr step` would. */
import { type KnownRun, sayTo } from '../../cli/runs.ts';
import { toErrorRecord } from '../../core/errors.ts';
import type { RunSource } from '../../runbooks/view/run-source.ts';
import type { StepView } from '../../runbooks/view/run-view.ts';
import { until } from './lab-harness.ts';

export type Asked = { step: string; choices: string[] };

/**
 * Answers whatever waits, until the run is over; gives what was asked, in order. `act` does what a step asks for before it is
 * answered. Work that failed fails the test: nobody tries again. Nobody filled in where letters go: `letter` is tried and fails,
 * and is skipped then, as the others are at once.
 */
export async function answerAll(
  run: KnownRun,
  source: RunSource,
  {
    letter,
    act = async () => await Promise.resolve(),
  }: { letter: string; act?: (step: string) => Promise<void> },
): Promise<Asked[]> {
  const asked: Asked[] = [];
  // The view is a moment old and may not know yet of the answer just given: nobody carries the cassette twice.
  const answered = new Set<string>();
  for (;;) {
    const view = source.current();
    if (view.run.status !== 'unfinished') return asked;
    const open = view.steps.filter((step) => step.choices.length > 0 && !answered.has(question(step)));
    for (const step of open) {
      answered.add(question(step));
      if (step.kind !== 'notify' && step.status === 'failed')
        throw new Error(`${step.id}: ${step.reason?.it}`);
      asked.push({ step: step.id, choices: step.choices.map(({ id }) => id) });
      await act(step.id);
      await answer(run, step, letter);
    }
    const seen = source.current().seq;
    if (open.length === 0)
      await until('something to happen', () => source.current().seq > seen || undefined, 300_000);
  }
}

const question = ({ id, attempt, status }: StepView): string => `${id}/${attempt}/${status}`;

async function answer(run: KnownRun, step: StepView, letter: string): Promise<void> {
  const ids = step.choices.map(({ id }) => id);
  const tried = step.kind === 'notify' && step.id === letter && step.status === 'waiting';
  const choice = tried ? 'send' : step.kind === 'notify' ? 'skipped' : String(ids[0]);
  const note = choice === 'skipped' ? 'detto a voce, elenchi non compilati' : '';
  const said = { step: step.id, attempt: step.attempt, role: step.responsible, person: 'P-1', note };
  const asksTime = step.choices.some(({ id, needsTime }) => id === choice && needsTime);
  const when = asksTime ? { atUtc: new Date().toISOString() } : {};
  await sayTo(run, { type: 'answer', ...said, ...when, choice }).catch((error: unknown) => {
    // The view is a moment old: it may have been answered, or have moved on, since.
    if (!/^(STEP_|UNKNOWN_CHOICE|RUN_FINISHED)/.test(toErrorRecord(error).code)) throw error;
  });
}
