/** How a disagreement is written: what it compares, and how it reports. */
import type { Path, Sentence } from '../findings.ts';
import { type Rule, rule } from '../rules/rule.ts';
import type { Inventory } from '../schema.ts';

export type Differ = (code: string, path: Path, message: Sentence) => void;

const settleIt = {
  it: 'Da chiarire nei documenti; fino ad allora il programma segue il piano.',
  en: 'To be settled in the documents; until then the program follows the plan.',
};

/** A comparison over some parts of the inventory. Nothing is listed by hand: when the values agree, the finding is gone. */
export function comparison<Key extends keyof Inventory>(
  needs: readonly Key[],
  compare: (facts: Pick<Inventory, Key>, differ: Differ) => void,
): Rule {
  return rule(needs, (facts, report) =>
    compare(facts, (code, path, message) => report(code, path, message, settleIt, 'disagreement')),
  );
}

/** A name without what writers do differently: case, accents, punctuation, small linking words, and what stands in brackets. */
export function folded(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/\[[^\]]*\]|\([^)]*\)/g, ' ')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/\b(?:e|ed|del|della|delle|dei|degli)\b/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

/** The members of `names` that `others` lacks, compared folded. */
export function missingFrom(others: readonly string[], names: readonly string[]): string[] {
  const known = new Set(others.map(folded));
  return names.filter((name) => !known.has(folded(name)));
}

/** The different values of a list, in the order of their first appearance. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
