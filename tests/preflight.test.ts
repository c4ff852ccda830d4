/** Preflight: numbers against limits, and an offer with mistakes. The measuring of real disks is in tests/lab/kit.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { toErrorRecord } from '../core/errors.ts';
import type { Inventory } from '../inventory/schema.ts';
import { type ExecOutcome, tryRun } from '../platforms/exec.ts';
import { judgeFit, judgeTime, sizeOf } from '../scripts/preflight/capacity.ts';
import { checkOffer, loadOffer, type Offer, offerTemplate } from '../scripts/preflight/offer.ts';
import { checkSite, judgeLoad, loadOf } from '../scripts/preflight/site.ts';
import { projectFolder, soundInventory } from './inventory-copy.ts';

const { inventory } = await soundInventory();
const folder = mkdtempSync(join(tmpdir(), 'dr-preflight-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GB = 1024 ** 3;
const size = { bytes: 100 * GB, entries: 1_000_000 };
const fast = { bytes: GB, seconds: 10 };

/** The inventory with this many desks at Viareggio, each with its workstation. */
function withDesks(count: number): Inventory {
  const desk = inventory.desks[0];
  const host = inventory.hosts.find(({ name }) => name === 'vi-ws1');
  if (desk === undefined || host === undefined) throw new Error('no desk');
  const numbers = Array.from({ length: count - 4 }, (_, index) => index + 5);
  return {
    ...inventory,
    desks: [
      ...inventory.desks,
      ...numbers.map((n) => ({ ...desk, id: `vi-desk${n}`, switchPort: n, workstation: `vi-ws${n}` })),
    ],
    hosts: [...inventory.hosts, ...numbers.map((n) => ({ ...host, name: `vi-ws${n}` }))],
  };
}

const sites: [desks: number, failing: string[]][] = [
  [4, []],
  [5, ['preflight.desks', 'preflight.ups']],
  [7, ['preflight.desks', 'preflight.ups']],
  [9, ['preflight.desks', 'preflight.ports', 'preflight.ups']],
];
test.for(sites)('%i desks fail at %j', async ([desks, failing]) => {
  const checks = await checkSite(withDesks(desks), 'viareggio');
  expect(checks.filter(({ outcome }) => outcome === 'FAIL').map(({ id }) => id)).toEqual(failing);
  expect(checks.map(({ outcome }) => outcome)).not.toContain('NOT VERIFIABLE');
});

test('a figure that the inventory lacks is not verifiable', async () => {
  const lacking = {
    ...inventory,
    powerDraw: inventory.powerDraw.filter(({ device }) => device !== 'monitor'),
  };
  const checks = await checkSite(lacking, 'viareggio');
  expect(checks.find(({ id }) => id === 'preflight.ups')).toMatchObject({
    outcome: 'NOT VERIFIABLE',
    evidence: expect.stringContaining('monitor'),
  });
});

test('the load is that of the inventory, and the UPS keeps a fifth', () => {
  expect(loadOf(inventory, 'viareggio')).toBe(120 + 150 + 150 + 4 * 60 + 4 * 25 + 20);
  expect(judgeLoad(800, 1000).outcome).toBe('PASS');
  expect(judgeLoad(801, 1000).outcome).toBe('FAIL');
});

const room = (100 * GB * 1.05 + 1_000_000 * 4096) * 1.2;
test.for<[number, string]>([
  [Math.ceil(room) + 1, 'PASS'],
  [Math.floor(room) - 1, 'FAIL'],
])('%i bytes free: %s', ([free, outcome]) => {
  expect(judgeFit(size, free).outcome).toBe(outcome);
});

test('the time is what was measured, and without a measure there is none', () => {
  expect(judgeTime(size, { freeBytes: 0, read: fast, write: fast }, 72)).toMatchObject({
    outcome: 'PASS',
    evidence: expect.stringMatching(/^circa \/ about (39|40) min/),
  });
  const slow = { bytes: GB, seconds: 3000 };
  expect(judgeTime(size, { freeBytes: 0, read: slow, write: fast }, 72).outcome).toBe('FAIL');
  const none = { bytes: 0, seconds: 0 };
  expect(() => judgeTime(size, { freeBytes: 0, read: none, write: fast }, 72)).toThrow(
    'could not be measured',
  );
});

test('a snapshot that does not say its size is no empty one', () => {
  expect(sizeOf({ id: 'a', tags: ['lucca-dr', 'entries=3', 'bytes=12'] })).toEqual({ entries: 3, bytes: 12 });
  expect(() => sizeOf({ id: 'abcdef0123', tags: ['lucca-dr'] })).toThrow('abcdef01');
});

