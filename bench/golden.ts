/** The cassette that every benchmark starts from: one Lucca of the asked size is made, backed up and taken down again. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dataDiskBytesFor, SHARES_DIRECTORY } from '../lab/data.ts';
import { labDown, labUp } from '../lab/lab.ts';
import { buildLucca, labSurroundings } from '../lab/lucca.ts';
import { run } from '../platforms/exec.ts';
import { withHost } from '../platforms/ssh.ts';
import { backup } from '../scripts/backup.ts';
import { useInventory } from './inventory-folder.ts';

const goldenSchema = z.strictObject({
  label: z.string(),
  /** Whether the application servers were backed up too. */
  applications: z.boolean(),
  image: z.string(),
  secrets: z.string(),
  snapshotId: z.string(),
  entries: z.number(),
  sizeBytes: z.number(),
});
export type Golden = z.infer<typeof goldenSchema>;

export type Wanted = {
  /** The shares as plain files and as one archive beside the repository. */
  plain?: boolean;
  /** With the application servers. */
  applications?: boolean;
};

const LABEL = 'LUCCA-DR-A';
const LAB = 'bench-lucca';
/** On the cassette beside the repository, for the programs that copy without one. */
export const PLAIN_TREE = 'plain';
export const PLAIN_ARCHIVE = 'plain.tar';
const COPIES = 4;
const CASSETTE_MINIMUM_BYTES = 512 * 1024 ** 2;

/**
 * Makes the cassette; disposing deletes it. With DR_BENCH_GOLDEN (a folder, for those who work on a benchmark) it is kept and
 * used again.
 */
export async function goldenCassette(
  dataBytes: number,
  onProgress: (text: string) => void,
  wanted: Wanted = {},
): Promise<Golden & Disposable> {
  const kept = process.env['DR_BENCH_GOLDEN'];
  const { plain = false, applications = false } = wanted;
  const folder = kept
    ? join(
        kept,
        [dataBytes, ...(plain ? ['plain'] : []), ...(applications ? ['applications'] : [])].join('-'),
      )
    : mkdtempSync(join(tmpdir(), 'dr-bench-'));
  const remove = (): void => {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  const record = join(folder, 'golden.json');
  try {
    if (!existsSync(record))
      writeFileSync(
        record,
        JSON.stringify(await build(folder, dataBytes, { plain, applications }, onProgress)),
      );
    const golden = goldenSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
    return { ...golden, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function build(
  folder: string,
  dataBytes: number,
  { plain, applications }: Required<Wanted>,
  onProgress: (text: string) => void,
): Promise<Golden> {
  mkdirSync(folder, { recursive: true });
  const inventory = await useInventory(join(folder, 'inventory'), 1, applications);
  await labDown(LAB);
  try {
    const lab = await labUp({ name: LAB, inventory, dataDiskBytes: dataDiskBytesFor(dataBytes), onProgress });
    await buildLucca(lab, inventory, dataBytes, onProgress);
    await lab.createCassetteDisk({
      label: LABEL,
      serial: 'LDR-0001',
      sizeBytes: CASSETTE_MINIMUM_BYTES + dataBytes * COPIES,
    });
    await lab.plugCassette(LABEL, 'lu-fs1');
    const { context } = await labSurroundings(lab, onProgress);
    const taken = await backup(context, { fileServer: 'lu-fs1', controller: 'lu-dc1', label: LABEL });
    if (plain)
      await withHost(
        context.access,
        'lu-fs1',
        async (host) => await host.bash(plainCopies(`/media/${LABEL}`)),
      );
    await lab.unplugCassette(LABEL);
    const golden: Golden = {
      label: LABEL,
      applications,
      image: join(folder, 'cassette.img'),
      secrets: join(folder, 'secrets'),
      snapshotId: taken.snapshotId,
      entries: taken.manifest.entries,
      sizeBytes: taken.manifest.sizeBytes,
    };
    await copySparse(lab.cassetteImagePath(LABEL), golden.image);
    cpSync(join(lab.directory, 'secrets'), golden.secrets, { recursive: true });
    return golden;
  } finally {
    await labDown(LAB);
  }
}

function plainCopies(cassette: string): string {
  return `
rsync -aHAX ${SHARES_DIRECTORY}/ ${cassette}/${PLAIN_TREE}/
tar --create --xattrs --xattrs-include='*' --acls --file=${cassette}/${PLAIN_ARCHIVE} --directory=${SHARES_DIRECTORY} .
sync -f ${cassette}`;
}

/** Copies a disk image without filling its holes. */
export async function copySparse(from: string, to: string): Promise<void> {
  await run('cp', ['--sparse=always', '--reflink=auto', from, to]);
}
