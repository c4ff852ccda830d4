/** Our command provider by itself; its likeness to the official one is proved in command-provider-conformance.test.ts. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secret } from '@pulumi/pulumi';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CommandProviderKind } from '../platforms/cache.ts';
import { commandLineOf, familyOf, isAlive, killAll } from '../platforms/processes.ts';
import { globToRegExp } from '../stacks/command-provider/globs.ts';
import { CommandProvider } from '../stacks/command-provider/provider.ts';
import { Bench, type Commands, officialProviderIsThere } from './command-provider-harness.ts';

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

const providers: CommandProviderKind[] = officialProviderIsThere() ? ['official', 'own'] : ['own'];
test.for(providers)(
  'a killed engine leaves no provider (%s) behind once its command has ended',
  async (kind) => {
    using bench = new Bench(kind);
    const files = join(bench.directory, 'files');
    writeFileSync(join(files, 'busy'), '');
    const create = `touch ${files}/begun; while [ -e ${files}/busy ]; do sleep 0.1; echo >>${files}/beats; done; touch ${files}/ended`;
    const cutOff = bench.run('up', () => ({ slow: { args: { create } } }));
    await vi.waitUntil(() => existsSync(join(files, 'begun')), 30_000);
    const family = familyOf(process.pid);
    const engine = family.filter((pid) => commandLineOf(pid).includes('pulumi up'));
    const left = engine.flatMap((pid) => familyOf(pid)).filter((pid) => !engine.includes(pid));
    onTestFinished(() => killAll(left.filter(isAlive)));
    killAll(engine);
    expect((await cutOff).result).toBe('failed');
    // The official plugin ends its command when the engine's call breaks off; ours goes on to the command's end.
    if (kind === 'own') {
      const beats = (): number => statSync(join(files, 'beats'), { throwIfNoEntry: false })?.size ?? 0;
      const atTheKill = beats();
      await vi.waitUntil(() => beats() > atTheKill + 40, 30_000); // four seconds: the watch has looked twice
      const alive = left.map(commandLineOf);
      expect(alive).toContainEqual(expect.stringContaining(create));
      expect(alive).toContainEqual(expect.stringContaining('command-provider/main.ts'));
    }
    rmSync(join(files, 'busy'));
    await vi.waitUntil(() => !left.some(isAlive), 20_000);
    expect(existsSync(join(files, 'ended'))).toBe(kind === 'own');
  },
);

function hiding(create: string): () => Commands {
  const environment = { KEY: secret('in-the-clear-2') };
  return () => ({ hidden: { args: { create, stdin: secret('in-the-clear-1'), environment } } });
}
