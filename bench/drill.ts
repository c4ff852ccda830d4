/**
 * The drill's machine time against the same work as one bare shell sequence: isolation proof, files, domain, file server, four desks.
 * Both begin with machines as they come out of the box and the cassette plugged in, and both must pass the drill's verification,
 * which is not timed: it is ours in both cases.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { verifyRestore } from '../scripts/verify-restore.ts';
import { prepareBare } from './bare.ts';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';
import type { Golden } from './golden.ts';
import { runOnLaptop } from './run-on-laptop.ts';
import { type BenchSite, newHardware, withSite } from './site.ts';

const TARGET = 1.1;
const DESKS = 4;
const OURS = 'dr (restoreSite)';
const BARE = 'bare shell sequence';

export async function benchDrill(
  golden: Golden,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const rows = await withSite('drill', golden, DESKS, async (site) => {
    const bareFolder = prepareBare(site);
    const prepare = async (): Promise<void> => {
      await newHardware(site, [site.controller, site.fileServer, ...site.workstations]);
      await site.lab.plugCassette(golden.label, site.fileServer);
    };
    const check = async (): Promise<void> => await verifyPasses(site);
    const contenders: Contender[] = [
      { name: OURS, prepare, work: restoreOnSite(site, onProgress), check },
      {
        name: BARE,
        prepare,
        work: async () => {
          await runOnLaptop(site, ['bash', join(import.meta.dirname, 'bare', 'restore-site.sh'), bareFolder]);
          return undefined;
        },
        check,
      },
    ];
    return await compare(contenders, runs, onProgress);
  });
  return [
    {
      title: `Drill: from bare machines to a restored site with ${DESKS} desks, ${megabytes(golden)} of files`,
      notes: [
        'From "restore started" to the end of the Pulumi up; verification (all PASS, both) is not in the time.',
        "Ours with the engine's library loaded, as by an earlier step of a run; the sequence's files lie ready.",
      ],
      rows,
      ratios: [
        ratio(`${OURS} / ${BARE}`, rowOf(rows, OURS).medianMs / rowOf(rows, BARE).medianMs, {
          bound: 'at-most',
          value: TARGET,
        }),
      ],
    },
  ];
}

/** Each run in a process and a Pulumi state of its own; it tells how long the restore took without its own start. */
export function restoreOnSite(site: BenchSite, onProgress: (text: string) => void): () => Promise<number> {
  let run = 0;
  return async () => {
    run += 1;
    const { label, snapshotId } = site.golden;
    const answer = await runOnLaptop(site, [
      process.execPath,
      join(import.meta.dirname, 'restore-site.ts'),
      join(site.folder, `run-${run}`),
      label,
      snapshotId,
      site.fileServer,
    ]);
    const { restoreMs, steps } = timelineSchema.parse(JSON.parse(answer));
    onProgress(timeline(steps));
    return restoreMs;
  };
}

const timelineSchema = z.object({
  restoreMs: z.number(),
  steps: z.array(z.object({ step: z.string(), event: z.string(), atMs: z.number() })),
});

/** When each step began and ended, in seconds since "restore started". */
function timeline(steps: z.infer<typeof timelineSchema>['steps']): string {
  const seconds = (step: string, event: string): string => {
    const found = steps.find((one) => one.step === step && one.event === event);
    return found === undefined ? '?' : (found.atMs / 1000).toFixed(1);
  };
  return [...new Set(steps.map(({ step }) => step))]
    .map((step) => `${step} ${seconds(step, 'step-started')}-${seconds(step, 'step-finished')}`)
    .join(', ');
}

/** @throws Error naming every check of the restored site that is no PASS */
export async function verifyPasses(site: BenchSite): Promise<void> {
  const { checks } = await verifyRestore(site.context, {
    site: 'viareggio',
    label: site.golden.label,
    snapshot: site.golden.snapshotId,
  });
  const wrong = checks.filter(({ outcome }) => outcome !== 'PASS');
  if (wrong.length > 0) throw new Error(wrong.map(({ id, evidence }) => `${id}: ${evidence}`).join('\n'));
}

function megabytes({ sizeBytes, entries }: Golden): string {
  return `${Math.round(sizeBytes / 1024 ** 2)} MiB in ${entries} entries`;
}
