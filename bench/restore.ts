/**
 * Restore throughput: our restore of the shares against restic, rsync and tar alone, from the same cassette to the same disk, with
 * everything that Windows ACLs need (extended attributes, hard links), and on the disk (sync) when the clock stops.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withHost } from '../platforms/ssh.ts';
import { restoreFiles } from '../scripts/restore-files.ts';
import { SHARES_ROOT } from '../scripts/serve-shares.ts';
import { type Comparison, type Contender, compare, type Ratio, type Row, ratio, rowOf } from './compare.ts';
import { type Golden, PLAIN_ARCHIVE, PLAIN_TREE } from './golden.ts';
import { runOnLaptop } from './run-on-laptop.ts';
import { type BenchSite, secretOf, withSite } from './site.ts';

const TARGET = 0.95;
const OURS = 'dr (restoreFiles)';
const RESTIC = 'restic alone';
const COPY = '/srv/copy';

export async function benchRestore(
  golden: Golden,
  runs: number,
  onProgress: (text: string) => void,
): Promise<Comparison[]> {
  const rows = await withSite('restore', golden, 1, async (site) => {
    await site.lab.plugCassette(golden.label, site.fileServer);
    return await compare(contenders(site), runs, onProgress);
  });
  return [
    {
      title: `Restore of ${Math.round(golden.sizeBytes / 1024 ** 2)} MiB in ${golden.entries} entries`,
      notes: [
        'Page caches dropped before each run, the programs themselves in memory; all end with the disk synchronised.',
        ...rows.map((row) => `${row.name}: ${throughput(golden, row).toFixed(0)} MiB/s (median)`),
      ],
      rows,
      ratios: ratios(rows),
    },
  ];
}

function ratios(rows: readonly Row[]): Ratio[] {
  const ours = rowOf(rows, OURS).medianMs;
  const others = rows.filter(({ name }) => name !== OURS);
  const best = others.reduce((one, other) => (other.medianMs < one.medianMs ? other : one));
  return [
    ratio(`Throughput, ${OURS} / the best of the others (${best.name})`, best.medianMs / ours, {
      bound: 'at-least',
      value: TARGET,
    }),
    ratio(`Throughput, ${OURS} / ${RESTIC}`, rowOf(rows, RESTIC).medianMs / ours),
  ];
}

function throughput({ sizeBytes }: Golden, { medianMs }: Row): number {
  return sizeBytes / 1024 ** 2 / (medianMs / 1000);
}

function contenders(site: BenchSite): Contender[] {
  const { label, snapshotId } = site.golden;
  const cassette = `/media/${label}`;
  const restic = `restic --repo ${cassette}/restic --no-cache --no-lock --quiet restore ${snapshotId} --target ${COPY} --include ${SHARES_ROOT}`;
  const others: [name: string, command: string, tree: string][] = [
    [RESTIC, restic, `${COPY}${SHARES_ROOT}`],
    ['rsync -aHAX', `rsync -aHAX ${cassette}/${PLAIN_TREE}/ ${COPY}/`, COPY],
    [
      'tar --xattrs --acls',
      `mkdir ${COPY}; tar --extract --xattrs --xattrs-include='*' --acls --file=${cassette}/${PLAIN_ARCHIVE} --directory=${COPY}`,
      COPY,
    ],
  ];
  const prepare = async (): Promise<void> => await emptyDiskAndCaches(site);
  return [
    {
      name: OURS,
      prepare,
      work: async () => {
        await restoreFiles(site.context, { host: site.fileServer, label, snapshot: snapshotId });
        return undefined;
      },
      check: async () => await sameAsOriginal(site, SHARES_ROOT),
    },
    ...others.map(([name, command, tree], index): Contender => {
      const program = join(site.folder, `copy-${index}.sh`);
      const passphrase = secretOf(site, 'cassette-passphrase');
      writeFileSync(
        program,
        `set -e\nexport RESTIC_PASSWORD='${passphrase}'\n${command}\nsync -f /srv\nexit\n`,
        {
          mode: 0o600,
        },
      );
      return {
        name,
        prepare,
        work: async () => {
          const ssh = `ssh -F ${site.sshConfig} ${site.fileServer} bash -s <${program}`;
          await runOnLaptop(site, ['bash', '-c', ssh]);
          return undefined;
        },
        check: async () => await sameAsOriginal(site, tree),
      };
    }),
  ];
}

/** What earlier runs left is gone, nothing of the cassette is in memory, but the programs are. */
async function emptyDiskAndCaches({ context, fileServer }: BenchSite): Promise<void> {
  await withHost(context.access, fileServer, async (host) => {
    await host.bash(`rm -rf ${COPY} ${SHARES_ROOT} /srv/.dr-*; sync -f /srv`);
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    await host.bash(
      'for program in restic rsync tar jq df findmnt grep tail timeout; do "$program" --version; done >/dev/null 2>&1 || true',
    );
  });
}

/** The restored tree has as many entries, bytes and Windows ACLs as the plain copy on the cassette. */
async function sameAsOriginal({ context, fileServer, golden }: BenchSite, tree: string): Promise<void> {
  await withHost(context.access, fileServer, async (host) => {
    const [original, restored] = [
      await host.bash(digest(`/media/${golden.label}/${PLAIN_TREE}`)),
      await host.bash(digest(tree)),
    ];
    if (original !== restored) throw new Error(`${tree}: ${restored} instead of ${original}`);
  });
}

/** A command line that prints a digest of all kinds, sizes and link targets below `folder`, and the number of Windows ACLs. */
function digest(folder: string): string {
  return `cd ${folder}
find . -printf '%y %P %s %l\\n' | sed 's/^\\(d .*\\) [0-9]* $/\\1/' | sort | sha256sum
getfattr --recursive --physical --match=security.NTACL --dump . 2>/dev/null | grep -c ^security.NTACL`;
}
