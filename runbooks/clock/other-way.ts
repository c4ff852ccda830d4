/** A way that the Committee chose and that people walk: the program restores nothing, and that service is back is what people say. */
import type { Answer, OtherWay, Step } from './model.ts';
import { standingAnswers } from './people.ts';
import { statedOffset, type Timed } from './timeline.ts';

/** Undefined while nothing is decided, and where the decisions lead to the program's restore or to nothing at all. */
export function foldOtherWay(
  timed: readonly Timed[],
  steps: readonly Step[],
  answers: readonly Answer[],
): OtherWay | undefined {
  const restore = steps.find(({ milestone }) => milestone === 'service-verified');
  const walked = steps.find(({ milestone, outcome }) => milestone === 'accepted' && outcome !== 'not-needed');
  const answer = restore?.outcome === 'not-needed' ? ledElsewhere(restore, answers) : undefined;
  if (walked === undefined || answer === undefined) return undefined;
  const { step: decision, choice, atUtc } = answer;
  const said = timed.findLast(
    ({ record: { event } }) => event.type === 'answered' && event.step === decision,
  );
  if (said === undefined) return undefined;
  const place = { offsetMs: statedOffset(said, atUtc), seq: said.record.seq };
  return { decision, choice, atUtc, ...place, step: walked.step };
}

/** The answer because of which a step is not needed: the first among its conditions that was given otherwise. */
export function ledElsewhere({ when = [] }: Step, answers: readonly Answer[]): Answer | undefined {
  const standing = standingAnswers(answers);
  return when
    .map(({ step, options }) => ({ answer: standing.get(step), options }))
    .find(({ answer, options }) => answer !== undefined && !options.includes(answer.choice))?.answer;
}

/** People said that the way they walked is at its end. */
export function isDeclared({
  otherWay,
  steps,
}: {
  otherWay?: OtherWay | undefined;
  steps: readonly Step[];
}): boolean {
  return steps.some(({ step, outcome }) => step === otherWay?.step && outcome === 'done');
}
