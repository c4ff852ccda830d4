/** Where letters go: used where it is known, a warning where it is not, and no address ever repeated. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNotifications } from '../inventory/notifications.ts';
import { copyInventory, inventoryFolder, soundInventory } from './inventory-copy.ts';

const secret = 'persona.inventata';
const smtp = `smtp:\n  host: posta.camera.test\n  port: 587\n  security: starttls\n  from: ufficio@camera.test\n`;
const others = `  council-and-board: [b@camera.test]\n  staff: [c@camera.test]\n  suppliers: [d@camera.test]\n  viareggio: [e@camera.test]\n  press: [f@camera.test]\n  it-office: [g@camera.test]\n`;
const good = `${smtp}lists:\n  committee: [${secret}@camera.test]\n${others}`;

function withNotifications(text: string): string {
  const folder = copyInventory();
  mkdirSync(join(folder, 'local'));
  writeFileSync(join(folder, 'local/notifications.yaml'), text);
  return folder;
}

test('a good file is read and gives no finding', async () => {
  const folder = withNotifications(good.replace('  from:', '  caFile: ca.pem\n  from:'));
  const { notifications, findings } = await loadNotifications(folder);
  expect(findings).toEqual([]);
  expect(notifications).toMatchObject({
    smtp: { host: 'posta.camera.test', timeoutSeconds: 30, caFile: join(folder, 'local/ca.pem') },
    lists: { committee: [`${secret}@camera.test`], press: ['f@camera.test'] },
  });
});

const broken: { name: string; change: (text: string) => string; at: string; code: string }[] = [
  {
    name: 'no YAML',
    change: (text) => text.replace('[persona', '[[persona'),
    at: '8:3',
    code: 'YAML_SYNTAX',
  },
  { name: 'an empty file', change: () => '', at: '1:1', code: 'WRONG_TYPE' },
  { name: 'no lists', change: () => smtp, at: '1:1', code: 'MISSING' },
  { name: 'a list twice', change: (text) => `${text}  press: []\n`, at: '14:3', code: 'DUPLICATE_KEY' },
  {
    name: 'an address that is none',
    change: (text) => text.replace(`${secret}@camera.test`, `${secret}.camera.test`),
    at: '7:15',
    code: 'WRONG_FORM',
  },
  {
    name: 'an address with a name',
    change: (text) => text.replace('[persona', '["Persona Inventata <persona').replace('test]', 'test>"]'),
    at: '7:15',
    code: 'WRONG_FORM',
  },
  {
    name: 'an address that stands as a key',
    change: (text) => `${text}  ${secret}@camera.test: []\n`,
    at: '14:3',
    code: 'UNKNOWN_KEY',
  },
  {
    name: 'one address without its list',
    change: (text) => text.replace(/\[(persona.*)\]/, '$1'),
    at: '7:14',
    code: 'WRONG_TYPE',
  },
  {
    name: 'a port that is none',
    change: (text) => text.replace('587', '70000'),
    at: '3:9',
    code: 'OUT_OF_RANGE',
  },
  { name: 'a port in quotes', change: (text) => text.replace('587', '"587"'), at: '3:9', code: 'WRONG_TYPE' },
  {
    name: 'no such security',
    change: (text) => text.replace('starttls', 'ssl'),
    at: '4:13',
    code: 'NOT_ALLOWED',
  },
  {
    name: 'a password in the file',
    change: (text) => text.replace('  from', '  password: segreta\n  from'),
    at: '5:3',
    code: 'UNKNOWN_KEY',
  },
  {
    name: 'a user whose password would travel in the clear',
    change: (text) => text.replace('starttls', 'none').replace('  from', '  user: ufficio\n  from'),
    at: '5:9',
    code: 'WRONG_FORM',
  },
  {
    name: 'a hook without a program',
    change: (text) => `hook:\n  args: []\n${text}`,
    at: '2:3',
    code: 'MISSING',
  },
];
test.each(broken)('$name is a warning at its place', async ({ change, at, code }) => {
  const folder = withNotifications(change(good));
  const { notifications, findings } = await loadNotifications(folder);
  expect(notifications).toBeNull();
  const places = findings.map((one) => `${one.code} ${one.file}:${one.line}:${one.column}`);
  expect(places).toEqual([`${code} local/notifications.yaml:${at}`]);
  expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
  expect(JSON.stringify(findings)).not.toMatch(/persona|camera\.test|segreta/i);
});

test('a list that is left out, a way that is missing and an example address are named, and the rest works', async () => {
  const text = `lists:\n  committee: [comitato@example.org, ${secret}@camera.test]\n  press: []\n`;
  const { notifications, findings } = await loadNotifications(withNotifications(text));
  expect(notifications?.lists.committee).toEqual([`${secret}@camera.test`]);
  expect(findings.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
    'EXAMPLE_ADDRESS 2:15',
    'NO_NOTIFICATIONS 1:1',
    ...['council-and-board', 'staff', 'suppliers', 'viareggio'].map(() => 'EMPTY_LIST 2:3'),
    'EMPTY_LIST 3:3',
    'EMPTY_LIST 2:3',
  ]);
  expect(JSON.stringify(findings)).not.toMatch(/@|persona/);
});

test('the template has the right form, and nothing in it would be sent anywhere', async () => {
  const template = readFileSync(join(inventoryFolder, 'local/notifications.template.yaml'), 'utf8');
  const { notifications, findings } = await loadNotifications(withNotifications(template));
  expect(Object.values(notifications?.lists ?? {}).flat()).toEqual([]);
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['EXAMPLE_ADDRESS']));
  const everything = template.replaceAll(
    /^( *)# (?=(hook|heartbeat|caFile|serverName|timeoutSeconds| {2}\w+):)/gm,
    '$1',
  );
  const all = await loadNotifications(withNotifications(everything));
  expect(all.notifications?.hook).toMatchObject({ args: ['--urgent'], timeoutSeconds: 60 });
  expect(all.notifications?.heartbeat?.program).toBe('/usr/bin/curl');
  expect(all.notifications?.smtp?.serverName).toBe('smtp.example.org');
});

test('no file: a warning, and the inventory still loads', async () => {
  const folder = copyInventory();
  expect((await loadNotifications(folder)).notifications).toBeNull();
  const { findings } = await soundInventory(folder);
  const about = findings.filter(({ code }) => code === 'NO_NOTIFICATIONS');
  expect(about).toMatchObject([{ severity: 'warning', file: 'local/notifications.yaml' }]);
});
