/** Says in words what a zod issue means, and where. */
import type { z } from 'zod';
import { assertNever } from '../core/errors.ts';
import { type Finding, finding, type Locate, type Path, type Sentence } from './findings.ts';
import { valueAt } from './plain.ts';

type Issue = z.core.$ZodIssue;

/** The findings of a schema check of `data`. */
export function issueFindings(issues: readonly Issue[], data: unknown, locate: Locate): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(key, [...path, key], locate))
      : [valueFinding(issue, path, data, locate)];
  });
}

function unknownKey(key: string, path: Path, locate: Locate): Finding {
  return finding(
    'error',
    'UNKNOWN_KEY',
    locate(path, 'key'),
    { it: `la voce "${key}" non è prevista qui`, en: `key "${key}" is not known here` },
    {
      it: 'Correggerne il nome o toglierla: le voci ammesse sono descritte in inventory/schema.ts e schema-plan.ts.',
      en: 'Correct its name or take it out: the known keys are described in inventory/schema.ts and schema-plan.ts.',
    },
  );
}

function valueFinding(issue: Issue, path: Path, data: unknown, locate: Locate): Finding {
  const name = `"${path.join('.')}"`;
  const value = valueAt(data, path);
  if (value === undefined) {
    return finding(
      'error',
      'MISSING',
      locate(path),
      { it: `manca la voce ${name}`, en: `${name} is missing` },
      { it: 'Aggiungerla.', en: 'Add it.' },
    );
  }
  const { code, says } = describe(issue, value);
  return finding(
    'error',
    code,
    locate(path),
    { it: `${name}: ${says.it}`, en: `${name}: ${says.en}` },
    hintFor(code, value),
  );
}

function hintFor(code: string, value: unknown): Sentence {
  if (code === 'WRONG_TYPE' && typeof value !== 'object') {
    return {
      it: 'Se è un testo che sembra un numero, metterlo fra virgolette; se è un numero, toglierle.',
      en: 'Put a text that looks like a number in quotes; take the quotes off a number.',
    };
  }
  return { it: 'Correggere il valore.', en: 'Correct the value.' };
}

/** Never repeats the value itself: the same sentences serve files with personal data. */
function describe(issue: Issue, value: unknown): { code: string; says: Sentence } {
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'WRONG_TYPE', says: wrongType(issue.expected, value) };
    case 'too_small':
      return { code: 'OUT_OF_RANGE', says: limit('almeno', 'at least', issue.minimum, issue) };
    case 'too_big':
      return { code: 'OUT_OF_RANGE', says: limit('al più', 'at most', issue.maximum, issue) };
    case 'invalid_value': {
      const allowed = issue.values.map(String).join(', ');
      return {
        code: 'NOT_ALLOWED',
        says: { it: `sono ammessi solo: ${allowed}`, en: `only these are allowed: ${allowed}` },
      };
    }
    case 'invalid_format':
      return {
        code: 'WRONG_FORM',
        says: {
          it: `non ha la forma giusta (${issue.format})`,
          en: `does not have the right form (${issue.format})`,
        },
      };
    case 'custom':
      return { code: 'WRONG_FORM', says: customSentence(issue) };
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return { code: 'NOT_ALLOWED', says: { it: 'valore non ammesso', en: issue.message } };
    default:
      return assertNever(issue);
  }
}

const typeWords: Record<string, Sentence> = {
  string: { it: 'un testo', en: 'a text' },
  number: { it: 'un numero', en: 'a number' },
  int: { it: 'un numero intero', en: 'a whole number' },
  boolean: { it: 'true o false', en: 'true or false' },
  array: { it: 'un elenco', en: 'a list' },
  object: { it: 'un gruppo di voci', en: 'a group of keys' },
  null: { it: 'niente', en: 'nothing' },
};

function wrongType(expected: string, value: unknown): Sentence {
  const seenType = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const wanted = typeWords[expected] ?? { it: expected, en: expected };
  const seen = typeWords[seenType] ?? { it: seenType, en: seenType };
  return { it: `serve ${wanted.it}, c'è ${seen.it}`, en: `${wanted.en} is needed, ${seen.en} is there` };
}

function limit(
  it: string,
  en: string,
  bound: number | bigint,
  issue: { origin: string; inclusive?: boolean | undefined },
): Sentence {
  const excluded = issue.inclusive === false;
  const unitIt = issue.origin === 'array' ? ' elementi' : '';
  const unitEn = issue.origin === 'array' ? ' entries' : '';
  return {
    it: `deve essere ${it} ${bound}${unitIt}${excluded ? ' (escluso)' : ''}`,
    en: `must be ${en} ${bound}${unitEn}${excluded ? ' (not itself)' : ''}`,
  };
}

function customSentence(issue: { params?: Record<string, unknown> | undefined; message: string }): Sentence {
  const { it, en } = issue.params ?? {};
  return {
    it: typeof it === 'string' ? it : 'valore non ammesso',
    en: typeof en === 'string' ? en : issue.message,
  };
}
