/** Reads one YAML text and remembers where everything stands in it. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { type Finding, finding, type Locate, type Path, type Place } from './findings.ts';

export type YamlFile = {
  name: string;
  /** Plain values; undefined when the text is not YAML, so that nobody checks half a file. */
  data: unknown;
  findings: Finding[];
  locate: Locate;
};

/** Parses `text`; every syntax error, duplicate key and unknown tag is a finding with its place in `name`. */
export function parseYamlFile(name: string, text: string): YamlFile {
  const document = parseDocument(text, { prettyErrors: false, version: '1.2' });
  const starts = lineStarts(text);
  const placeAt = (offset: number): Place => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { file: name, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
  const locate: Locate = (path, part = 'value') => placeAt(offsetOf(document, path, part));
  const problems = firstOfEachLine(
    [...document.errors, ...document.warnings].map((problem) =>
      syntaxFinding(placeAt(problem.pos[0]), problem.code, problem.message),
    ),
  );
  const findings = problems.length > 0 ? problems : aliasFindings(document, placeAt);
  if (findings.length > 0) return { name, data: undefined, findings, locate };
  return { name, data: document.toJS(), findings, locate };
}

/** One stray bracket makes the parser stumble over every word behind it: the first of a kind in a line says enough. */
function firstOfEachLine(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (found, index) =>
      findings.findIndex(({ line, code }) => line === found.line && code === found.code) === index,
  );
}

/** Offsets at which lines begin. The parser's own LineCounter loses line ends after some syntax errors. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** The conversion to plain values refuses what the parser lets pass: an alias to nothing, aliases that unfold without end. */
function aliasFindings(document: Document, placeAt: (offset: number) => Place): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      findings.push(
        syntaxFinding(placeAt(alias.range?.[0] ?? 0), 'BAD_ALIAS', `nothing is called &${alias.source}`),
      );
    },
  });
  if (findings.length > 0) return findings;
  try {
    document.toJS();
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [syntaxFinding(placeAt(0), 'BAD_ALIAS', reason)];
  }
}

function syntaxFinding(place: Place, parserCode: string, reason: string): Finding {
  const duplicate = parserCode === 'DUPLICATE_KEY';
  return finding(
    'error',
    duplicate ? 'DUPLICATE_KEY' : 'YAML_SYNTAX',
    place,
    duplicate
      ? { it: 'questa voce compare due volte nello stesso gruppo', en: 'this key stands twice in one group' }
      : { it: `non è YAML valido (${parserCode})`, en: `not valid YAML: ${reason}` },
    {
      it: 'Guardare rientri, due punti, virgolette e parentesi in questa riga e in quella prima.',
      en: 'Look at indents, colons, quotes and brackets in this line and the one before.',
    },
  );
}

function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const wantsKey = part === 'key' && index === path.length - 1;
    const next = isMap(container)
      ? mapStep(container, step, wantsKey)
      : isSeq(container)
        ? container.items[Number(step)]
        : undefined;
    if (next === undefined) return offset;
    node = next;
    offset = startOf(next) ?? offset;
  }
  return offset;
}

function mapStep(map: YAMLMap, step: string | number, wantsKey: boolean): unknown {
  const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined) return undefined;
  return wantsKey ? pair.key : (pair.value ?? pair.key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
