/** Which command provider the set-up gives: the official plugin where it can be had, else ours; and the choice by hand. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  COMMAND_PROVIDER_PROGRAM,
  COMMAND_PROVIDER_VERSION,
  officialCommandProviderDirectory,
  ownCommandProviderDirectory,
  pulumiRoot,
  toolPaths,
} from '../platforms/cache.ts';
import { run } from '../platforms/exec.ts';
import { commandProviderStage } from '../setup/stages/command-provider.ts';
import { type Surroundings, surroundings } from '../setup/surroundings.ts';
import { emptyCache, Listener, nothing, temporaryFolder, writeKit, writeProgram } from './setup-fixtures.ts';

const { kit } = surroundings();
const engine = pulumiRoot();

/** A cache that has the real engine and nothing else. */
function cacheWithEngine(choice?: string): void {
  const cache = emptyCache();
  mkdirSync(cache);
  symlinkSync(engine, pulumiRoot());
  vi.stubEnv('DR_COMMAND_PROVIDER', choice);
}

async function apply(around: Partial<Surroundings> = {}): Promise<string> {
  return await commandProviderStage({ ...nothing, ...around }).apply(new Listener());
}

async function probe(around: Partial<Surroundings> = {}): Promise<string | undefined> {
  return await commandProviderStage({ ...nothing, ...around }).probe();
}

describe('without the official plugin', () => {
  test('ours is tried and taken, and the search is not repeated', async () => {
    cacheWithEngine();
    expect(await probe()).toBeUndefined();
    expect(await apply()).toContain('our own');
    expect(await probe()).toContain('our own');
    expect(toolPaths()).toMatchObject({
      commandProvider: 'own',
      pathAdditions: [ownCommandProviderDirectory(), expect.any(String)],
    });
  });

  test('a new place to look in is a reason to search again', async () => {
    cacheWithEngine();
    await apply();
    expect(await probe({ kit: { folder: '/a/new/kit' } })).toBeUndefined();
  });

  test('our own shell file on PATH is not mistaken for the official plugin', async () => {
    cacheWithEngine();
    const folder = temporaryFolder();
    symlinkSync(
      join(ownCommandProviderDirectory(), COMMAND_PROVIDER_PROGRAM),
      join(folder, COMMAND_PROVIDER_PROGRAM),
    );
    expect(await apply({ searchPath: [folder, ownCommandProviderDirectory()] })).toContain('our own');
  });

  test('another provider of that name on PATH is passed over', async () => {
    cacheWithEngine();
    const folder = temporaryFolder();
    const start = join(ownCommandProviderDirectory(), COMMAND_PROVIDER_PROGRAM);
    writeProgram(join(folder, COMMAND_PROVIDER_PROGRAM), `exec ${start} "$@"`); // serves less than the official one
    expect(await apply({ searchPath: [folder] })).toContain('our own');
    expect(existsSync(officialCommandProviderDirectory())).toBe(false);
  });

  test('asked for by name, it is an error that names the ways', async () => {
    cacheWithEngine('official');
    await expect(apply()).rejects.toMatchObject({
      code: 'COMMAND_PROVIDER_MISSING',
      message: expect.stringMatching(/PATH: [^]*installed plugin: [^]*kit [^]*download /),
      hint: expect.stringContaining('DR_KIT'),
    });
    expect(() => toolPaths()).toThrow(expect.objectContaining({ code: 'COMMAND_PROVIDER_MISSING' }));
  });
});

describe('the choice', () => {
  test('DR_COMMAND_PROVIDER=own needs nothing', async () => {
    cacheWithEngine('own');
    expect(await probe()).toContain('our own');
    expect(toolPaths().commandProvider).toBe('own');
  });

  test('another word is refused', async () => {
    cacheWithEngine('unofficial');
    await expect(probe()).rejects.toMatchObject({ code: 'COMMAND_PROVIDER_CHOICE' });
    expect(() => toolPaths()).toThrow(expect.objectContaining({ code: 'COMMAND_PROVIDER_CHOICE' }));
  });

  test('without an engine, the error says how to get one', () => {
    emptyCache();
    expect(() => toolPaths()).toThrow(expect.objectContaining({ code: 'PULUMI_MISSING' }));
  });
});

describe.skipIf('absent' in kit)('where there is a kit', () => {
  test('the official plugin is taken, from the kit as from where Pulumi installs plugins', async () => {
    cacheWithEngine();
    expect(await apply({ kit })).toContain('kit');
    expect(toolPaths().commandProvider).toBe('official');

    const pluginsFolder = temporaryFolder();
    const installed = join(pluginsFolder, `resource-command-v${COMMAND_PROVIDER_VERSION}`);
    await run('cp', ['-r', officialCommandProviderDirectory(), installed]);
    await run('rm', ['-r', officialCommandProviderDirectory()]);
    expect(await probe({ pluginsFolder })).toBeUndefined();
    expect(await apply({ pluginsFolder })).toContain(installed);
    expect(toolPaths().commandProvider).toBe('official');
  });

  test('a changed plugin in the kit is refused', async () => {
    cacheWithEngine('official');
    const folder = temporaryFolder();
    const name = `${COMMAND_PROVIDER_PROGRAM}-v${COMMAND_PROVIDER_VERSION}-linux-${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;
    const changed = writeProgram(join(folder, name), 'something else');
    await expect(apply({ kit: writeKit(changed, '1'.repeat(64)) })).rejects.toMatchObject({
      message: expect.stringContaining('refused'),
    });
  });
});
