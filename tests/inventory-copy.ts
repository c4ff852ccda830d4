/** A copy of the real inventory in a folder of its own, for tests that break it. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Finding, Place } from '../inventory/findings.ts';
import { loadInventory } from '../inventory/load.ts';
import type { Inventory } from '../inventory/schema.ts';

export const projectFolder = resolve(import.meta.dirname, '..');
export const inventoryFolder = join(projectFolder, 'inventory');

/** In a replacement, marks the place where the finding must be; it is taken out before the file is written. */
export const marker = '¦';

/** One change of one file: the first occurrence of `find` becomes `replace`; without `find`, `replace` is added at the end. */
export type Change = { file: string; find?: string | RegExp; replace: string };

/** Copies the inventory (without `local/`); the copy goes when the running test ends. */
export function copyInventory(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(inventoryFolder).filter((one) => one.endsWith('.yaml'))) {
    cpSync(join(inventoryFolder, name), join(folder, name));
  }
  return folder;
}

/** Applies a change and gives the places that it marked. */
export function applyChange(folder: string, { file, find, replace }: Change): Place[] {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const old = find === undefined || typeof find === 'string' ? find : find.exec(before)?.[0];
  const at = find === undefined ? before.length : before.indexOf(old ?? '\0');
  if (at === -1) throw new Error(`${file} does not hold: ${find}`);
  const marked = before.slice(0, at) + replace + before.slice(at + (old?.length ?? 0));
  writeFileSync(path, marked.replaceAll(marker, ''));
  return marked.split('\n').flatMap((line, index) => {
    const column = line.indexOf(marker);
    return column === -1 ? [] : [{ file, line: index + 1, column: column + 1 }];
  });
}

/** The findings of a folder, whether it could be loaded or not. */
export async function findingsIn(folder: string): Promise<Finding[]> {
  const outcome = await loadInventory(folder);
  return 'errors' in outcome ? outcome.errors : outcome.findings;
}

/** The inventory of a folder that must be sound. */
export async function soundInventory(
  folder?: string,
): Promise<{ inventory: Inventory; findings: Finding[] }> {
  const outcome = await loadInventory(folder);
  if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors, null, 2));
  return outcome;
}

/** What a test compares: code and place. */
export function codeAndPlace({ code, file, line, column }: Finding): string {
  return `${code} ${file}:${line}:${column}`;
}
