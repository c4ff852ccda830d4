/**
 * The levels of a cassette's verification: how long the cheap ones take whatever the size, reading every byte of it against restic's
 * own check and against reading the medium alone, and the restore into the bubble against the restore that the day would see.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from '../cassette/verification.ts';
import { recoverInBubble } from '../lab/bubble.ts';
import type { Access } from '../platforms/access.ts';
import { withHost } from '../platforms/ssh.ts';
import { verify } from '../scripts/verify/verify.ts';
import { type Comparison, type Contender, compare, ratio, rowOf } from './compare.ts';
import { restoreOnSite } from './drill.ts';
import type { Golden } from './golden.ts';
import { runOnLaptop } from './run-on-laptop.ts';
import { type BenchSite, newHardware, secretOf, withSite } from './site.ts';

const CHEAP_TARGET_SECONDS = 1;
const CONTENT_TARGET = 0.95;
const RECOVERY_TARGET = 1.2;
const CHEAP = 'dr presence and freshness';
const CONTENT = 'dr content';
const CHECK = 'restic check --read-data';
const READ = 'reading its files';
const RECOVER = 'dr recoverability';
const RECOVER_FAR = 'dr recoverability, cassette in another machine';
const RESTORE = 'dr restore alone';

/** The levels that leave the machines alone. */
export async function benchLevels(
  golden: Golden,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const rows = await withSite('levels', golden, 1, async (site) => {
    await site.lab.plugCassette(golden.label, site.fileServer);
    return await compare(contenders(site), runs, onProgress);
  });
  const slower = Math.max(rowOf(rows, CHECK).medianMs, rowOf(rows, READ).medianMs);
  return [
    {
      title: `Verification of a cassette with ${Math.round(golden.sizeBytes / 1024 ** 2)} MiB of files`,
      notes: [
        'Page caches dropped before each run. Levels as they time themselves, in a program that has begun.',
      ],
      rows,
      ratios: [
        ratio(`${CHEAP}, seconds`, rowOf(rows, CHEAP).medianMs / 1000, {
          bound: 'at-most',
          value: CHEAP_TARGET_SECONDS,
        }),
        ratio(`Speed, ${CONTENT} / the slower of the others`, slower / rowOf(rows, CONTENT).medianMs, {
          bound: 'at-least',
          value: CONTENT_TARGET,
        }),
      ],
    },
  ];
}

export async function benchRecoverability(
  golden: Golden,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const rows = await withSite(
    'recoverability',
    golden,
    1,
    async (site) => await compare(recoveries(site, onProgress), runs, onProgress),
  );
  return [
    {
      title: `Recoverability of ${Math.round(golden.sizeBytes / 1024 ** 2)} MiB with one desk`,
      notes: [
        'Recoverability: the bubble turned on, domain, files and desk restored and verified, the bubble taken down.',
        'The cassette in another machine: read over SSH and SFTP, as if that machine were none of this one.',
        'The restore alone: the same onto machines that are on, without the verification.',
      ],
      rows,
      ratios: [
        ratio(`${RECOVER} / ${RESTORE}`, rowOf(rows, RECOVER).medianMs / rowOf(rows, RESTORE).medianMs, {
          bound: 'at-most',
          value: RECOVERY_TARGET,
        }),
        ratio(
          `${RECOVER_FAR} / ${RESTORE}`,
          rowOf(rows, RECOVER_FAR).medianMs / rowOf(rows, RESTORE).medianMs,
        ),
      ],
    },
  ];
}

function contenders(site: BenchSite): Contender[] {
  const { label } = site.golden;
  const repository = `/media/${label}/restic`;
  const prepare = async (): Promise<void> => await forgetReadings(site);
  return [
    { name: CHEAP, prepare, work: async () => await levelsMs(site, 'freshness', ['presence', 'freshness']) },
    { name: CONTENT, prepare, work: async () => await levelsMs(site, 'content', ['content']) },
    bare(site, CHECK, prepare, `restic --repo ${repository} --no-cache --no-lock --quiet check --read-data`),
    bare(site, READ, prepare, `find ${repository} -type f -exec cat {} + >/dev/null`),
  ];
}

function recoveries(site: BenchSite, onProgress: (text: string) => void): Contender[] {
  const { label } = site.golden;
  const prepare = async (): Promise<void> => {
    await newHardware(site, [site.controller, site.fileServer, ...site.workstations]);
    await site.lab.plugCassette(label, site.fileServer);
    await forgetReadings(site);
  };
  const { containers: _, ...far } = site.context.access;
  const recovery = (name: string, access: Access): Contender => ({
    name,
    prepare,
    work: async () => {
      const context = { ...site.context, access };
      return await levelsMs({ ...site, context }, 'recoverability', ['recoverability'], onProgress);
    },
  });
  return [
    recovery(RECOVER, site.context.access),
    { ...recovery(RECOVER_FAR, far), once: true },
    { name: RESTORE, prepare, work: restoreOnSite(site, onProgress) },
  ];
}

/** What was read before would count; and by its ledger the cassette is still at Lucca. */
async function forgetReadings({ context, fileServer, golden }: BenchSite): Promise<void> {
  rmSync(context.custody.directory, { recursive: true, force: true });
  await withHost(context.access, fileServer, (host) =>
    host.bash(`rm -f /media/${golden.label}/custody*.jsonl`),
  );
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

/** How long these levels of a whole verification took. @throws Error when one did not PASS */
async function levelsMs(
  site: BenchSite,
  upTo: Level,
  timed: readonly Level[],
  onFigures: (text: string) => void = () => undefined,
): Promise<number> {
  const { label } = site.golden;
  const { results } = await verify(
    site.context,
    { site: 'viareggio', label, upTo, days: 1 },
    recoverInBubble,
  );
  const wrong = results.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome !== 'PASS');
  if (wrong.length > 0) throw new Error(wrong.map(({ id, evidence }) => `${id}: ${evidence}`).join('\n'));
  const counted = results.filter(({ level }) => timed.includes(level));
  onFigures(counted.map(({ level, figures }) => `${level} ${JSON.stringify(figures)}`).join(', '));
  return counted.reduce((sum, one) => sum + one.durationMs, 0);
}

function bare(site: BenchSite, name: string, prepare: Contender['prepare'], command: string): Contender {
  const program = join(site.folder, `${name.replaceAll(/\W+/g, '-')}.sh`);
  const passphrase = secretOf(site, 'cassette-passphrase');
  writeFileSync(program, `export RESTIC_PASSWORD='${passphrase}'\n${command}\nexit\n`, { mode: 0o600 });
  return {
    name,
    prepare,
    work: async () => {
      const ssh = `ssh -F ${site.sshConfig} ${site.fileServer} bash -s <${program}`;
      await runOnLaptop(site, ['bash', '-c', ssh]);
      return undefined;
    },
  };
}
