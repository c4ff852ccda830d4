/** What the ledger says: where each cassette is, what contradicts itself, and how much work would be lost now. */
import { describe, expect, test } from 'vitest';
import { custodyOf } from '../cassette/custody.ts';
import { emptyLedger, type Ledger, mergeLedgers, orderedEntries } from '../cassette/ledger.ts';
import { type Rpo, rpoOf } from '../cassette/rpo.ts';
import { requireInventory } from '../inventory/load.ts';
import {
  at,
  begun,
  received,
  retired,
  type Said,
  say,
  sent,
  snapshot,
  usual,
  written,
} from './custody-fixtures.ts';

const A = 'LUCCA-DR-A';
const B = 'LUCCA-DR-B';
const inventory = await requireInventory();
const effective = (ledger: Ledger): Rpo => rpoOf(inventory, custodyOf(ledger), at(30));
const kinds = (ledger: Ledger): string[] => custodyOf(ledger).contradictions.map(({ kind }) => kind);

test('the usual carrying: nothing is at odds, and each is where it was left', () => {
  const { records, contradictions } = custodyOf(usual());
  expect(contradictions).toEqual([]);
  expect(records.get(A)).toMatchObject({
    serial: 'LDR-0001',
    retired: false,
    whereabouts: { kind: 'at-site', site: 'viareggio', sinceUtc: at(4) },
    newestSnapshot: { id: snapshot(1), takenAtUtc: at(1) },
  });
  expect(records.get(B)?.whereabouts).toEqual({ kind: 'at-site', site: 'lucca', sinceUtc: at(9) });
});

const contradictory: { name: string; said: Said[]; kind: string }[] = [
  { name: 'sent while it is elsewhere', said: [{ hour: 11, event: sent(A) }], kind: 'sent-while-elsewhere' },
  {
    name: 'sent twice',
    said: [
      { hour: 11, event: sent(B) },
      { hour: 12, event: sent(B) },
    ],
    kind: 'sent-while-elsewhere',
  },
  { name: 'received but never sent', said: [{ hour: 11, event: received(B) }], kind: 'received-never-sent' },
  {
    name: 'received at two sites',
    said: [{ hour: 11, event: received(A, 'lucca') }],
    kind: 'received-at-two-sites',
  },
  {
    name: 'received where it was not sent',
    said: [
      { hour: 11, event: sent(B) },
      { hour: 12, event: received(B, 'lucca') },
    ],
    kind: 'received-elsewhere',
  },
  {
    name: 'written while elsewhere',
    said: [{ hour: 11, event: written(A, 11) }],
    kind: 'written-while-elsewhere',
  },
  {
    name: 'written to another repository',
    said: [{ hour: 11, event: written(B, 11, 7) }],
    kind: 'other-repository',
  },
  {
    name: 'two cassettes that claim one repository',
    said: [{ hour: 11, event: { ...begun('LUCCA-DR-C', 1), serial: 'LDR-0003' } }],
    kind: 'repository-twice',
  },
  {
    name: 'two cassettes on one medium',
    said: [{ hour: 11, event: { ...begun('LUCCA-DR-C', 3), serial: 'LDR-0001' } }],
    kind: 'serial-twice',
  },
  {
    name: 'a backup that is older than the last',
    said: [{ hour: 11, event: written(B, 8, 2) }],
    kind: 'time-backwards',
  },
  {
    name: 'a clock that ran backwards',
    said: [{ hour: 8, declared: 11, event: sent(B) }],
    kind: 'time-backwards',
  },
  {
    name: 'declared for a time before the last',
    said: [{ hour: 11, declared: 3, event: sent(B) }],
    kind: 'time-backwards',
  },
  {
    name: 'declared for a time to come',
    said: [{ hour: 11, declared: 20, event: sent(B) }],
    kind: 'declared-in-future',
  },
  {
    name: 'something about one that nobody began',
    said: [{ hour: 11, event: sent('LUCCA-DR-C') }],
    kind: 'never-initialised',
  },
  {
    name: 'used after it was retired',
    said: [
      { hour: 11, event: retired(B) },
      { hour: 12, event: written(B, 12, 2) },
    ],
    kind: 'used-after-retirement',
  },
];

