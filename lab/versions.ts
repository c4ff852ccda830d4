/** The versions that a drill's report names: ours, and those of the programs in the lab's hosts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PULUMI_VERSION, projectDirectory, toolPaths } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { newerRestic, requireImage } from './requirements.ts';

/** Program name to version. */
export async function drillVersions(): Promise<Record<string, string>> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(projectDirectory(), 'package.json'), 'utf8')));
  const image = requireImage();
  const [commit, packages, restic] = await Promise.all([
    tryRun('git', ['-C', projectDirectory(), 'rev-parse', '--short', 'HEAD']),
    imagePackages(image, ['samba', 'restic', 'systemd']),
    newerRestic(),
  ]);
  return {
    dr: commit.exitCode === 0 ? `${manifest.version} (${commit.stdout.trim()})` : manifest.version,
    node: process.versions.node,
    pulumi: PULUMI_VERSION,
    'command provider': toolPaths().commandProvider,
    debian: (await readFile(join(image, 'etc/debian_version'), 'utf8')).trim(),
    ...packages,
    ...(restic !== undefined && { restic: (await tryRun(restic, ['version'])).stdout.split(' ')[1] ?? '?' }),
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
