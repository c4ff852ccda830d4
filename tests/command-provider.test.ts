/** Our command provider by itself; its likeness to the official one is proved in command-provider-conformance.test.ts. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secret } from '@pulumi/pulumi';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { globToRegExp } from '../stacks/command-provider/globs.ts';
import { CommandProvider } from '../stacks/command-provider/provider.ts';
import { Bench, type Commands } from './command-provider-harness.ts';

const urn = 'urn:pulumi:bench::conformance::command:local:Command::name';
const quiet = (): Promise<void> => Promise.resolve();

describe('patterns', () => {
  const cases: [pattern: string, matching: string[], other: string[]][] = [
    ['*.txt', ['a.txt', '.txt'], ['sub/a.txt', 'a.txt.bak', 'atxt']],
    ['**.txt', ['a.txt', 'sub/a.txt'], ['a.md']],
    ['sub/**', ['sub/a', 'sub/deep/a'], ['sub', 'other/a']],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[!a-c]x', ['dx'], ['ax']],
    ['{one,two}.md', ['one.md', 'two.md'], ['three.md', 'one,two.md']],
    [String.raw`\*`, ['*'], ['a']],
    ['a+b(c)|d', ['a+b(c)|d'], ['aab(c)', 'd']],
    ['à€', ['à€'], ['a']],
  ];
  test.for(cases)('%s', ([pattern, matching, other]) => {
    const expression = globToRegExp(pattern);
    expect(matching.filter((name) => !expression.test(name))).toEqual([]);
    expect(other.filter((name) => expression.test(name))).toEqual([]);
  });

  test('a brace that is not closed is refused', () => {
    expect(() => globToRegExp('{a,b')).toThrow(/not closed/);
  });
});

describe('checking inputs', () => {
  const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
  const cases: [title: string, inputs: Record<string, unknown>, wrong: string[]][] = [
    ['all right', { create: 'true', environment: { A: 'b' }, triggers: [1, null, { a: 'b' }] }, []],
    ['a value that is not known yet', { environment: unknown, interpreter: [unknown] }, []],
    ['a number for a text', { create: 12 }, ['create']],
    ['a number in the environment', { environment: { A: 1 } }, ['environment.A']],
    ['a text for a list', { interpreter: 'sh' }, ['interpreter']],
    ['an input that does not exist', { creat: 'true' }, ['']],
  ];
  test.for(cases)('%s', async ([, inputs, wrong]) => {
    const { failures = [] } = await new CommandProvider(quiet).check(urn, {}, inputs);
    expect(failures.map(({ property }) => property)).toEqual(wrong);
  });

  test('what only the official plugin serves is named', async () => {
    const remote = urn.replace('local:Command', 'remote:Command');
    await expect(async () => await new CommandProvider(quiet).check(remote, {}, {})).rejects.toThrow(
      /command:remote:Command/,
    );
  });
});

test('a cancelled engine ends the command that runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dr-cancel-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const begun = join(folder, 'begun');
  const provider = new CommandProvider(quiet);
  const running = provider.create(urn, { create: `touch ${begun}; exec sleep 600` });
  const ended = expect(running).rejects.toThrow(/terminated/);
  await vi.waitUntil(() => statSync(begun, { throwIfNoEntry: false }), 20_000);
  await provider.cancel();
  await ended;
});

test('secrets are encrypted in the state, also after an update', async () => {
  using bench = new Bench('own');
  for (const create of ['cat >/dev/null', 'cat >/dev/null; true']) {
    expect(await bench.run('up', hiding(create))).toMatchObject({ result: 'succeeded' });
    const state = readdirSync(join(bench.directory, 'state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join();
    expect(state).toContain('ciphertext');
    expect(state).not.toContain('in-the-clear');
  }
});

test('a killed engine leaves no provider behind once its command has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dr-orphan-'));
  const busy = join(folder, 'busy');
  writeFileSync(busy, '');
  const child = join(import.meta.dirname, 'command-provider-watch-child.ts');
  // sh stands for the engine: it starts the provider and is killed. `exit` keeps it from becoming the provider itself.
  const engine = execa('sh', ['-c', '"$@"; exit', 'sh', process.execPath, child, busy], { reject: false });
  const [line] = await once(engine.stdout, 'data');
  const pid = Number(String(line));
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
  engine.kill('SIGKILL');
  await vi.waitUntil(() => parentOf(pid) !== engine.pid, 10_000);
  expect(isAlive(pid)).toBe(true);
  rmSync(busy);
  await vi.waitUntil(() => !isAlive(pid), 20_000);
});

function hiding(create: string): () => Commands {
  const environment = { KEY: secret('in-the-clear-2') };
  return () => ({ hidden: { args: { create, stdin: secret('in-the-clear-1'), environment } } });
}

function isAlive(pid: number): boolean {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined;
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