const server = { processori: 4, memoriaGb: 16, discoGb: 500, watt: 140 };
const good: Offer = {
  fornitore: 'Ditta di prova',
  data: '2026-11-24',
  consegnaOre: 24,
  controllerDiDominio: server,
  fileServer: server,
  serverApplicativo: server,
  postazioni: { numero: 4, memoriaGb: 8, lettoriSmartCard: 4, watt: 85 },
  switch: { porte: 8, watt: 20 },
  gruppoDiContinuita: { watt: 1000 },
};
const offers: [what: string, offer: Offer, failing: string[]][] = [
  ['all that is needed', good, []],
  ['a disk too small', { ...good, fileServer: { ...server, discoGb: 130 } }, ['offer.disk']],
  [
    'too few workstations',
    { ...good, postazioni: { ...good.postazioni, numero: 3 } },
    ['offer.workstations'],
  ],
  [
    'no card readers',
    { ...good, postazioni: { ...good.postazioni, lettoriSmartCard: 0 } },
    ['offer.workstations'],
  ],
  ['a switch too small', { ...good, switch: { porte: 3, watt: 20 } }, ['offer.switch']],
  ['hungry machines', { ...good, fileServer: { ...server, watt: 400 } }, ['offer.ups']],
  ['after the RTO', { ...good, consegnaOre: 72 }, ['offer.delivery']],
  [
    'a small application server',
    { ...good, serverApplicativo: { ...server, discoGb: 16 } },
    ['offer.application-server'],
  ],
  ['a weak controller', { ...good, controllerDiDominio: { ...server, memoriaGb: 2 } }, ['offer.controller']],
];
test.for(offers)('an offer with %s', async ([, offer, failing]) => {
  const checks = await checkOffer(inventory, 'viareggio', offer, size);
  expect(checks.filter(({ outcome }) => outcome !== 'PASS').map(({ id }) => id)).toEqual(failing);
});

test('without a snapshot the disk of an offer is not verifiable', async () => {
  const checks = await checkOffer(inventory, 'viareggio', good, undefined);
  expect(checks.filter(({ outcome }) => outcome === 'NOT VERIFIABLE').map(({ id }) => id)).toEqual([
    'offer.disk',
  ]);
});

/** A file with this offer, as the supplier filled it in. */
const offerFile = (name: string, offer: Offer): string => {
  const path = join(folder, name);
  writeFileSync(path, stringify(offer));
  return path;
};

/** `dr preflight` as somebody types it. */
const type = async (...args: string[]): Promise<ExecOutcome> =>
  await tryRun(join(projectFolder, 'bin', 'dr'), ['preflight', ...args]);

test('as typed: 0 when all is enough, 1 when something is not, 3 when something cannot be told, and an offer to fill in', async () => {
  const [enough, offered, refused, template] = await Promise.all([
    type(),
    type('--offer', offerFile('good.yaml', good)),
    type('--offer', offerFile('late.yaml', { ...good, consegnaOre: 72 })),
    type('--template'),
  ]);
  expect([enough.exitCode, enough.stdout.match(/^PASS/gm)?.length]).toEqual([0, 3]);
  // Without a cassette nobody knows how much the disk must hold.
  expect([offered.exitCode, offered.stdout.match(/^(FAIL|NOT VERIFIABLE) .*/gm)]).toEqual([
    3,
    [expect.stringContaining('file server')],
  ]);
  expect([refused.exitCode, refused.stdout.match(/^FAIL .*\n.*/gm)]).toEqual([
    1,
    [expect.stringMatching(/72 h/)],
  ]);
  expect([template.exitCode, template.stdout]).toEqual([0, (await offerTemplate()).trimEnd()]);
});

test('the template names every entry, and every one that is not filled in is named by line and column', async () => {
  const template = await offerTemplate();
  const path = join(folder, 'offerta.yaml');
  writeFileSync(path, template);
  const refused = await loadOffer(path).catch(toErrorRecord);
  expect(refused).toMatchObject({ code: 'OFFER_FILE' });
  const { message } = refused as { message: string };
  expect(message).toContain('offerta.yaml:4:12: ');
  expect(message.match(/offerta\.yaml:\d+:\d+: /g)?.length).toBeGreaterThan(8);
  const keys = (value: object): unknown =>
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'object' ? keys(inner as object) : '',
    ]);
  expect(keys(parse(template) as object)).toEqual(keys(good));
  const filled = template.replace('fornitore: ""', 'fornitore: Ditta').replaceAll(/: 0( |$)/gm, ': 9$1');
  writeFileSync(path, filled);
  expect(await loadOffer(path)).toMatchObject({ fornitore: 'Ditta', consegnaOre: 9 });
  writeFileSync(path, `${filled}prezzo: 3\n`);
  expect(await loadOffer(path).catch(toErrorRecord)).toMatchObject({
    message: expect.stringContaining('"prezzo"'),
  });
  expect(await loadOffer(join(folder, 'nessuna.yaml')).catch(toErrorRecord)).toMatchObject({
    code: 'OFFER_FILE',
  });
});
