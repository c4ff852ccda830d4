import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DrError } from '../core/errors.ts';
import { keepChecked, readChecked } from '../inventory/checked.ts';
import { requireInventory } from '../inventory/load.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dr-checked-'));
  file = join(folder, 'inventory.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('what a stack has checked reads back as it was, and nothing else lies beside it', async () => {
  await keepChecked(requireInventory(), file);
  expect(await readChecked(file)).toEqual(await requireInventory());
  expect(readdirSync(folder)).toEqual(['inventory.json']);
});

test('an inventory with errors leaves no older one in its place', async () => {
  await keepChecked(requireInventory(), file);
  await keepChecked(Promise.reject(new DrError('INVENTORY_INVALID', 'it / en', 'it / en')), file);
  expect(await readChecked(file)).toBeUndefined();
});

test('one that was tampered with is not taken', async () => {
  writeFileSync(file, '{"sites": []}');
  await expect(readChecked(file)).rejects.toThrow();
});
