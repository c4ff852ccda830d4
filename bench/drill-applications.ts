/**
 * What the application services cost the drill: the same cassette restored on the same machines, once with the application server in the
 * inventory and once without. Each run must pass the drill's verification, which is not timed.
 */
import { join } from 'node:path';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';
import { restoreOnSite, verifyPasses } from './drill.ts';
import { goldenCassette } from './golden.ts';
import { useInventory } from './inventory-folder.ts';
import { type BenchSite, newHardware, withSite } from './site.ts';

const DESKS = 4;
const WITH = 'with both services';
const WITHOUT = 'without';

export async function benchDrillApplications(
  dataBytes: number,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  using golden = await goldenCassette(dataBytes, onProgress, { applications: true });
  const rows = await withSite('applications', golden, DESKS, async (site) => {
    const without = await withoutApplications(site);
    return await compare(
      [contender(WITH, site, site, onProgress), contender(WITHOUT, site, without, onProgress)],
      runs,
      onProgress,
    );
  });
  const [longer, shorter] = [rowOf(rows, WITH).medianMs, rowOf(rows, WITHOUT).medianMs];
  return [
    {
      title: `Drill with and without the application server, ${DESKS} desks`,
      notes: [
        'From "restore started" to the end of the Pulumi up; each run printed when its steps began and ended, in seconds.',
        `The application server lengthens it by ${((longer - shorter) / 1000).toFixed(1)} s.`,
      ],
      rows,
      ratios: [ratio(`${WITH} / ${WITHOUT}`, longer / shorter)],
    },
  ];
}

/** The same site as an inventory sees it that knows of no application. */
async function withoutApplications(site: BenchSite): Promise<BenchSite> {
  const folder = join(site.folder, 'without-applications');
  const inventory = await useInventory(join(folder, 'inventory'), DESKS);
  return {
    ...site,
    inventory,
    folder,
    context: { ...site.context, inventory },
    environment: { ...site.environment, DR_INVENTORY: join(folder, 'inventory') },
  };
}

/** `lab`: the site with all its machines; `seen`: as this contender's inventory has it. */
function contender(
  name: string,
  lab: BenchSite,
  seen: BenchSite,
  onProgress: (text: string) => void,
): Contender {
  const servers = [lab.controller, lab.fileServer, lab.applicationServer].filter((one) => one !== undefined);
  return {
    name,
    prepare: async () => {
      await newHardware(lab, [...servers, ...lab.workstations]);
      await lab.lab.plugCassette(lab.golden.label, lab.fileServer);
    },
    work: restoreOnSite(seen, onProgress),
    check: async () => await verifyPasses(seen),
  };
}
