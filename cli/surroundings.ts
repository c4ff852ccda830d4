/** Where a verb works: a lab by name, or the real hosts of inventory/local/access.yaml. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { openLab } from '../lab/lab.ts';
import { type LabSurroundings, labSurroundings } from '../lab/lucca.ts';
import { stateDirectory } from '../platforms/cache.ts';
import { loadContext } from '../scripts/context.ts';

export type PlaceFlags = {
  lab?: string | undefined;
  access?: string | undefined;
  secrets?: string | undefined;
  inventory?: string | undefined;
  backend?: string | undefined;
};

/** Adds the options that {@link surroundingsOf} reads. */
export function withPlaceOptions(command: Command): Command {
  return command
    .option('--lab <name>', 'nel laboratorio / in that lab')
    .option('--access <file>', 'come si raggiungono gli host / how hosts are reached (DR_ACCESS)')
    .option('--secrets <dir>', 'cartella dei segreti / folder of secrets (DR_SECRETS)')
    .option('--inventory <dir>', 'inventario / inventory (DR_INVENTORY)');
}

/** Opens the surroundings. @throws DrError LAB_NOT_RUNNING, ACCESS_FILE, INVENTORY_INVALID */
export async function surroundingsOf(
  flags: PlaceFlags,
  onProgress: (text: string) => void,
): Promise<LabSurroundings> {
  if (flags.inventory !== undefined) process.env['DR_INVENTORY'] = flags.inventory;
  const backend = flags.backend ?? process.env['DR_PULUMI_BACKEND'];
  if (flags.lab !== undefined) {
    const found = await labSurroundings(await openLab(flags.lab), onProgress);
    return { ...found, place: { ...found.place, backendUrl: backend } };
  }
  const context = await loadContext(flags, onProgress);
  const environment = Object.fromEntries(
    Object.entries({
      DR_ACCESS: flags.access,
      DR_SECRETS: flags.secrets,
      DR_INVENTORY: flags.inventory,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {
    context,
    place: { directory: join(stateDirectory(), 'pulumi'), backendUrl: backend, environment },
  };
}

/** Progress for people goes to stderr, so that stdout holds the result alone. */
export function tellProgress(text: string): void {
  process.stderr.write(`· ${text}\n`);
}
