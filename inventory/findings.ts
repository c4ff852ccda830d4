/** What `dr check` finds: where it stands, what it means, what to do about it. */

/** A disagreement is between the documents; it's for the plan's keeper to settle and stops nothing. */
export type Severity = 'error' | 'warning' | 'disagreement';

/** A place in an inventory file; `file` is relative to the inventory folder, line and column count from 1. */
export type Place = { file: string; line: number; column: number };

/** A sentence in both languages. */
export type Sentence = { it: string; en: string };

export type Finding = Place & {
  severity: Severity;
  /** Stable: tests and other programs rely on it, never on the sentence. */
  code: string;
  messageIt: string;
  messageEn: string;
  /** What to do next, Italian and English. */
  hint: string;
};

/** Keys and indices that lead from the top of the inventory to a value. */
export type Path = readonly (string | number)[];

/** Finds the place of a value, or of its key; of the nearest value around it when it's not there. */
export type Locate = (path: Path, part?: 'key' | 'value') => Place;

/** Builds a finding; hints stay optional for findings whose sentence already says what to do. */
export function finding(
  severity: Severity,
  code: string,
  place: Place,
  message: Sentence,
  hint: Sentence,
): Finding {
  return {
    severity,
    code,
    ...place,
    messageIt: message.it,
    messageEn: message.en,
    hint: `${hint.it} / ${hint.en}`,
  };
}

/** `file:line:column: Italian / English`, as editors and terminals make it a link. */
export function findingLine(found: Finding, folder = ''): string {
  const file = folder === '' ? found.file : `${folder}/${found.file}`;
  return `${file}:${found.line}:${found.column}: ${found.messageIt} / ${found.messageEn}`;
}

/** In the order in which a person would go through the files. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
