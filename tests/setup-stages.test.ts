/** How stages run, and the small readers under them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { DrError } from '../core/errors.ts';
import { projectDirectory } from '../platforms/cache.ts';
import { tryRun } from '../platforms/exec.ts';
import { labImageDigest, labImageRecipe } from '../platforms/lab-image.ts';
import { missingPackages } from '../setup/dpkg.ts';
import { createWhole } from '../setup/folders.ts';
import { Screen } from '../setup/screen.ts';
import { runStages, type Stage, type StageListener } from '../setup/stage.ts';
import { imageStage, isOfSuite } from '../setup/stages/image.ts';
import { promtoolStage } from '../setup/stages/promtool.ts';
import { emptyCache, Listener, temporaryFolder, writeProgram } from './setup-fixtures.ts';

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
  expect(stages.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ready'));
  expect(stderr).toContain('6/6');
});

describe('a missing piece names itself and the ways to get it', () => {
  test.each([
    { missing: 'LAB_IMAGE', program: 'mmdebstrap', make: imageStage, hint: /mirror.*2 GB.*DR_CACHE/ },
    { missing: 'PROMTOOL', program: 'apt-get', make: promtoolStage, hint: /mirror.*apt-get update/ },
  ])('$missing', async ({ missing, program, make, hint }) => {
    failing(program);
    await expect(make().apply(new Listener())).rejects.toMatchObject({
      code: missing,
      message: expect.stringMatching(/ \/ .*no route to the mirror/),
      hint: expect.stringMatching(hint),
    });
    expect(await make().probe()).toBeUndefined();
  });

  test('DEBIAN_PACKAGES: what waits for them is not begun, and the set-up ends with status 2', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dpkg'));
    writeProgram(join(folder, 'apt-get'), 'echo "E: no route to the mirror" >&2; exit 100');
    // On this machine nothing is installed; only the program below sees it so.
    const bare = `mount --bind ${folder}/dpkg /var/lib/dpkg
      mount --bind ${folder}/apt-get /usr/bin/apt-get
      mount -t tmpfs none /usr/sbin
      exec "$@"`;
    const { exitCode, stdout, stderr } = await tryRun(
      'unshare',
      ['--mount', 'sh', '-ec', bare, 'sh', process.execPath, 'setup/main.ts', 'test', '--json'],
      { cwd: projectDirectory(), env: { DR_CACHE: join(folder, 'cache') } },
    );
    expect(exitCode, stderr).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      stages: [
        {
          id: 'debian',
          outcome: 'failed',
          error: {
            code: 'DEBIAN_PACKAGES',
            message: expect.stringMatching(/mmdebstrap.*no route to the mirror/),
            hint: expect.stringMatching(/apt-get update && apt-get install .*mmdebstrap/),
          },
        },
        blocked('image', 'debian'),
        blocked('pulumi', 'debian'),
        blocked('command-provider', 'pulumi'),
        blocked('promtool', 'debian'),
        blocked('newer-image', 'debian'),
      ],
    });
    expect(stderr).toMatch(/ERRORE \/ ERROR {2}Pacchetti Debian[^]*mmdebstrap[^]*-> .*apt-get install/);
    expect(stderr).toContain('incompleta / incomplete (0/6');
  });
});

describe('what a person sees', () => {
  const step = stage('engine', [], []);
  const ended = { id: step.id, durationMs: 2_000 };

  test('in a file: beginning, a sign of life each half minute, notes, and the end', () => {
    const text = seen(false, (screen) => {
      screen.started(step);
      screen.progressOf(step).say('go: downloading a module\n');
      vi.advanceTimersByTime(30_000);
      screen.progressOf(step).note('about 6 minutes');
      screen.finished(step, { ...ended, outcome: 'done', detail: 'Go module' });
      vi.advanceTimersByTime(60_000);
    });
    expect(text.split('\n')).toEqual([
      '  inizio / start  engine / engine',
      expect.stringMatching(/^ {2}\.\.\. engine 30\S* s \(go: downloading a module\)$/),
      '  engine / engine: about 6 minutes',
      expect.stringMatching(/^ {2}fatto \/ done {5}engine \/ engine: Go module, 2\S* s$/),
      '',
    ]);
  });

  test('on a terminal: one line that is written over each second, no longer than the terminal is wide', () => {
    const text = seen(true, (screen) => {
      screen.started(step);
      screen.progressOf(step).say('x'.repeat(1_000));
      vi.advanceTimersByTime(2_000);
      screen.finished(step, { ...ended, outcome: 'done', detail: 'kit' });
    });
    const lines = text.split(ERASE).filter((line) => line.startsWith('  ... '));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThan(process.stderr.columns || 80);
    expect(text.split(ERASE).slice(-2)).toEqual([expect.stringMatching(/^ {2}fatto \/ done .*kit.*\n$/), '']);
  });

  test('what failed says why and what to do, what waited for it is named, what was there is not', () => {
    const error = { code: 'X', message: 'It broke', hint: 'Mend it' };
    const text = seen(false, (screen) => {
      screen.finished(step, { ...ended, outcome: 'failed', error });
      screen.finished(step, { ...ended, outcome: 'blocked', by: 'debian' });
      screen.finished(step, { ...ended, outcome: 'ready', detail: 'since yesterday' });
    });
    expect(text).toBe(
      '  ERRORE / ERROR  engine / engine: It broke\n  -> Mend it\n  saltato / skipped  engine / engine: debian\n',
    );
  });
});

/** A program of this name comes first on PATH and fails, saying why. */
function failing(name: string): void {
  emptyCache();
  const folder = temporaryFolder();
  writeProgram(join(folder, name), 'echo "E: no route to the mirror" >&2; exit 100');
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
}

/** What is written to stderr while `work` has a screen; time stands still except where it is moved on. */
function seen(terminal: boolean, work: (screen: Screen) => void): string {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const was = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  Object.defineProperty(process.stderr, 'isTTY', { value: terminal, configurable: true });
  try {
    using screen = new Screen();
    work(screen);
  } finally {
    vi.advanceTimersByTime(120_000); // a screen that is closed says nothing more
    vi.restoreAllMocks();
    vi.useRealTimers();
    if (was) Object.defineProperty(process.stderr, 'isTTY', was);
    else Reflect.deleteProperty(process.stderr, 'isTTY');
  }
  return written.join('');
}

function blocked(id: string, by: string): object {
  return expect.objectContaining({ id, outcome: 'blocked', by });
}

const ERASE = '\r\x1b[2K';

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
