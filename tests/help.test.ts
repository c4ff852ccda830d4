/** `--help` of every verb that there is: each text in both languages. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../cli/program.ts';

type Verb = { path: string; command: Command };

function verbsOf(command: Command, before = ''): Verb[] {
  const path = `${before}${command.name()}`;
  return [{ path, command }, ...command.commands.flatMap((below) => verbsOf(below, `${path} `))];
}

const verbs = verbsOf(await createProgram());

test('the verbs are all there', () => {
  expect(verbs.length).toBeGreaterThan(60);
});

test.each(verbs)('$path --help', ({ command, path }) => {
  const texts = [
    command.description(),
    ...command.options.map(({ description }) => description),
    ...command.registeredArguments.map(({ description }) => description),
  ];
  // Italian first, English after the stroke.
  expect(texts.filter((text) => !/\S \/ \S/.test(text))).toEqual([]);
  const help = command.helpInformation();
  expect(help).toMatch(/^Uso \/ Usage: dr/);
  expect(help).toContain(`Usage: ${path} `);
  expect(help).toContain('-h, --help');
  const unspaced = help.replace(/\s+/g, ' ');
  expect(texts.filter((text) => !unspaced.includes(text))).toEqual([]);
  // Every heading is one of ours.
  expect([...help.matchAll(/^[A-Z][^/\n]*:$/gm)].map(String)).toEqual([]);
});
