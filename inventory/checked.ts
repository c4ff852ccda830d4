/** The inventory as a stack found it right, kept as JSON for the scripts that it starts: reading the YAML and every rule again costs each a quarter of a second. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isMissingFile } from '../core/errors.ts';
import { type Inventory, inventorySchema } from './schema.ts';

/** Writes `file` in one piece; an inventory with errors leaves none behind. */
export async function keepChecked(inventory: Promise<Inventory>, file: string): Promise<void> {
  const text = await inventory.then(JSON.stringify, () => undefined);
  if (text === undefined) return await rm(file, { force: true });
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, text);
  await rename(unfinished, file);
}

/** What {@link keepChecked} kept; undefined where there is nothing. */
export async function readChecked(file: string): Promise<Inventory | undefined> {
  try {
    // Read once in a process: code made for the schema would cost more than it saves.
    return inventorySchema.parse(JSON.parse(await readFile(file, 'utf8')), { jitless: true });
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
