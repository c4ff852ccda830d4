/**
 * The decisions under which a step is taken. A step names all of them and not only the last, so that it alone says whether it is
 * needed: without a crisis nobody will ever answer 6.1.10, and what hangs on it must not wait for that.
 */
import { SCENARIO_STEP } from '../evidence/scenario.ts';
import type { Condition } from './model.ts';

const escalated: Condition = { step: '6.1-escalation', options: ['escalate'] };
const declared: Condition = { step: '6.1.1', options: ['declare'] };
const secondarySite: Condition = { step: '6.1.10', options: ['secondary-site'] };
const primarySite: Condition = { step: '6.1.10', options: ['primary-site'] };

export const whenEscalated: readonly Condition[] = [escalated];
export const inCrisis: readonly Condition[] = [escalated, declared];
export const infected: readonly Condition[] = [...inCrisis, scenario('D3-malware')];

export const atSecondarySite: readonly Condition[] = [...inCrisis, secondarySite];
export const notAtSecondarySite: readonly Condition[] = [
  ...inCrisis,
  { step: '6.1.10', options: ['primary-site', 'other'] },
];
export const inOtherRoom: readonly Condition[] = [...inCrisis, scenario('D2'), primarySite];
export const repaired: readonly Condition[] = [...inCrisis, scenario('D3'), primarySite];
export const cleanedAndRebuilt: readonly Condition[] = [...inCrisis, scenario('D3-malware'), primarySite];
export const otherSolution: readonly Condition[] = [...inCrisis, { step: '6.1.10', options: ['other'] }];

export const longAbsence: readonly Condition[] = [
  ...inCrisis,
  { step: '6.3.2', options: ['more-than-three-weeks'] },
];

export const returning: readonly Condition[] = [{ step: 'return-decision', options: ['return'] }];

function scenario(id: string): Condition {
  return { step: SCENARIO_STEP, options: [id] };
}
