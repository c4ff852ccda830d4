/**
 * Which files make the tool that works without a network: the project's own, npm's production packages with Node and Postgres, and
 * Pulumi's engine. Neither the language host nor the official command provider: 21 MiB that `dr` can do without (it has its own).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { PULUMI_VERSION, projectDirectory, toolPaths } from '../cache.ts';
import { completeLibraries } from '../postgres-package.ts';

/** A file of the tool: where it lies here, and where in the unpacked tool. */
export type ToolFile = { source: string; path: string };

/** Rooms and files that the program needs. The inventory's facts travel encrypted, so only its code is taken (see {@link isPublic}). */
const PROJECT = [
  'bin',
  'cassette',
  'cli',
  'core',
  'docs',
  'inventory',
  'kit',
  'lab',
  'platforms',
  'report',
  'runbooks',
  'scripts',
  'setup',
  'stacks',
  'package.json',
  'package-lock.json',
  'Pulumi.yaml',
  'README.md',
];

/** Where the unpacked tool finds Pulumi: its cache (platforms/cache.ts). */
export const CARRIED_TOOLS = 'tools';

/** What only compilers and people who read source code use: a third of what npm brings. */
const unneeded = [
  /\.map$/,
  /\.d\.[mc]?ts$/,
  /\/CHANGELOG\.md$/,
  /^node_modules\/node-linux-[^/]+\/(include|share)\//,
  /\.a$/,
];

/** Every file and link of the tool, in the order of their paths. @throws DrError PULUMI_MISSING */
export async function toolFiles(): Promise<ToolFile[]> {
  const root = projectDirectory();
  // Made at Postgres's first start they would change the tool, and with it every kit, without a change of the program.
  completeLibraries();
  const own = await Promise.all(PROJECT.map(async (name) => await filesBelow(root, name)));
  const npm = await Promise.all(
    (await productionPackages()).map(async (name) => await packageFiles(root, name)),
  );
  const pulumi = {
    source: toolPaths().pulumi,
    path: `${CARRIED_TOOLS}/pulumi-${PULUMI_VERSION}/bin/pulumi`,
  };
  const node = { source: join(root, 'node_modules/.bin/node'), path: 'node_modules/.bin/node' };
  const listing = { source: join(root, LISTING), path: LISTING };
  return [...own.flat().filter(isPublic), ...npm.flat().filter(isNeeded), node, listing, pulumi].toSorted(
    (a, b) => (a.path < b.path ? -1 : 1),
  );
}

/** SHA-256 over every path, mode and content: two trees with the same digest are the same tool. */
export async function digestOfFiles(files: readonly ToolFile[]): Promise<string> {
  const digest = createHash('sha256');
  for (const { source, path } of files) {
    const found = await lstat(source);
    const content = found.isSymbolicLink() ? `-> ${await readlink(source)}` : await sha256(source);
    digest.update(`${path}\0${(found.mode & 0o111) === 0 ? 'file' : 'program'}\0${content}\n`);
  }
  return digest.digest('hex');
}

/** SHA-256 of a file, read as a stream. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Facts about the office and everything of `inventory/local` but its templates are no part of the public program. */
function isPublic({ path }: ToolFile): boolean {
  if (path.startsWith('docs/')) return path.endsWith('.md');
  if (!path.startsWith('inventory/')) return true;
  return path.endsWith('.ts') || /^inventory\/local\/(README\.md|[a-z]+\.template\.yaml)$/.test(path);
}

function isNeeded({ path }: ToolFile): boolean {
  return !unneeded.some((pattern) => pattern.test(path));
}

/** npm's own list of what lies in node_modules. */
const LISTING = 'node_modules/.package-lock.json';
const listingSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
});

async function productionPackages(): Promise<string[]> {
  const text = await readFile(join(projectDirectory(), LISTING), 'utf8');
  const { packages } = listingSchema.parse(JSON.parse(text));
  return Object.entries(packages)
    .filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true)
    .map(([path]) => path);
}

/** Without the packages that lie in it: those have entries of their own. An optional one of another processor is not there. */
async function packageFiles(root: string, path: string): Promise<ToolFile[]> {
  const names = await readdir(join(root, path)).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name !== 'node_modules')
      .map(async (name) => await filesBelow(root, join(path, name))),
  );
  return found.flat();
}

async function filesBelow(root: string, path: string): Promise<ToolFile[]> {
  const source = join(root, path);
  if (!(await lstat(source)).isDirectory()) return [{ source, path }];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ source: file, path: join(path, file.slice(source.length + 1)) }));
}
