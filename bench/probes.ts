/** Suppliers' services seen from eight desks at once, through both lines: with everything in order, and with one line cut. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../lab/lab.ts';
import { labSurroundings } from '../lab/lucca.ts';
import { stateDirectory } from '../platforms/cache.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { probeServices } from '../scripts/probe-services.ts';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';
import { useInventory } from './inventory-folder.ts';

const LAB = 'bench-probes';
const DESKS = 8;
const TARGET_SECONDS = 3;
const SOUND = 'dr, everything in order';
const CUT = 'dr, one line cut';

export async function benchProbes(runs: number, onProgress: (text: string) => void): Promise<Comparison[]> {
  const folder = join(stateDirectory(), LAB);
  await labDown(LAB);
  try {
    const inventory = await useInventory(join(folder, 'inventory'), DESKS);
    const hosts = inventory.hosts.filter(({ kind }) => kind === 'workstation');
    const lab = await labUp({ name: LAB, inventory: { ...inventory, hosts }, onProgress });
    const { context } = await labSurroundings(lab, () => undefined);
    const rows = await compare(
      [contender(SOUND, lab, context, []), contender(CUT, lab, context, ['primary'])],
      runs,
      onProgress,
    );
    return [
      {
        title: `${inventory.endpoints.length} endpoints from ${DESKS} desks through ${inventory.lines.length} lines`,
        notes: [
          'In a program that has begun, each desk over a connection of its own. All desks share one machine with the suppliers.',
        ],
        rows,
        ratios: [
          ratio(`${SOUND}, seconds`, rowOf(rows, SOUND).medianMs / 1000, {
            bound: 'at-most',
            value: TARGET_SECONDS,
          }),
          // A dead line is believed to be dead only after it has been given three seconds.
          ratio(`${CUT}, seconds`, rowOf(rows, CUT).medianMs / 1000),
        ],
      },
    ];
  } finally {
    await labDown(LAB);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With those lines cut, and no result other than it must be. */
function contender(name: string, lab: Lab, context: ScriptContext, cut: readonly string[]): Contender {
  let wrong: string[] = [];
  return {
    name,
    prepare: async () => {
      for (const { id } of context.inventory.lines) await lab.setLine(id, !cut.includes(id));
    },
    work: async () => {
      const { probes } = await probeServices(context, { site: 'viareggio' });
      wrong = probes
        .filter(({ line, outcome }) => outcome !== (cut.includes(line) ? 'FAIL' : 'PASS'))
        .map(({ desk, line, endpoint, evidence }) => `${desk} ${line} ${endpoint}: ${evidence}`);
      return undefined;
    },
    check: async () => {
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
      await Promise.resolve();
    },
  };
}
