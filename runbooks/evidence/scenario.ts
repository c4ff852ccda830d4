/** Which of the plan's scenarios (3.4) a run is about. */
import type { EvidenceEvent, EvidenceRecord } from './evidence.ts';

/** The step in which people say it. */
export const SCENARIO_STEP = '6.1.1-scenario';

type Scenario = NonNullable<Extract<EvidenceEvent, { type: 'run-started' }>['scenario']>;

/** What each answer to the step means; another one (it failed, it is tried again) says nothing. */
const meanings: ReadonlyMap<string, Scenario> = new Map([
  ['D1', 'D1'],
  ['D2', 'D2'],
  ['D3', 'D3'],
  ['D3-malware', 'D3'],
]);

/** What people answered, once they did and while it stands; until then the first guess. Undefined in a return, which has none. */
export function scenarioOf(records: readonly EvidenceRecord[]): Scenario | undefined {
  let guess: Scenario | undefined;
  let answered: Scenario | undefined;
  for (const { event } of records) {
    if (event.type === 'run-started') guess = event.scenario;
    else if (event.type === 'answered' && event.step === SCENARIO_STEP) answered = meanings.get(event.choice);
    else if (event.type === 'taken-back' && event.step === SCENARIO_STEP) answered = undefined;
  }
  return answered ?? guess;
}
