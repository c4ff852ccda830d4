/** Which cassette a medium is, even when its files are perfect. */
import { expect, test } from 'vitest';
import { custodyOf, noCustody } from '../cassette/custody.ts';
import { type Expected, type IdentificationKind, identify } from '../cassette/identity.ts';
import type { Ledger } from '../cassette/ledger.ts';
import { requireInventory } from '../inventory/load.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import { at, begun, received, repository, retired, say, sent, snapshot, usual } from './custody-fixtures.ts';

const inventory = await requireInventory();
const A = 'LUCCA-DR-A';
const B = 'LUCCA-DR-B';

/** A as it left Lucca. */
function medium(change: Partial<PluggedMedium> = {}): PluggedMedium {
  return {
    label: A,
    mountPoint: `/media/${A}`,
    device: '/dev/sdb',
    mediumSerial: 'LDR-0001',
    identity: identityOf(A, 1),
    holdsBackups: true,
    writable: true,
    snapshotIds: [snapshot(1)],
    usedBytes: 1,
    freeBytes: 1,
    ...change,
  };
}

function identityOf(label: string, n: number): NonNullable<PluggedMedium['identity']> {
  return { format: 1, label, serial: `LDR-000${n}`, initialisedAtUtc: at(0), repositoryId: repository(n) };
}

/** B as it left Lucca. */
const b = medium({
  label: B,
  mediumSerial: 'LDR-0002',
  identity: identityOf(B, 2),
  snapshotIds: [snapshot(10)],
});
const bothHere = say(usual(), { hour: 11, event: sent(B) }, { hour: 12, event: received(B) });
const noSerial = say(new Map(), {
  hour: 0,
  event: { ...begun(A, 1, 'viareggio'), serialOrigin: 'declared' },
});

const cases: {
  name: string;
  medium?: PluggedMedium;
  ledger?: Ledger;
  expected?: Partial<Expected>;
  kind: IdentificationKind;
}[] = [
  { name: 'the right one, asked for by its label', expected: { label: A }, kind: 'right' },
  { name: 'the right one, not asked for by its label', kind: 'right' },
  { name: 'the right one, before any ledger was begun', ledger: new Map(), kind: 'right' },
  {
    name: 'a backup that the ledger does not know yet',
    medium: medium({ snapshotIds: [snapshot(1), snapshot(2)] }),
    kind: 'right',
  },
  { name: 'the newest of two', medium: b, ledger: bothHere, kind: 'right' },
  { name: "last week's, while a newer one is here", ledger: bothHere, kind: 'outdated' },
  {
    name: 'the older of two, asked for by its label',
    ledger: bothHere,
    expected: { label: A },
    kind: 'right',
  },
  { name: 'another one of ours', medium: b, ledger: bothHere, expected: { label: A }, kind: 'wrong' },
  { name: 'one that should be at Lucca', medium: b, expected: { label: B }, kind: 'elsewhere' },
  {
    name: 'one that is still on its way',
    medium: b,
    ledger: say(usual(), { hour: 11, event: sent(B) }),
    expected: { label: B },
    kind: 'elsewhere',
  },
  {
    name: 'one that is in no inventory',
    medium: medium({ label: 'X', identity: identityOf('X', 9) }),
    kind: 'stranger',
  },
  {
    name: 'a blank one',
    medium: medium({ identity: null, holdsBackups: false, snapshotIds: [] }),
    kind: 'blank',
  },
  { name: 'backups without an identity', medium: medium({ identity: null }), kind: 'unidentified' },
  {
    name: 'an identity file with the serial of another',
    medium: medium({ identity: { ...identityOf(A, 1), serial: 'LDR-0002' } }),
    kind: 'unidentified',
  },
  { name: 'a label that was changed', medium: medium({ label: B }), kind: 'unidentified' },
  { name: 'a perfect copy on another medium', medium: medium({ mediumSerial: 'KINGSTON-77' }), kind: 'copy' },
  {
    name: 'a perfect copy on a medium without a serial',
    medium: medium({ mediumSerial: null }),
    kind: 'copy',
  },
  {
    name: 'a copy, of which no ledger tells',
    medium: medium({ mediumSerial: 'KINGSTON-77' }),
    ledger: new Map(),
    kind: 'copy',
  },
  {
    name: 'no serial, and nobody ever read one',
    medium: medium({ mediumSerial: null }),
    ledger: noSerial,
    kind: 'no-serial',
  },
  {
    name: 'no serial, and no ledger',
    medium: medium({ mediumSerial: null }),
    ledger: new Map(),
    kind: 'no-serial',
  },
  {
    name: 'initialised again, with perfect new backups',
    medium: medium({
      identity: { ...identityOf(A, 1), repositoryId: repository(8) },
      snapshotIds: [snapshot(5)],
    }),
    kind: 'initialised-again',
  },
  {
    name: "last week's content on the right medium",
    medium: medium({ snapshotIds: [snapshot(0)] }),
    kind: 'rolled-back',
  },
  { name: 'all backups deleted', medium: medium({ snapshotIds: [] }), kind: 'rolled-back' },
  { name: 'retired', ledger: say(usual(), { hour: 11, event: retired(A) }), kind: 'retired' },
  {
    name: 'a copy of another one than asked for',
    medium: medium({ mediumSerial: 'Y' }),
    expected: { label: B },
    kind: 'copy',
  },
];

test.for(cases)('$name: $kind', ({ medium: plugged = medium(), ledger = usual(), expected, kind }) => {
  const found = identify(plugged, inventory, custodyOf(ledger), { site: 'viareggio', ...expected });
  expect(found.kind).toBe(kind);
  expect(found.text).toMatch(/\S.* \/ .*\S/);
  expect(found.hint).toMatch(kind === 'right' ? /^$/ : /\S.* \/ .*\S/);
});

test('without a ledger nothing is known of whereabouts, and nothing is made up', () => {
  expect(identify(b, inventory, noCustody, { site: 'lucca' }).kind).toBe('right');
});
