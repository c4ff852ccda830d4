/** What the disaster is: a guess when a run begins, and then what people say in 6.1.1-scenario. */
import { z } from 'zod';

export const scenarioSchema = z.enum(['D1', 'D2', 'D3']);
export type ScenarioName = z.infer<typeof scenarioSchema>;

const SCENARIO_STEP = '6.1.1-scenario';

/** `answerTo` gives the option that a step was answered with. A drill's scenario is what it did itself. */
export function scenarioOf(
  run: { kind: string; scenario?: ScenarioName | undefined },
  answerTo: (step: string) => string | undefined,
): ScenarioName | undefined {
  if (run.kind !== 'restore') return run.scenario;
  // `D3-malware` is a D3.
  const said = scenarioSchema.safeParse(answerTo(SCENARIO_STEP)?.slice(0, 2));
  return said.success ? said.data : run.scenario;
}
