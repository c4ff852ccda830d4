/** Small real programs, archives and kits from which the set-up can choose. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { PULUMI_VERSION } from '../platforms/cache.ts';
import { run } from '../platforms/exec.ts';
import type { Progress } from '../setup/stage.ts';
import type { Surroundings } from '../setup/surroundings.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-setup-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** An empty cache for this test. */
export function emptyCache(): string {
  const cache = join(temporaryFolder(), 'cache');
  vi.stubEnv('DR_CACHE', cache);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return cache;
}

/** A machine that has nothing and may download nothing. */
export const nothing: Surroundings = {
  searchPath: [],
  kit: { absent: 'no kit in this test' },
  releasesUrl: undefined,
  pluginsFolder: '/nonexistent',
};

export function writeProgram(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A program that says which Pulumi it is, and where it came from. */
export function writePulumi(file: string, version = `v${PULUMI_VERSION}`, origin = ''): string {
  return writeProgram(file, `[ "$1" = version ] && echo ${version}\n# ${origin}`);
}

/** Files with these programs, packed the way official archives are; returns the archive. */
export async function packPulumi(folder: string, version?: string): Promise<string> {
  const source = join(folder, 'packed');
  for (const name of ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs']) {
    writePulumi(join(source, 'pulumi', name), version, 'archive');
  }
  const archive = join(folder, `pulumi-v${PULUMI_VERSION}-linux-${process.arch}.tar.gz`);
  await run('tar', ['--create', '--gzip', `--file=${archive}`, `--directory=${source}`, 'pulumi']);
  return archive;
}

/** A kit folder around this archive; `digest` replaces the true one. */
export function writeKit(archive: string, digest = sha256Of(archive)): Surroundings['kit'] {
  const folder = dirname(archive);
  writeFileSync(join(folder, 'SHA256SUMS'), `${digest}  ${archive.slice(folder.length + 1)}\n`);
  return { folder };
}

export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Keeps what a stage said for good. */
export class Listener implements Progress {
  readonly notes: string[] = [];
  say(): void {}
  note(text: string): void {
    this.notes.push(text);
  }
}
