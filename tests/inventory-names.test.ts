/** The tables of names and references: each row finds what it is there for, and none has gone stale. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Path, Place } from '../inventory/findings.ts';
import { isGroup, valueAt } from '../inventory/plain.ts';
import {
  danglingFindings,
  duplicateFindings,
  matches,
  referenceRules,
  uniqueRules,
} from '../inventory/references.ts';
import { inventoryFolder } from './inventory-copy.ts';

const raw: Record<string, unknown> = Object.assign(
  {},
  ...readdirSync(inventoryFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => parse(readFileSync(join(inventoryFolder, name), 'utf8')) as unknown),
);

/** The path stands for the place. */
function pathAsPlace(path: Path): Place {
  return { file: path.join('.'), line: 1, column: 1 };
}

/** A copy of the inventory's plain values with one of them replaced. */
function withValue(path: Path, value: unknown): Record<string, unknown> {
  const copy = structuredClone(raw);
  const last = path.at(-1) ?? '';
  const parent = valueAt(copy, path.slice(0, -1));
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isGroup(parent)) parent[String(last)] = value;
  return copy;
}

test('the real inventory has no name twice and no reference to nothing', () => {
  expect(duplicateFindings(raw, pathAsPlace)).toEqual([]);
  expect(danglingFindings(raw, pathAsPlace)).toEqual([]);
});

describe('a reference to nothing', () => {
  test.each(referenceRules)('$pattern', ({ pattern }) => {
    const [first] = matches(raw, pattern);
    expect(first).toBeDefined();
    const findings = danglingFindings(withValue(first?.path ?? [], 'nowhere'), pathAsPlace);
    expect(findings.map(({ code, file }) => `${code} ${file}`)).toContain(
      `UNKNOWN_REFERENCE ${first?.path.join('.')}`,
    );
  });
});

describe('a name twice', () => {
  const rows = uniqueRules.flatMap(({ patterns }) => patterns.map((pattern) => ({ pattern })));

  test.each(rows)('$pattern', ({ pattern }) => {
    const [first] = matches(raw, pattern);
    const position = first?.path.findLastIndex((step) => typeof step === 'number') ?? -1;
    const list = valueAt(raw, first?.path.slice(0, position) ?? []);
    if (first === undefined || !Array.isArray(list)) throw new Error(`${pattern} leads nowhere`);
    const doubled = withValue(first.path.slice(0, position), [...list, list[Number(first.path[position])]]);
    const second = first.path.with(position, list.length).join('.');
    const findings = duplicateFindings(doubled, pathAsPlace);
    expect(findings.map(({ file }) => file)).toContain(second);
  });

  test('in one name space, though from different lists', () => {
    const account = matches(raw, 'offices.*.accounts.*')[0];
    const doubled = withValue(['groups', 0, 'name'], String(account?.value).toUpperCase());
    expect(duplicateFindings(doubled, pathAsPlace)).toHaveLength(1);
  });

  test('but not in two shares: each has folders of its own', () => {
    const folders = matches(raw, 'shares.*.folders.*.path').filter(({ path }) => path[1] === 1);
    const same = withValue(['shares', 0, 'folders', 0, 'path'], folders[0]?.value);
    expect(duplicateFindings(same, pathAsPlace)).toEqual([]);
  });
});
