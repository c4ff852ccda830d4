/**
 * The tool as one archive that any Debian 12 can unpack without a network: `dpkg-deb --fsys-tarfile ARCHIVE | tar -x -C FOLDER`. It is a
 * Debian package because xz and zstd are not on every Debian, and dpkg-deb, which reads both, is.
 */
import { constants, createReadStream, existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DrError } from '../../core/errors.ts';
import { cacheDirectory, projectDirectory } from '../cache.ts';
import { run } from '../exec.ts';
import { type RemoteHost, shellQuote } from '../ssh.ts';
import { digestOfFiles, sha256, type ToolFile, toolFiles } from './files.ts';

/** What a tool says of itself, in the file {@link TOOL_FILE} at its top. */
const toolSchema = z.strictObject({
  version: z.string(),
  /** SHA-256 over all its files. */
  digest: z.string(),
  /** As `uname -m` names the processor. */
  machine: z.string(),
  unpackedBytes: z.number().int(),
});
export type Tool = z.infer<typeof toolSchema>;

export type ToolArchive = Tool & { file: string; archiveSha256: string; archiveBytes: number };

/** At the top of an unpacked tool. */
export const TOOL_FILE = 'tool.json';

const machines: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Which tool this program is. In an unpacked kit it is written down; in a checkout all files are read (about a second). */
export async function thisTool(): Promise<Tool> {
  const noted = join(projectDirectory(), TOOL_FILE);
  if (existsSync(noted)) return toolSchema.parse(JSON.parse(await readFile(noted, 'utf8')));
  return await describe(await toolFiles());
}

/**
 * The archive of the tool; made once (a minute or so on two processors), then found in the cache.
 * @throws DrError PULUMI_MISSING, KIT_BUILD
 */
export async function toolArchive(onProgress: (text: string) => void): Promise<ToolArchive> {
  const files = await toolFiles();
  const tool = await describe(files);
  const file = join(cacheDirectory(), `tool-${tool.digest.slice(0, 16)}.deb`);
  if (!existsSync(file)) {
    onProgress(
      'Preparo il programma per il kit: circa un minuto, una volta per versione / packing the tool: about a minute, once a version',
    );
    await build(tool, files, file);
  }
  return { ...tool, file, archiveSha256: await sha256(file), archiveBytes: (await stat(file)).size };
}

/**
 * Puts the tool on a host, into `folder` (an absolute path), whole or not at all: what was there is replaced, except its `.state`.
 * Facts and secrets do not come with it.
 */
export async function sendTool(
  host: RemoteHost,
  folder: string,
  onProgress: (text: string) => void,
): Promise<{ changed: boolean; tool: Tool }> {
  const { file, archiveSha256, archiveBytes, ...tool } = await toolArchive(onProgress);
  const target = shellQuote(folder);
  const there = await host.try(`cat ${target}/${TOOL_FILE}`);
  if (there.exitCode === 0 && there.stdout.includes(tool.digest)) return { changed: false, tool };
  onProgress(
    `Invio il programma a ${host.name} / sending the tool (${Math.ceil(archiveBytes / 1024 ** 2)} MiB)`,
  );
  const archive = `${folder}.deb.part`;
  const sent = await host.try(`umask 077; mkdir -p "$(dirname ${target})" && cat > ${shellQuote(archive)}`, {
    stdin: createReadStream(file),
  });
  if (sent.exitCode !== 0) throw new DrError('TOOL_SEND', `${host.name}: ${sent.stderr.trim()}`, 'df -h');
  await host.bash(`
folder=${target} archive=${shellQuote(archive)}
trap 'rm -rf "$archive" "$folder.new"' EXIT
echo '${archiveSha256}' "$archive" | sha256sum --check --quiet
rm -rf "$folder.new"; mkdir -p "$folder.new"
dpkg-deb --fsys-tarfile "$archive" | tar --extract --no-same-owner --directory "$folder.new"
if [ -d "$folder/.state" ]; then mv "$folder/.state" "$folder.new/"; fi
rm -rf "$folder.old"
if [ -e "$folder" ]; then mv "$folder" "$folder.old"; fi
mv "$folder.new" "$folder"
rm -rf "$folder.old"`);
  return { changed: true, tool };
}

async function describe(files: readonly ToolFile[]): Promise<Tool> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(projectDirectory(), 'package.json'), 'utf8')));
  const sizes = await Promise.all(files.map(async ({ source }) => (await lstat(source)).size));
  return {
    version: manifest.version,
    digest: await digestOfFiles(files),
    machine: machines[process.arch] ?? process.arch,
    unpackedBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function build(tool: Tool, files: readonly ToolFile[], target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), 'tool-build-'));
  try {
    const tree = join(work, 'tree');
    await copyTree(files, tree);
    await writeFile(join(tree, TOOL_FILE), `${JSON.stringify(tool)}\n`);
    await mkdir(join(tree, 'DEBIAN'));
    await writeFile(join(tree, 'DEBIAN/control'), control(tool));
    const archive = join(work, 'tool.deb');
    await run('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z3', '--build', tree, archive]);
    await rename(archive, target);
    await removeOthers(target);
  } catch (error) {
    throw new DrError(
      'KIT_BUILD',
      `L'archivio del programma non si è potuto fare. / The tool's archive could not be made. ${error instanceof Error ? error.message : ''}`,
      'Serve dpkg-deb (Debian) e 1 GB libero nella cache (DR_CACHE). / dpkg-deb (Debian) and 1 GB free in the cache are needed.',
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Links stay links; where the disk can, a copy shares its blocks. */
async function copyTree(files: readonly ToolFile[], tree: string): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(tree, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const { source, path } of files) {
    const target = join(tree, path);
    const found = await lstat(source);
    if (found.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, (found.mode & 0o111) === 0 ? 0o644 : 0o755);
    }
  }
}

function control({ version, digest }: Tool): string {
  return `Package: lucca-dr
Version: ${version}
Architecture: all
Maintainer: lucca-dr
Description: disaster recovery tool of the Chamber of Commerce of Lucca
 Made to be unpacked, not installed. Digest ${digest}
`;
}

/** Archives of earlier versions are of no use any more. */
async function removeOthers(target: string): Promise<void> {
  const folder = dirname(target);
  const old = (await readdir(folder)).filter((name) => /^tool-[0-9a-f]{16}\.deb$/.test(name));
  for (const name of old) if (join(folder, name) !== target) await rm(join(folder, name), { force: true });
}
