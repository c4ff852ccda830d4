/** The versions that a drill's report names: ours, and those of the programs in the lab's hosts. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { labImageDirectory, PULUMI_VERSION, projectDirectory, toolPaths } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { newerRestic } from './requirements.ts';

/** Program name to version. */
export async function drillVersions(): Promise<Record<string, string>> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(projectDirectory(), 'package.json'), 'utf8')));
  const [commit, image, restic] = await Promise.all([commitOfProject(), imageVersions(), newerRestic()]);
  return {
    dr: commit === undefined ? manifest.version : `${manifest.version} (${commit})`,
    node: process.versions.node,
    pulumi: PULUMI_VERSION,
    'command provider': toolPaths().commandProvider,
    ...image,
    ...(restic !== undefined && { restic: (await tryRun(restic, ['version'])).stdout.split(' ')[1] ?? '?' }),
  };
}

/** Undefined in an unpacked kit, and where there is no git. */
async function commitOfProject(): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await tryRun('git', [
      '-C',
      projectDirectory(),
      'rev-parse',
      '--short',
      'HEAD',
    ]);
    return exitCode === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** On the day, on a bare machine, there is no lab and no image of its hosts. */
async function imageVersions(): Promise<Record<string, string>> {
  const image = process.env['DR_LAB_IMAGE'] || labImageDirectory();
  if (!existsSync(join(image, 'etc/debian_version'))) return {};
  return {
    debian: (await readFile(join(image, 'etc/debian_version'), 'utf8')).trim(),
    ...(await imagePackages(image, ['samba', 'restic', 'systemd'])),
  };
}

async function imagePackages(image: string, names: readonly string[]): Promise<Record<string, string>> {
  const { stdout } = await tryRun('dpkg-query', [
    `--admindir=${join(image, 'var/lib/dpkg')}`,
    '--show',
    '--showformat=${Package}\\t${Version}\\n',
    ...names,
  ]);
  const lines = stdout.trim().split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => line.split('\t')).map(([name, version]) => [String(name), String(version)]),
  );
}
