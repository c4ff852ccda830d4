/** Lucca's applications in a lab: the real products, used from a desk as the inventory says, and what is said when they do not answer. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationById } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import type { Application } from '../../inventory/schema-applications.ts';
import { type Lab, labUp } from '../../lab/lab.ts';
import { labSurroundings } from '../../lab/lucca.ts';
import { makeProducts } from '../../lab/products.ts';
import { labSecretsFolder } from '../../lab/secrets.ts';
import { type DialogueOutcome, runDialogue } from '../../platforms/application/dialogue/dialogue.ts';
import { withHost } from '../../platforms/ssh.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { inventory, on, only, removeEverything } from './lab-harness.ts';

const attendance = applicationById(inventory, 'presenze');
const certificates = applicationById(inventory, 'certificati-origine');
/** Another entry of a product that the lab knows: its own unit, folders, port and database. */
const permits: Application = {
  ...attendance,
  id: 'permessi',
  database: { ...attendance.database, name: 'permessi' },
  folders: ['/etc/tryton-permessi', '/var/lib/tryton-permessi'],
  units: ['tryton-permessi.service'],
  port: 8001,
  health: { path: '/permessi/', status: 405 },
  dialogue: renamed(attendance.dialogue, '/presenze/', '/permessi/'),
};
const three: Inventory = { ...inventory, applications: [...inventory.applications, permits] };

let lab: Lab;
let context: ScriptContext;

beforeAll(async () => {
  lab = await labUp({ name: 'products', inventory: only('lu-app1', 'lu-ws1') });
  ({ context } = await labSurroundings(lab, () => undefined));
  const secret = join(labSecretsFolder(lab.directory), 'application-permessi');
  await writeFile(secret, 'Dr1-permessi\n', { mode: 0o600 });
});
afterAll(removeEverything);

function renamed(dialogue: Application['dialogue'], from: string, to: string): Application['dialogue'] {
  const requests = (list: Application['dialogue']['read']): Application['dialogue']['read'] =>
    list.map((request) => ({ ...request, path: request.path.replace(from, to) }));
  return { logOn: requests(dialogue.logOn), read: requests(dialogue.read), write: requests(dialogue.write) };
}

async function use({ id, account, port, health, dialogue }: Application): Promise<DialogueOutcome[]> {
  const password = await context.secret(`application-${id}`);
  const url = `http://10.55.1.30:${port}`;
  return await withHost(
    context.access,
    'lu-ws1',
    async (desk) => await runDialogue(desk, { url, account, password, health, dialogue }),
  );
}

const said = (outcomes: DialogueOutcome[]): string[] =>
  outcomes.map(({ outcome, evidence }) => (outcome === 'PASS' ? outcome : `${outcome} ${evidence}`));
const ALL_WELL = ['PASS', 'PASS', 'PASS', 'PASS'];

test('each entry of the inventory becomes a product that a desk can use, a third of a known product without code', async () => {
  expect(await makeProducts(context, three, 'lucca')).toEqual(three.applications.map(({ id }) => id));
  expect(said(await use(attendance))).toEqual(ALL_WELL);
  expect(said(await use(certificates))).toEqual(ALL_WELL);
  expect(said(await use(permits))).toEqual(ALL_WELL);
});

test('they hold what offices could have: hours of the past weeks and certificates, and no name of a person', async () => {
  const ask = async (sql: string): Promise<string> =>
    await on(lab, 'lu-app1', `cd /; runuser -u tryton -- psql -At presenze -c "${sql}"`);
  expect(Number(await ask('SELECT count(*) FROM attendance_line'))).toBeGreaterThan(5_000);
  const names = (await ask('SELECT name FROM party_party')).split('\n');
  const offices = inventory.offices.flatMap(({ name }) =>
    [1, 2, 3, 4, 5].map((number) => `${name} ${number}`),
  );
  expect(names.toSorted()).toEqual(
    ['Camera di Commercio di Lucca', 'Prova di ripristino', ...offices].toSorted(),
  );
  expect(
    Number(await on(lab, 'lu-app1', 'mariadb -BNe "SELECT count(*) FROM ttrss.ttrss_entries"')),
  ).toBeGreaterThan(600);
});

test('what is whole is left as it is; what was cut off is made anew', async () => {
  expect(await makeProducts(context, three, 'lucca')).toEqual([]);
  await on(lab, 'lu-app1', 'mariadb ttrss -e "DELETE FROM ttrss_users"');
  expect(await makeProducts(context, three, 'lucca')).toEqual(['certificati-origine']);
  expect(said(await use(certificates))).toEqual(ALL_WELL);
});

test('no password of a test account stands in a log or a file, and that of a database in one file of its product', async () => {
  const passwords = await Promise.all(
    three.applications.map(async ({ id }) => await context.secret(`application-${id}`)),
  );
  const own = await on(lab, 'lu-app1', `sed "s/.*dbpass='\\([^']*\\)'.*/\\1/" /etc/tt-rss/database.php`);
  const filesWith = async (text: string): Promise<string> =>
    await on(lab, 'lu-app1', `grep -rlF -- '${text}' /etc /var/log /var/lib/tryton /var/lib/tt-rss || true`);
  for (const password of passwords) expect(await filesWith(password)).toBe('');
  expect(await filesWith(own)).toBe('/etc/tt-rss/database.php');
  expect(await on(lab, 'lu-app1', 'stat -c %a:%G /etc/tt-rss/database.php')).toBe('640:www-data');
});

test('a product that the lab does not know is named', async () => {
  const unknown = { ...inventory, applications: [{ ...permits, packages: ['postgresql'] }] };
  await expect(makeProducts(context, unknown, 'lucca')).rejects.toMatchObject({ code: 'PRODUCT_UNKNOWN' });
});

describe('what a desk is told', () => {
  test('the databases are out of reach', async () => {
    await on(lab, 'lu-app1', 'systemctl stop postgresql@15-main mariadb');
    const [hours, papers] = [await use(attendance), await use(certificates)];
    await on(lab, 'lu-app1', 'systemctl start postgresql@15-main mariadb; systemctl restart tryton-server');
    expect(hours.map(({ outcome }) => outcome)).toEqual(['PASS', 'FAIL', 'NOT VERIFIABLE', 'NOT VERIFIABLE']);
    expect(said(papers)[0]).toMatch(/^FAIL GET .*base dati.*SQLSTATE/);
  });

  test('nothing listens', async () => {
    await on(lab, 'lu-app1', 'systemctl stop nginx');
    const papers = await use(certificates);
    await on(lab, 'lu-app1', 'systemctl start nginx');
    expect(papers.map(({ outcome }) => outcome)).toEqual([
      'FAIL',
      'NOT VERIFIABLE',
      'NOT VERIFIABLE',
      'NOT VERIFIABLE',
    ]);
    expect(papers[0]?.evidence).toContain('(Connection refused)');
  });
});
