/** The office files of a lab's file server: names, kinds and sizes as offices have them, the same for the same seed and size. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DrError } from '../core/errors.ts';
import { formatBytes } from '../core/sizes.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { Access } from '../platforms/access.ts';
import { lastLines } from '../platforms/exec.ts';
import { shellQuote, withHost } from '../platforms/ssh.ts';

const DATA_ROOT = '/srv';
/** Where each share's folder is, on the file server. */
export const SHARES_DIRECTORY = `${DATA_ROOT}/shares`;
export const DEFAULT_DATA_BYTES = 200 * 1024 ** 2;
const MINIMUM_BYTES = 8 * 1024 ** 2;
const DEFAULT_SEED = 2026;
/** Statuses of data-tree.py. */
const OTHER_TREE = 17;
const NOT_ENOUGH_SPACE = 28;

export type DataTreeOptions = {
  /** The file server. */
  host: string;
  shares: Inventory['shares'];
  /** What the files hold together; default 200 MiB, at least 8 MiB. */
  sizeBytes?: number;
  seed?: number;
  onProgress?: (text: string) => void;
};

const paths = z.array(z.string());
const dataTreeSchema = z.strictObject({
  /** Hard links counted each, folders with the shares' own. */
  files: z.number(),
  folders: z.number(),
  /** Without the second name of a hard link. */
  bytes: z.number(),
  /** All paths are relative to {@link SHARES_DIRECTORY}. */
  bigFile: z.string(),
  /** To be marked by Samba, which keeps DOS attributes in `user.DOSATTRIB`. */
  readOnly: paths,
  hidden: paths,
  hardLinks: z.array(z.tuple([z.string(), z.string()])),
  emptyFolders: paths,
  longPaths: paths,
  /** False when the tree was there already. */
  changed: z.boolean(),
});
export type DataTree = z.infer<typeof dataTreeSchema>;

/** The size of data disk that holds such a tree, its copies for an exercise, and room to work. */
export function dataDiskBytesFor(treeBytes: number): number {
  return Math.max(8 * 1024 ** 3, treeBytes * 3);
}

/**
 * Writes the tree under /srv/shares of the file server. Run again it changes nothing; after an interruption it begins anew over
 * the same names.
 * @throws DrError DATA_SIZE (too small), DATA_DISK_FULL, DATA_TREE_DIFFERS (another seed, size or inventory), DATA_TREE
 */
export async function generateDataTree(access: Access, options: DataTreeOptions): Promise<DataTree> {
  const { host, shares, sizeBytes = DEFAULT_DATA_BYTES, seed = DEFAULT_SEED, onProgress } = options;
  if (sizeBytes < MINIMUM_BYTES) throw tooSmall(sizeBytes);
  const program = await readFile(join(import.meta.dirname, 'data-tree.py'), 'utf8');
  const spec = { root: DATA_ROOT, seed, sizeBytes, shares: shares.map(shareSpec) };
  let said = '';
  const outcome = await withHost(access, host, (remote) =>
    remote.try(`python3 - ${shellQuote(JSON.stringify(spec))}`, {
      stdin: program,
      onStderr: (chunk) => {
        said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
        onProgress?.(progressText(said, sizeBytes));
      },
    }),
  );
  switch (outcome.exitCode) {
    case 0:
      return dataTreeSchema.parse(JSON.parse(outcome.stdout));
    case NOT_ENOUGH_SPACE:
      throw diskFull(host, sizeBytes);
    case OTHER_TREE:
      throw differs(host);
    default:
      throw failed(host, said);
  }
}

function shareSpec({ folder, folders }: Inventory['shares'][number]): { folder: string; folders: string[] } {
  return { folder, folders: folders.map(({ path }) => path) };
}

/** The script says `3/9 folder: bytes so far` after each share. */
function progressText(said: string, sizeBytes: number): string {
  const [, shares, doneBytes] = /^(\d+\/\d+) .*: (\d+)$/.exec(lastLines(said, 1)) ?? [];
  return `File degli uffici / office files: ${shares ?? '...'} (${formatBytes(Number(doneBytes ?? 0))} / ${formatBytes(sizeBytes)})`;
}

function tooSmall(sizeBytes: number): DrError {
  return new DrError(
    'DATA_SIZE',
    `${formatBytes(sizeBytes)} sono troppo pochi per i file degli uffici. / That is too little for the office files.`,
    `Chiederne almeno ${formatBytes(MINIMUM_BYTES)}. / Ask for at least that much.`,
  );
}

function diskFull(host: string, sizeBytes: number): DrError {
  return new DrError(
    'DATA_DISK_FULL',
    `Il disco dati di ${host} non ha posto per ${formatBytes(sizeBytes)} di file. / The data disk has no room for that amount of files.`,
    'Rifare il laboratorio con la stessa --data, che sceglie anche il disco: "dr lab down", poi "dr lab up --data DIMENSIONE". / Make the lab anew with that --data, which sets the disk too.',
  );
}

function differs(host: string): DrError {
  return new DrError(
    'DATA_TREE_DIFFERS',
    `Su ${host} ci sono già file degli uffici fatti con altre misure o un altro inventario. / Other office files are already there, of another size or inventory.`,
    'Tenerli, o rifare il laboratorio: "dr lab down", poi "dr lab up --data DIMENSIONE". / Keep them, or make the lab anew.',
  );
}

function failed(host: string, said: string): DrError {
  return new DrError(
    'DATA_TREE',
    `I file degli uffici su ${host} non si sono potuti scrivere. / The office files could not be written: ${lastLines(said, 3)}`,
    'Leggere il messaggio qui sopra, poi ripetere: si riprende dagli stessi nomi. / Read the message, then run again.',
  );
}
