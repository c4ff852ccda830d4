/** Reads one YAML text and remembers where everything stands in it. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
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
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, version: '1.2' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const locate: Locate = (path, part = 'value') => placeAt(offsetOf(document, path, part));
  const problems = [...document.errors, ...document.warnings].map((problem) =>
    syntaxFinding(placeAt(problem.pos[0]), problem.code, problem.message),
  );
  const findings = problems.length > 0 ? problems : aliasFindings(document, placeAt);
  if (findings.length > 0) return { name, data: undefined, findings, locate };
  return { name, data: document.toJS(), findings, locate };
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
