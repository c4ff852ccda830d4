/** A Viareggio of bare machines with a copy of the golden cassette (see golden-setup.ts), ready to be restored or damaged. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inject as provided } from 'vitest';
import type { Inventory } from '../../inventory/schema.ts';
import { writeMediumSerial } from '../../lab/cassettes.ts';
import { type Lab, labUp } from '../../lab/lab.ts';
import { type LabSurroundings, labSurroundings } from '../../lab/lucca.ts';
import type { ManifestSummary } from '../../platforms/samba/manifest.ts';
import { copySparse } from './disk-image.ts';
import { useInventory } from './inventory-folder.ts';
import { stateFolder } from './lab-harness.ts';

export type Golden = {
  label: string;
  serial: string;
  image: string;
  secrets: string;
  snapshotId: string;
  manifest: ManifestSummary;
};

export const golden = provided('golden');

export type Viareggio = LabSurroundings & { lab: Lab; inventory: Inventory };

/**
 * A new lab with these Viareggio hosts on and everything at Lucca off, the cassette's copy in its folder and not plugged in.
 * `onProgress` sees what scripts and lab say.
 */
export async function viareggio(
  name: string,
  hosts: readonly string[] = ['vi-dc1', 'vi-fs1'],
  options: {
    dataDiskBytes?: number;
    editInventory?: (folder: string) => void;
    onProgress?: (text: string) => void;
  } = {},
): Promise<Viareggio> {
  const folder = join(stateFolder, 'inventory', name);
  const inventory = await useInventory(folder, ['lu-dc1', 'lu-fs1', ...hosts], options.editInventory);
  const lab = await labUp({
    name,
    inventory,
    ...(options.dataDiskBytes !== undefined && { dataDiskBytes: options.dataDiskBytes }),
  });
  await lab.disaster('D1');
  await copySparse(golden.image, lab.cassetteImagePath(golden.label));
  await writeMediumSerial(lab.cassetteImagePath(golden.label), golden.serial);
  cpSync(golden.secrets, join(lab.directory, 'secrets'), { recursive: true });
  const surroundings = await labSurroundings(lab, options.onProgress ?? (() => undefined));
  return { ...surroundings, lab, inventory };
}
