/** How a rule of consistency is written: what it needs, and how it reports. */
import { type Finding, finding, type Path, type Place, type Sentence, type Severity } from '../findings.ts';
import type { Inventory } from '../schema.ts';

export type Report = (
  code: string,
  path: Path,
  message: Sentence,
  hint: Sentence,
  severity?: Severity,
) => void;

type Facts = Partial<Inventory>;
export type Rule = (facts: Facts, locate: (path: Path) => Place) => Finding[];

/** A rule over some parts of the inventory; it keeps quiet while one of them could not be read. */
export function rule<Key extends keyof Inventory>(
  needs: readonly Key[],
  judge: (facts: Pick<Inventory, Key>, report: Report) => void,
): Rule {
  return (facts, locate) => {
    if (!hasAll(facts, needs)) return [];
    const findings: Finding[] = [];
    judge(facts, (code, path, message, hint, severity = 'error') => {
      findings.push(finding(severity, code, locate(path), message, hint));
    });
    return findings;
  };
}

function hasAll<Key extends keyof Inventory>(
  facts: Facts,
  keys: readonly Key[],
): facts is Facts & Pick<Inventory, Key> {
  return keys.every((key) => facts[key] !== undefined);
}
