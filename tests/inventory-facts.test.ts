/** The real inventory: it loads, and it holds what the documents hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { personSchema } from '../inventory/people.ts';
import { inventoryFolder, projectFolder, soundInventory } from './inventory-copy.ts';

const { inventory, findings } = await soundInventory();

test('the counts are those of the documents', () => {
  expect(inventory.serviceClasses).toHaveLength(18);
  expect(inventory.serviceClasses.filter(({ plan }) => plan !== null)).toHaveLength(17);
  expect(inventory.outOfScopeServices).toHaveLength(3);
  expect(inventory.solutions.map(({ name }) => name)).toEqual(['IC-A', 'IC-B', 'IC-C', 'CCIAA-A', 'CCIAA-B']);
  expect(inventory.scenarios.map(({ id }) => id)).toEqual(['D1', 'D2', 'D3']);
  expect(inventory.desks).toHaveLength(4);
  const viareggio = inventory.sites.find(({ id }) => id === 'viareggio');
  expect(viareggio).toMatchObject({ switch: { deskPorts: 8 }, ups: { watts: 1000 } });
  expect(viareggio?.rooms).toMatchObject([{ desks: 4, workstations: 4 }]);
  expect(viareggio?.keysHeldByRoles).toEqual(['responsabile-dr', 'responsabile-sede-viareggio']);
  expect(inventory.mutualAid).toMatchObject({ afterWeeks: 3, workstations: 5 });
  expect(inventory.frontOfficeServices).toHaveLength(4);
  expect(inventory.targets.fileServerAndDomain).toMatchObject({ rtoHours: 72, rpoHours: 24 });
});

test('teams have their head-counts', () => {
  expect(Object.fromEntries(inventory.teams.map(({ id, headCount }) => [id, headCount]))).toEqual({
    'comitato-crisi': 5,
    retrosportello: 36,
    sportello: 37,
    'team-dr': 1,
    'ufficio-stampa': 2,
  });
});

test('there is no error, and the only warnings are the ones that are true', () => {
  const warnings = findings.filter(
    ({ severity, file }) => severity === 'warning' && !file.startsWith('local/'),
  );
  expect(warnings.map(({ code }) => code)).toEqual(['NO_SUBSTITUTE']);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('each decision of our own is a heading of the page about the inventory', () => {
  const page = readFileSync(join(projectFolder, 'docs/inventory.md'), 'utf8');
  const ours = inventory.documents.find(({ id }) => id === 'progetto')?.clauses ?? [];
  expect(ours.filter((clause) => !page.includes(`\n## ${clause}\n`))).toEqual([]);
});

test('the access control lists cover what a restore must bring back', () => {
  const lists = inventory.shares
    .flatMap(({ acl, folders }) => [acl, ...folders.map((folder) => folder.acl)])
    .flat();
  expect(new Set(lists.map(({ type }) => type))).toEqual(new Set(['allow', 'deny']));
  expect(new Set(lists.map(({ rights }) => rights))).toEqual(new Set(['read', 'modify', 'full']));
  expect(new Set(lists.map(({ appliesTo }) => appliesTo)).size).toBe(4);
  expect(inventory.shares.some(({ folders }) => folders.some((folder) => folder.protected))).toBe(true);
  const groups = new Set(inventory.groups.map(({ name }) => name));
  expect(lists.some(({ trustee }) => groups.has(trustee))).toBe(true);
  expect(inventory.groups.some(({ members }) => members.some((member) => groups.has(member)))).toBe(true);
});

test('the templates of the local folder have the form that is read', () => {
  const template = parse(readFileSync(join(inventoryFolder, 'local/people.template.yaml'), 'utf8'));
  for (const person of template.people) expect(personSchema.parse(person).role).toBe('rco');
  expect(inventory.roles.map(({ id }) => id)).toContain('rco');
});
