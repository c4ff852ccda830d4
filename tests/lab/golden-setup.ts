/**
 * Built once for a whole test run: a Lucca with a few megabytes of office files, backed up to one cassette. Tests restore from
 * copies of that cassette, so that no test waits for a Lucca of its own. `DR_TEST_GOLDEN` keeps it between runs, for developers.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Inventory } from '../../inventory/schema.ts';
import type { Lab } from '../../lab/lab.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { copySparse } from './disk-image.ts';
import type { Golden } from './golden.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    golden: Golden;
  }
}

export const LABEL = 'LUCCA-DR-A';
const SERIAL = 'LDR-0001';
const SIZE_BYTES = 12 * 1024 ** 2;

export default async function setup(project: TestProject): Promise<() => void> {
  const kept = process.env['DR_TEST_GOLDEN'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'dr-golden-'));
  if (!existsSync(join(folder, 'golden.json'))) await build(folder);
  project.provide('golden', JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden);
  return () => {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
}

async function build(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const harness = await import('./lab-harness.ts');
  const { labUp } = await import('../../lab/lab.ts');
  const { buildLucca, labSurroundings } = await import('../../lab/lucca.ts');
  const { backup } = await import('../../scripts/backup.ts');
  const { useInventory } = await import('./inventory-folder.ts');
  const inventory = await useInventory(join(harness.stateFolder, 'inventory'), [
    'lu-dc1',
    'lu-fs1',
    'vi-dc1',
    'vi-fs1',
  ]);
  try {
    const lab = await labUp({ name: 'golden', inventory });
    await buildLucca(lab, inventory, SIZE_BYTES, () => undefined);
    await lab.createCassetteDisk({ label: LABEL, serial: SERIAL, sizeBytes: 256 * 1024 ** 2 });
    await lab.plugCassette(LABEL, 'lu-fs1');
    const { context } = await labSurroundings(lab, () => undefined);
    const taken = await backup(context, { fileServer: 'lu-fs1', controller: 'lu-dc1', label: LABEL });
    await carryToViareggio(lab, context, inventory);
    const golden: Golden = {
      label: LABEL,
      serial: SERIAL,
      image: join(folder, 'cassette.img'),
      secrets: join(folder, 'secrets'),
      snapshotId: taken.snapshotId,
      manifest: taken.manifest,
    };
    await copySparse(lab.cassetteImagePath(LABEL), golden.image);
    cpSync(join(lab.directory, 'secrets'), golden.secrets, { recursive: true });
    writeFileSync(join(folder, 'golden.json'), JSON.stringify(golden));
  } finally {
    await harness.removeEverything();
    // The workers that run the tests inherit this process's environment.
    delete process.env['DR_INVENTORY'];
    delete process.env['DR_STATE'];
  }
}

/** By the ledger too: what is verified at Viareggio has to be there. */
async function carryToViareggio(lab: Lab, context: ScriptContext, inventory: Inventory): Promise<void> {
  const { receiveCassette, sendCassette } = await import('../../scripts/custody.ts');
  const by = inventory.sites.find(({ id }) => id === 'viareggio')?.keysHeldByRoles[0] ?? '';
  await sendCassette(context, { label: LABEL, from: 'lucca', to: 'viareggio', by });
  await lab.unplugCassette(LABEL);
  await lab.plugCassette(LABEL, 'vi-fs1');
  await receiveCassette(context, { label: LABEL, site: 'viareggio', by });
  await lab.unplugCassette(LABEL);
}
