/** The list of people: used where it is, a warning where it is not, never repeated in a finding. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPeople } from '../inventory/people.ts';
import { copyInventory, soundInventory } from './inventory-copy.ts';

const secret = 'Persona Inventata';
const entry = `  - role: rco\n    name: ${secret}\n    phone: "0100 000000"\n`;

function withPeople(text: string): string {
  const folder = copyInventory();
  mkdirSync(join(folder, 'local'));
  writeFileSync(join(folder, 'local/people.yaml'), text);
  return folder;
}

test('a good list is read and gives no finding', async () => {
  const { people, findings } = await loadPeople(withPeople(`people:\n${entry}`), ['rco']);
  expect(people).toEqual([{ role: 'rco', name: secret, phone: '0100 000000' }]);
  expect(findings).toEqual([]);
});

test.each([
  { name: 'an empty list', text: 'people: []\n', line: 1, code: 'NO_PEOPLE' },
  { name: 'an empty file', text: '', line: 1, code: 'WRONG_TYPE' },
  {
    name: 'a role that nobody knows',
    text: `people:\n${entry.replace('rco', 'sindaco')}`,
    line: 2,
    code: 'UNKNOWN_REFERENCE',
  },
  { name: 'a key that is a name', text: `people:\n${entry}    ${secret}: 1\n`, line: 5, code: 'UNKNOWN_KEY' },
  {
    name: 'a number without quotes',
    text: `people:\n${entry.replace('"0100 000000"', '100000000')}`,
    line: 4,
    code: 'WRONG_TYPE',
  },
  { name: 'no YAML', text: `people: [${secret}\n`, line: 2, code: 'YAML_SYNTAX' },
])('$name is a warning at its line, and the inventory still loads', async ({ text, line, code }) => {
  const { findings } = await soundInventory(withPeople(text));
  const about = findings.filter(({ file }) => file === 'local/people.yaml');
  expect(about).toMatchObject([{ severity: 'warning', code, line }]);
  expect(JSON.stringify(about)).not.toContain(secret);
});

test('no list is a warning too', async () => {
  const { findings } = await soundInventory(copyInventory());
  expect(findings.filter(({ code }) => code === 'NO_PEOPLE')).toMatchObject([{ severity: 'warning' }]);
});