test.for(contradictory)('$name', ({ said, kind }) => {
  const ledger = say(usual(), ...said);
  const { contradictions } = custodyOf(ledger);
  expect(contradictions.map((one) => one.kind)).toContain(kind);
  for (const { textIt, textEn, entries } of contradictions) {
    expect([textIt, textEn].every((text) => text.length > 20)).toBe(true);
    expect(entries.every((digest) => ledger.has(digest))).toBe(true);
  }
});

test('once people have said what was true, it is no longer shown, and both statements stay', () => {
  const odd = say(usual(), { hour: 11, event: received(B) });
  const entries = custodyOf(odd).contradictions.flatMap((one) => one.entries);
  const settled = say(odd, {
    hour: 12,
    event: { kind: 'settled', label: B, by: 'responsabile-dr', reason: 'spedita senza registrarla', entries },
  });
  expect(kinds(odd)).toEqual(['received-never-sent']);
  expect(kinds(settled)).toEqual([]);
  expect(settled.size).toBe(odd.size + 1);
  expect(kinds(say(settled, { hour: 13, event: received(B, 'lucca') }))).toEqual(['received-at-two-sites']);
});

describe('sites that wrote apart', () => {
  test('each adds its own: the union has no contradiction', () => {
    const away = say(usual(), { hour: 11, by: 'site:viareggio', event: sent(A, 'viareggio', 'lucca') });
    const home = say(usual(), { hour: 12, event: sent(B) });
    const { contradictions, records } = custodyOf(mergeLedgers(away, home));
    expect(contradictions).toEqual([]);
    expect([A, B].map((label) => records.get(label)?.whereabouts)).toMatchObject([
      { to: 'lucca' },
      { to: 'viareggio' },
    ]);
  });

  test('received before the news of its sending came: the gap closes when they meet', () => {
    const sending = say(usual(), { hour: 11, event: sent(B) });
    const receiving = say(usual(), { hour: 12, by: 'site:viareggio', event: received(B) });
    expect(kinds(receiving)).toEqual(['received-never-sent']);
    expect(kinds(mergeLedgers(receiving, sending))).toEqual([]);
  });

  test('one signer that wrote on two copies shows as a fork', () => {
    const one = say(usual(), { hour: 11, event: sent(B) });
    const other = say(usual(), { hour: 12, event: written(B, 12, 2) }, { hour: 13, event: sent(B) });
    expect(kinds(mergeLedgers(one, other))).toContain('fork');
  });

  test('what is missing shows in the entry that names it', () => {
    const ordered = orderedEntries(usual());
    const holed = new Map(ordered.filter((_, index) => index !== 2).map((entry) => [entry.digest, entry]));
    expect(custodyOf(holed).contradictions.map(({ kind }) => kind)).toContain('missing-entry');
    expect(kinds(mergeLedgers(holed, usual()))).toEqual([]);
  });
});

describe('RPO', () => {
  test('counts the newest snapshot on the newest cassette that is at Viareggio, not the newest there is', () => {
    expect(effective(usual())).toEqual({
      site: 'viareggio',
      nominalSeconds: 24 * 3600,
      targetSeconds: inventory.targets.fileServerAndDomain.rpoHours * 3600,
      effectiveSeconds: 29 * 3600,
      cassette: { label: A, snapshotId: snapshot(1), snapshotAtUtc: at(1) },
    });
  });

  test('one that is on its way does not count until it is received', () => {
    const travelling = say(usual(), { hour: 11, event: sent(B) });
    expect(effective(travelling).cassette?.label).toBe(A);
    expect(effective(say(travelling, { hour: 12, event: received(B) }))).toMatchObject({
      effectiveSeconds: 20 * 3600,
      cassette: { label: B },
    });
  });

  test('nothing at Viareggio, nothing written, or retired: no figure', () => {
    const none = { effectiveSeconds: null, cassette: null };
    expect(effective(emptyLedger)).toMatchObject(none);
    expect(effective(say(emptyLedger, { hour: 0, event: begun(A, 1, 'viareggio') }))).toMatchObject(none);
    expect(effective(say(usual(), { hour: 11, event: retired(A) }))).toMatchObject(none);
  });
});
