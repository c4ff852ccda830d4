/** The commands around the set-up: setup/run.sh, bin/dr and the last line of .ci/run. */
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectDirectory } from '../platforms/cache.ts';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { temporaryFolder } from './setup-fixtures.ts';

const project = projectDirectory();

describe('setup/run.sh', () => {
  test('without root it says so before it does anything', async () => {
    const copy = temporaryFolder();
    chmodSync(copy, 0o755); // readable by the other user
    cpSync(join(project, 'setup/run.sh'), join(copy, 'setup/run.sh'));
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const { exitCode, stderr } = await tryRun('setpriv', [
      ...asNobody,
      'sh',
      join(copy, 'setup/run.sh'),
      'drill',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('root is needed');
    expect(stderr).toContain('sudo npm run drill');
  });

  test.for([[], ['dril']])('an unknown command %j names all of them', async (args) => {
    const { exitCode, stderr } = await tryRun('sh', [join(project, 'setup/run.sh'), ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'npm run drill | npm test | npm run bench | npm run chaos | npm run detection | npm run lint',
    );
  });

  test('npm that fails is told, with what to do, and leaves no stamp', async () => {
    const copy = temporaryFolder();
    mkdirSync(join(copy, 'setup'));
    mkdirSync(join(copy, 'bin'));
    cpSync(join(project, 'setup/run.sh'), join(copy, 'setup/run.sh'));
    writeFileSync(join(copy, 'package-lock.json'), '{}');
    writeFileSync(join(copy, 'bin/npm'), '#!/bin/sh\necho "no route to the registry" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const { exitCode, stderr } = await tryRun('sh', [join(copy, 'setup/run.sh'), 'lint'], {
      env: { PATH: `${join(copy, 'bin')}:/usr/bin:/bin` },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/no route to the registry[^]*npm install non è riuscito/);
    expect((await tryRun('ls', ['-A', join(copy, 'node_modules')])).exitCode).not.toBe(0);
  });
});

describe('bin/dr', () => {
  test('in a project that is not set up it says what to run', async () => {
    const copy = temporaryFolder();
    mkdirSync(join(copy, 'bin'));
    cpSync(join(project, 'bin/dr'), join(copy, 'bin/dr'));
    const { exitCode, stderr } = await tryRun(join(copy, 'bin/dr'), []);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`cd ${copy} && npm test`);
  });

  test('it finds its project through a link, from any folder, and passes its arguments on', async () => {
    const copy = temporaryFolder();
    for (const folder of ['bin', 'cli', 'node_modules/.bin', 'elsewhere']) {
      mkdirSync(join(copy, folder), { recursive: true });
    }
    cpSync(join(project, 'bin/dr'), join(copy, 'bin/dr'));
    symlinkSync(process.execPath, join(copy, 'node_modules/.bin/node'));
    writeFileSync(join(copy, 'cli/main.ts'), 'console.log(JSON.stringify(process.argv.slice(2)));\n');
    symlinkSync(join(copy, 'bin/dr'), join(copy, 'elsewhere/dr'));
    const { stdout } = await tryRun('./dr', ['drill', '--rto', '1 s'], { cwd: join(copy, 'elsewhere') });
    expect(JSON.parse(stdout)).toEqual(['drill', '--rto', '1 s']);
  });
});

describe('the last line of .ci/run', () => {
  const cases: [title: string, results: object | undefined, statuses: [string, string], line: string][] = [
    ['all well', report(7, 0, [file('passed', 7)]), ['0', '0'], '7 passed, 0 failed'],
    ['failed tests', report(5, 2, [file('failed', 7)]), ['1', '0'], '5 passed, 2 failed'],
    ['a linter', report(7, 0, [file('passed', 7)]), ['0', '1'], '7 passed, 1 failed'],
    [
      'a file that cannot be loaded',
      report(7, 0, [file('passed', 7), file('failed', 0)]),
      ['1', '0'],
      '7 passed, 1 failed',
    ],
    ['an error outside the tests', report(7, 0, [file('passed', 7)]), ['1', '0'], '7 passed, 1 failed'],
    ['the set-up failed', undefined, ['2', '1'], '0 passed, 2 failed'],
  ];
  test.for(cases)('%s', async ([, results, statuses, line]) => {
    const { stdout, exitCode } = await summary(results, statuses);
    expect(stdout).toBe(line);
    expect(exitCode).toBe(line.endsWith(' 0 failed') ? 0 : 1);
  });
});

function file(status: string, tests: number): object {
  return { status, assertionResults: Array.from({ length: tests }, () => ({})) };
}

function report(passed: number, failed: number, files: object[]): object {
  return { numPassedTests: passed, numFailedTests: failed, testResults: files };
}

async function summary(results: object | undefined, statuses: [string, string]): Promise<ExecOutcome> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.state'));
  if (results) writeFileSync(join(folder, '.state/test-results.json'), JSON.stringify(results));
  return await tryRun(process.execPath, [join(project, 'setup/ci-summary.ts'), ...statuses], { cwd: folder });
}
