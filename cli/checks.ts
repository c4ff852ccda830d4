/** Checks on the terminal, and what they make of the exit status. */
import type { Check } from '../core/check.ts';

/** 0 all PASS, 1 something FAILs, 3 nothing fails but something could not be checked. */
export function statusOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (checks.some(({ outcome }) => outcome === 'FAIL')) return 1;
  return checks.every(({ outcome }) => outcome === 'PASS') ? 0 : 3;
}

export function checkLines(checks: readonly Check[]): string {
  return checks
    .map(({ outcome, titleIt, titleEn, evidence }) => {
      const detail = evidence === '' ? '' : `\n      ${evidence.replaceAll('\n', '\n      ')}`;
      return `${outcome.padEnd(14)}  ${titleIt} / ${titleEn}${detail}\n`;
    })
    .join('');
}
