/** Checks one file against its schema and keeps every entry that is sound, so that one mistake doesn't hide the next. */
import { z } from 'zod';
import type { Finding, Locate } from './findings.ts';
import { issueFindings } from './issues.ts';
import { isGroup, valueAt } from './plain.ts';
import type { Inventory } from './schema.ts';

export type ReadPart = {
  /** The keys that could be read; a list may lack entries. */
  facts: Partial<Inventory>;
  findings: Finding[];
  /** For each list, the index in the file of each entry that was kept. */
  keptIndices: Map<string, number[]>;
};

/** Reads `data` by `shape` (the keys of one file). An unknown key costs only itself, another mistake its list entry. */
export function readEntries(shape: z.ZodRawShape, data: unknown, locate: Locate): ReadPart {
  const schema = z.strictObject(shape);
  const first = schema.safeParse(data, { jitless: true });
  const keptIndices = new Map<string, number[]>();
  if (first.success) return { facts: first.data, findings: [], keptIndices };
  const findings = issueFindings(first.error.issues, data, locate);
  if (!isGroup(data)) return { facts: {}, findings, keptIndices };

  const sound = withoutUnknownKeys(data, first.error.issues);
  const facts = Object.fromEntries(
    Object.entries(shape).flatMap(([key, part]) => {
      const value = dropBrokenEntries(sound[key], part, (kept) => keptIndices.set(key, kept));
      const parsed = z.safeParse(part, value);
      return parsed.success ? [[key, parsed.data]] : [];
    }),
  );
  return { facts, findings, keptIndices };
}

function withoutUnknownKeys(
  data: Record<string, unknown>,
  issues: readonly z.core.$ZodIssue[],
): Record<string, unknown> {
  const copy = structuredClone(data);
  for (const issue of issues) {
    const group = issue.code === 'unrecognized_keys' ? valueAt(copy, issue.path) : undefined;
    if (issue.code !== 'unrecognized_keys' || !isGroup(group)) continue;
    for (const key of issue.keys) Reflect.deleteProperty(group, key);
  }
  return copy;
}

function dropBrokenEntries(
  value: unknown,
  schema: z.core.$ZodType,
  onKept: (kept: number[]) => void,
): unknown {
  const outcome = z.safeParse(schema, value);
  if (outcome.success || !Array.isArray(value)) return value;
  const broken = new Set(outcome.error.issues.map((issue) => issue.path[0]));
  const kept = [...value.keys()].filter((index) => !broken.has(index));
  onKept(kept);
  return kept.map((index) => value[index]);
}
