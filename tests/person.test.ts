/** A person's name becomes a code, and stays where it was typed. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { smallRunbook } from '../bench/small-run/runbook.ts';
import { EvidenceLog } from '../runbooks/evidence/evidence.ts';
import { personCode } from '../runbooks/evidence/person.ts';
import { disaster, RunModel } from './run-model.ts';

function inventory(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-person-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const registerOf = (folder: string): string => readFileSync(join(folder, 'local/persons.csv'), 'utf8');

test.each([
  ['capitals', 'NOME COGNOME'],
  ['spaces', '  nome \t  cognome\n'],
  ['both', ' Nome  COGNOME '],
])('the same person whatever the %s', (_what, said) => {
  const folder = inventory();
  const code = personCode('Nome Cognome', folder);
  expect(code).toMatch(/^P-[0-9A-F]{6}$/);
  expect(personCode(said, folder)).toBe(code);
  expect(registerOf(folder)).toBe(`${code},"Nome Cognome"\n`);
});

test('the same person however the keyboard makes an accent', () => {
  const folder = inventory();
  expect(personCode('Nicolo\u0300 Esempio', folder)).toBe(personCode('Nicol\u00f2 Esempio', folder));
  expect(registerOf(folder).split('\n')).toHaveLength(2);
});

test('others have others', () => {
  const folder = inventory();
  const codes = ['Nome Cognome', 'Nome Cognomi', 'NomeCognome'].map((name) => personCode(name, folder));
  expect(new Set(codes).size).toBe(3);
  expect(registerOf(folder).trim().split('\n')).toHaveLength(3);
});

test.each(['', '   ', '\n\t'])('no name (%j) has no code and leaves no trace', (name) => {
  const folder = inventory();
  expect(personCode(name, folder)).toBe('');
  expect(() => registerOf(folder)).toThrowError('ENOENT');
});

test('the register and its key can be read by their owner only', () => {
  const folder = inventory();
  personCode('Nome Cognome', folder);
  const modes = ['persons.csv', 'person-key'].map(
    (name) => statSync(join(folder, 'local', name)).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o600]);
});

test('a code says nothing to who has not the key: elsewhere the same name has another', () => {
  expect(personCode('Nome Cognome', inventory())).not.toBe(personCode('Nome Cognome', inventory()));
});

test('a register kept by hand is added to, not replaced', () => {
  const folder = inventory();
  const code = personCode('Nome Cognome', folder);
  const path = join(folder, 'local/persons.csv');
  writeFileSync(path, `# nostro\n${code},"Nome Cognome, capo"\n`);
  chmodSync(path, 0o600);
  personCode('Nome Cognome', folder);
  personCode('Altro "Tale"', folder);
  const lines = registerOf(folder).split('\n');
  expect(lines.slice(0, 2)).toEqual(['# nostro', `${code},"Nome Cognome, capo"`]);
  expect(lines[2]).toMatch(/^P-[0-9A-F]{6},"Altro ""Tale"""$/);
});

test('any name is one line of the register', () => {
  const folder = inventory();
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(names, (name) => {
      const code = personCode(name, folder);
      if (code !== '') expect(personCode(name.toUpperCase().toLowerCase(), folder)).toMatch(/^P-/);
      const lines = code === '' ? [] : registerOf(folder).trimEnd().split('\n');
      expect(lines.filter((line) => !/^P-[0-9A-F]{6},".*"$/u.test(line))).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('evidence holds the code and never the name', () => {
  const folder = inventory();
  const person = personCode('Nome Cognome', folder);
  const model = new RunModel(smallRunbook({}), disaster).settle();
  model.answer('decide', 'stop', { person });
  model.say({ type: 'take-back', step: 'decide', attempt: 1, role: 'rco', person, why: 'errore' });
  model.say({ type: 'hand-over', from: 'rco', to: 'ufficio-tecnico', role: 'rco', person, why: 'malato' });
  model.say({ type: 'declare', milestone: 'detection', atUtc: model.clock().atUtc, role: 'rco', person });
  model.say({ type: 'abort', role: 'rco', person, why: 'prova' });
  const log = new EvidenceLog(join(folder, 'evidence.jsonl'));
  for (const { event } of model.records) log.append(event);
  const written = readFileSync(log.path, 'utf8');
  expect(written.match(new RegExp(person, 'g'))).toHaveLength(3);
  expect(written).not.toMatch(/nome|cognome/i);
});
