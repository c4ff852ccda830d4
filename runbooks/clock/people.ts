/** What people said, out of the records: answers, substitutions, and the alarms that were raised for them. */

import type { EvidenceRecord } from '../evidence/evidence.ts';
import type { RunState } from './model.ts';

export function foldPeople(
  records: readonly EvidenceRecord[],
): Pick<RunState, 'answers' | 'handOvers' | 'alarms'> {
  const answers: RunState['answers'] = [];
  const handOvers: RunState['handOvers'] = [];
  const alarms: RunState['alarms'] = [];
  for (const { atUtc, event } of records) {
    if (event.type === 'answered') {
      const { type: _type, ...said } = event;
      answers.push({ ...said, saidAtUtc: atUtc, takenBack: null });
    } else if (event.type === 'taken-back') {
      const last = answers.findLast(({ step, takenBack }) => step === event.step && takenBack === null);
      if (last) last.takenBack = event.why;
    } else if (event.type === 'handed-over') {
      const { from, to, role, person, why } = event;
      handOvers.push({ atUtc, from, to, role, person, why });
    } else if (event.type === 'alarm') {
      const { step, textIt, textEn } = event;
      alarms.push({ atUtc, step, textIt, textEn });
    }
  }
  return { answers, handOvers, alarms };
}

/** Last answers that hold, by step. */
export function standingAnswers(
  answers: readonly RunState['answers'][number][],
): ReadonlyMap<string, RunState['answers'][number]> {
  return new Map(
    answers.filter(({ takenBack }) => takenBack === null).map((answer) => [answer.step, answer]),
  );
}
