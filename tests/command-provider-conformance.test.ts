/**
 * The same programs through the real engine with the official plugin and with ours: the same decisions, outputs and state.
 * What is expected is written down too, so that the test says something where the official plugin cannot be had.
 */
import { secret } from '@pulumi/pulumi';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Bench,
  type Commands,
  type Operation,
  officialProviderIsThere,
  type View,
} from './command-provider-harness.ts';

const files =
  'mkdir -p sub; echo a >a.txt; echo b >sub/b.txt; echo c >.hidden.txt; echo d >sub/secret.txt; ln -sf a.txt link.txt';

const first = (directory: string): Commands => ({
  plain: { args: { create: 'echo out; echo; echo err >&2', delete: 'echo gone' } },
  silent: { args: { create: 'echo shown; echo hidden >&2', logging: 'stdout' } },
  unlogged: { args: { create: 'echo nothing', logging: 'none' } },
  surroundings: {
    args: {
      create: 'import os, sys; print(sys.stdin.read() + os.environ["WHO"] + os.path.basename(os.getcwd()))',
      interpreter: ['python3', '-c'],
      stdin: 'one\ntwo\n',
      environment: { WHO: 'àè€' },
      dir: directory,
    },
  },
  deaf: { args: { create: 'true', stdin: 'x'.repeat(300_000) } },
  triggered: { args: { create: 'echo 1', update: 'echo updated', triggers: ['a', 1, { b: [true] }] } },
  secretive: {
    args: { create: 'cat; echo "$KEY"', stdin: secret('s3cret\n'), environment: { KEY: secret('k3y') } },
    options: { additionalSecretOutputs: ['stdout'] },
  },
  idle: { args: { delete: 'echo only at the end' } },
});

/** Files as assets; in a stack of their own, for the engine cannot update a resource that has some (3.250.0, either provider). */
const filed = (directory: string): Commands => ({
  filed: {
    args: {
      create: files,
      dir: directory,
      assetPaths: ['*.txt', 'sub/**', '!**secret.*'],
      archivePaths: ['**.txt'],
    },
  },
});

/** Without an update command, with one, with other triggers, with a secret that is none any more. */
const second = (directory: string): Commands => ({
  ...first(directory),
  plain: { args: { create: 'echo again; echo "$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR"' } },
  silent: { args: { create: 'echo shown', update: 'echo "update after $PULUMI_COMMAND_STDOUT"' } },
  unlogged: { args: { create: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false } },
  triggered: { args: { create: 'echo 2', update: 'echo updated', triggers: ['a', 2, { b: [true] }] } },
  secretive: {
    args: { create: 'cat; echo "$KEY"', stdin: 's3cret\n', environment: { KEY: 'k3y' } },
    options: { additionalSecretOutputs: ['stdout'] },
  },
});

/** An update and three creations that fail, each in its own way. */
const failing = (directory: string): Commands => ({
  ...second(directory),
  plain: { args: { create: 'echo half >&2; echo wrong >&2; exit 3' } },
  refused: { args: { create: 'exit 4' } },
  killed: { args: { create: 'kill -9 $$' } },
  nowhere: { args: { create: 'true', dir: `${directory}/nowhere` } },
});
const wrongType = (directory: string): Commands => ({
  ...second(directory),
  extra: { args: { create: wrongly(12) } },
});
const undeletable = (directory: string): Commands => ({
  ...second(directory),
  plain: { args: { delete: 'echo "still $PULUMI_COMMAND_STDOUT"; exit 5' } },
});
const deletable = (directory: string): Commands => ({
  ...second(directory),
  plain: { args: { delete: 'echo "bye $PULUMI_COMMAND_STDOUT"' } },
});

/** A program in plain JavaScript can give anything. */
function wrongly(value: unknown): string {
  const given: { value: string } = Object.assign({ value: '' }, { value });
  return given.value;
}

type Step = {
  title: string;
  operation: Operation;
  commands: (directory: string) => Commands;
  expected: Partial<Pick<View, 'result' | 'changes'>>;
  /** Messages that must be among those seen. */
  says?: readonly string[];
};

const steps: Step[] = [
  { title: 'preview of all', operation: 'preview', commands: first, expected: { changes: { create: 9 } } },
  {
    title: 'create',
    operation: 'up',
    commands: first,
    expected: { result: 'succeeded', changes: { create: 9 } },
    says: ['info: err', 'info: shown'],
  },
  { title: 'nothing changed', operation: 'up', commands: first, expected: { changes: { same: 9 } } },
  { title: 'refresh', operation: 'refresh', commands: first, expected: { changes: { same: 9 } } },
  {
    title: 'preview of changes',
    operation: 'preview',
    commands: second,
    expected: { changes: { same: 4, update: 4, replace: 1 } },
  },
  {
    title: 'update and replace',
    operation: 'up',
    commands: second,
    expected: { result: 'succeeded', changes: { same: 4, update: 4, replace: 1 } },
    says: ['info: update after shown', 'info: 2'],
  },
  {
    title: 'a failing update keeps the old state; failing creations leave nothing',
    operation: 'up',
    commands: failing,
    expected: { result: 'failed' },
    says: [
      'error: exit status 3: running "echo half >&2; echo wrong >&2; exit 3":\nhalf\nwrong',
      'error: exit status 4: running "exit 4":',
      'error: signal: killed: running "kill -9 $$":',
      'error: chdir <directory>/files/nowhere: no such file or directory: running "true":',
    ],
  },
  {
    title: 'an input of the wrong type',
    operation: 'up',
    commands: wrongType,
    expected: { result: 'failed' },
  },
  {
    title: 'another delete command',
    operation: 'up',
    commands: undeletable,
    expected: { result: 'succeeded' },
  },
  {
    title: 'a failing delete command keeps the resource',
    operation: 'destroy',
    commands: undeletable,
    expected: { result: 'failed' },
    says: ['info: still again'],
  },
  {
    title: 'a better delete command',
    operation: 'up',
    commands: deletable,
    expected: { result: 'succeeded' },
  },
  {
    title: 'destroy',
    operation: 'destroy',
    commands: deletable,
    expected: { result: 'succeeded' },
    says: ['info: bye again', 'info: only at the end'],
  },
];

const fileSteps: Step[] = [
  { title: 'files as assets', operation: 'up', commands: filed, expected: { changes: { create: 2 } } },
  { title: 'the same files', operation: 'up', commands: filed, expected: { changes: { same: 2 } } },
  { title: 'no files', operation: 'destroy', commands: filed, expected: { changes: { delete: 2 } } },
];

const official = officialProviderIsThere();
const why = official
  ? ''
  : ' (the official plugin could not be had here: compared with what is written only)';

describe.each([
  ['commands', steps],
  ['files', fileSteps],
])(`our command provider, and the official one: %s${why}`, { timeout: 120_000 }, (_title, group) => {
  const ours = new Bench('own');
  const theirs = official ? new Bench('official') : undefined;
  afterAll(() => {
    ours[Symbol.dispose]();
    theirs?.[Symbol.dispose]();
  });

  test.for(group)('$title', async ({ operation, commands, expected, says = [] }) => {
    const [own, other] = await Promise.all([ours.run(operation, commands), theirs?.run(operation, commands)]);
    expect(own).toMatchObject(expected);
    for (const line of says) expect(own.messages.join('\n')).toContain(line);
    if (other) expect(own).toEqual(other);
  });
});
