/** How stages run, and the small readers under them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DrError } from '../core/errors.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { labImageDigest, labImageRecipe } from '../platforms/lab-image.ts';
import { missingPackages } from '../setup/dpkg.ts';
import { createWhole } from '../setup/folders.ts';
import { runStages, type Stage, type StageListener } from '../setup/stage.ts';
import { isOfSuite } from '../setup/stages/image.ts';
import { Listener, temporaryFolder } from './setup-fixtures.ts';

describe('running stages', () => {
  test('each begins when those before it are through, the others meanwhile', async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const stages = [
      stage('first', [], log, async () => await gate.promise),
      stage('beside', [], log, () => {
        gate.resolve(); // ends `first`, so the two did run side by side
        return Promise.resolve();
      }),
      stage('last', ['first', 'beside'], log),
    ];
    const results = await runStages(stages, quiet);
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(log.at(-1)).toBe('last');
  });

  test('what is there is not done', async () => {
    const log: string[] = [];
    const there = { ...stage('there', [], log), probe: () => Promise.resolve('since yesterday') };
    expect(await runStages([there], quiet)).toMatchObject([{ outcome: 'ready', detail: 'since yesterday' }]);
    expect(log).toEqual([]);
  });

  test('a failure stops only what waits for it', async () => {
    const log: string[] = [];
    const failure = new DrError('BROKEN', 'It broke', 'Mend it');
    const stages = [
      stage('broken', [], log, () => Promise.reject(failure)),
      stage('waits', ['broken'], log),
      stage('waits for that', ['waits'], log),
      stage('free', [], log),
    ];
    expect(await runStages(stages, quiet)).toMatchObject([
      { outcome: 'failed', error: { code: 'BROKEN', message: 'It broke', hint: 'Mend it' } },
      { outcome: 'blocked', by: 'broken' },
      { outcome: 'blocked', by: 'waits' },
      { outcome: 'done' },
    ]);
    expect(log).toEqual(['broken', 'free']);
  });
});

describe('a folder of the cache is whole or not there', () => {
  test('a failure leaves nothing', async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'target');
    const broken = createWhole(target, (partial) => {
      writeFileSync(join(partial, 'half'), '');
      return Promise.reject(new Error('stop'));
    });
    await expect(broken).rejects.toThrow('stop');
    expect((await tryRun('ls', [folder])).stdout).toBe('');
  });

  test('of two at once, one wins and both go on', async () => {
    const target = join(temporaryFolder(), 'target');
    await createWhole(target, async (partial) => {
      writeFileSync(join(partial, 'by'), 'the slow one');
      mkdirSync(target);
      writeFileSync(join(target, 'by'), 'the fast one');
      await Promise.resolve();
    });
    expect((await tryRun('cat', [join(target, 'by')])).stdout).toBe('the fast one');
  });
});

describe('sources of one suite', () => {
  const cases: [title: string, text: string, expected: boolean][] = [
    ['deb822', 'Types: deb\nURIs: http://a/debian\nSuites: bookworm bookworm-updates\n', true],
    ['deb822, two paragraphs', 'Suites: bookworm\n\nSuites: bookworm-security\n', true],
    ['another release beside it', 'Suites: bookworm\n\nSuites: trixie\n', false],
    ['one line', 'deb http://a/debian bookworm main\n# deb http://a/debian trixie main\n', true],
    ['one line with options', 'deb [signed-by=/a arch=amd64] http://a/debian bookworm-security main', true],
    ['another archive', 'deb https://a/apt cloud-sdk-bookworm main', false],
    ['sources only', 'deb-src http://a/debian bookworm main', false],
    ['nothing', '', false],
  ];
  test.for(cases)('%s', ([, text, expected]) => {
    expect(isOfSuite(text, 'bookworm')).toBe(expected);
  });
});

test('packages are read from the database under a root', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(
    join(root, 'var/lib/dpkg/status'),
    [
      'Package: whole\nStatus: install ok installed\nVersion: 1\n',
      'Package: half\nStatus: install ok half-configured\nVersion: 1\n',
      'Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
    ].join('\n'),
  );
  expect(await missingPackages(['whole', 'half', 'gone', 'never'], root)).toEqual(['half', 'gone', 'never']);
  expect(await missingPackages(['whole'], join(root, 'no-debian'))).toEqual(['whole']);
});

test('another recipe is another image', () => {
  const more = { ...labImageRecipe, packages: [...labImageRecipe.packages, 'tree'] };
  const cleaner = { ...labImageRecipe, customise: `${labImageRecipe.customise}\ntrue\n` };
  expect(new Set([labImageDigest(), labImageDigest(more), labImageDigest(cleaner)]).size).toBe(3);
});

test('the set-up that ran before these tests finds everything there', async () => {
  const { exitCode, stdout, stderr } = await tryRun(
    process.execPath,
    [join(projectDirectory(), 'setup/main.ts'), 'test', '--json'],
    { cwd: projectDirectory() },
  );
  expect(exitCode, stderr).toBe(0);
  const { stages }: { stages: { id: string; outcome: string }[] } = JSON.parse(stdout);
  expect(stages.map(({ outcome }) => outcome)).toEqual(['ready', 'ready', 'ready', 'ready', 'ready']);
  expect(stderr).toContain('5/5');
});

const quiet: StageListener = {
  started: () => undefined,
  finished: () => undefined,
  progressOf: () => new Listener(),
};

function stage(id: string, after: string[], log: string[], work?: () => Promise<void>): Stage {
  return {
    id,
    titleIt: id,
    titleEn: id,
    after,
    probe: () => Promise.resolve(undefined),
    async apply() {
      log.push(id);
      await work?.();
      return 'made';
    },
  };
}
