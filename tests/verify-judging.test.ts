/** What each level of verification makes of what it saw, without a host: one case a line. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judgeContent } from '../cassette/content.ts';
import { type FreshnessFacts, judgeFreshness, timesOf } from '../cassette/freshness.ts';
import type { Identification, IdentificationKind } from '../cassette/identity.ts';
import type { Judged } from '../cassette/judged.ts';
import { judgePresence, type PresenceFacts } from '../cassette/presence.ts';
import { canaryPaths, declaredAcls, declaredNames, judgeSnapshot } from '../cassette/snapshot.ts';
import { judgeStructure } from '../cassette/structure.ts';
import { requireInventory } from '../inventory/load.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import type { SnapshotContents, StructureFacts } from '../platforms/restic/structure.ts';
import { canaryText } from '../platforms/samba/canary.ts';

const HOUR_MS = 3_600_000;
const now = '2026-11-24T12:00:00.000Z';
const hoursAgo = (hours: number): string => new Date(Date.parse(now) - hours * HOUR_MS).toISOString();

/** The checks that did not pass, as `id OUTCOME`. */
const bad = (judged: readonly Judged[]): string[] =>
  judged.filter(({ outcome }) => outcome !== 'PASS').map(({ id, outcome }) => `${id} ${outcome}`);
const said = (judged: readonly Judged[]): string => judged.map(({ evidence }) => evidence).join('\n');

const medium = (label: string): PluggedMedium => ({
  label,
  mountPoint: `/media/${label}`,
  device: '/dev/sdb1',
  mediumSerial: 'S',
  identity: { format: 1, label, serial: 'S', initialisedAtUtc: now, repositoryId: 'r' },
  holdsBackups: true,
  snapshotIds: [],
  writable: true,
  usedBytes: 1,
  freeBytes: 1,
});

const lock = (alive: boolean): StructureFacts['locks'][number] => ({
  id: 'l',
  alive,
  host: 'vi-fs1',
  pid: 42,
  atUtc: now,
});

const without = <T>(record: Record<string, T>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

const read = (right: boolean) => ({
  file: 'data/ab/abcd',
  bytes: 100,
  right,
  said: right ? '' : 'SHA-256 beef',
});

const seen = (label: string, kind: IdentificationKind = 'right'): PresenceFacts['media'][number] => ({
  medium: medium(label),
  found: { kind, label, text: `testo ${kind}`, hint: `consiglio ${kind}` } satisfies Identification,
});

describe('freshness', () => {
  const fresh: FreshnessFacts = {
    snapshots: [{ id: 'a'.repeat(64), time: hoursAgo(3) }],
    unreadable: [],
    foreign: 0,
    nowUtc: now,
    hostAheadMs: 40,
    uncertainMs: 10,
    rpoMs: 24 * HOUR_MS,
  };

  test.for<[what: string, change: Partial<FreshnessFacts>, found: string[], says: RegExp]>([
    ['a fresh one', {}, [], /0,1 volte l'RPO \(24 h\)/],
    ['exactly the RPO', { snapshots: [{ id: 'b', time: hoursAgo(24) }] }, [], /1,0 volte/],
    [
      'a minute over it',
      { snapshots: [{ id: 'b', time: hoursAgo(24 + 1 / 60) }] },
      ['freshness.age FAIL'],
      /(>1|1,001?) volte/,
    ],
    [
      'more than twice',
      { snapshots: [{ id: 'b', time: hoursAgo(55.2) }] },
      ['freshness.age FAIL'],
      /2,3 volte l'RPO/,
    ],
    [
      'the newest counts',
      {
        snapshots: [
          { id: 'o', time: hoursAgo(99) },
          { id: 'n', time: hoursAgo(1) },
        ],
      },
      [],
      /0,0 volte/,
    ],
    ['none', { snapshots: [] }, ['freshness.age FAIL'], /alcuno snapshot nostro/],
    ['only those of others', { snapshots: [], foreign: 2 }, ['freshness.age FAIL'], /2 di altri/],
    ['one that does not read', { unreadable: ['deadbeef00'] }, ['freshness.readable FAIL'], /deadbeef/],
    [
      'from the future',
      { snapshots: [{ id: 'f', time: hoursAgo(-2) }] },
      ['freshness.dates FAIL'],
      /nel futuro/,
    ],
    [
      'a little ahead, within what clocks may differ',
      { snapshots: [{ id: 'f', time: hoursAgo(-0.05) }] },
      [],
      /nessuna nel futuro/,
    ],
    [
      'the host three hours ahead',
      { hostAheadMs: 3 * HOUR_MS },
      ['freshness.clock FAIL'],
      /3 h 00 min avanti/,
    ],
    ['the host behind', { hostAheadMs: -HOUR_MS }, ['freshness.clock FAIL'], /indietro/],
    [
      'a slow way to the host is no wrong clock',
      { hostAheadMs: 6 * 60_000, uncertainMs: 2 * 60_000 },
      [],
      /differenza/,
    ],
  ])('%s', ([, change, found, says]) => {
    const judged = judgeFreshness({ ...fresh, ...change });
    expect(bad(judged)).toEqual(found);
    expect(said(judged)).toMatch(says);
  });

  test('what is over the limit never reads as the limit', () => {
    for (const over of [1, 1_000, 60_000, HOUR_MS])
      expect(timesOf(24 * HOUR_MS + over, 24 * HOUR_MS)).not.toMatch(/^1,0 /);
  });
});

describe('presence', () => {
  const facts: PresenceFacts = {
    host: 'vi-fs1',
    media: [seen('A')],
    label: undefined,
    labels: ['A', 'B'],
    contradictions: [],
    problems: [],
  };

  test.for<[what: string, change: Partial<PresenceFacts>, found: string[], says: RegExp]>([
    ['the right one', {}, [], /testo right/],
    ['none', { media: [] }, ['presence.cassette FAIL'], /non è inserita alcuna/],
    [
      'none, one was asked for',
      { media: [], label: 'A' },
      ['presence.cassette FAIL'],
      /inserire la cassetta A/,
    ],
    ['two', { media: [seen('A'), seen('B')] }, ['presence.cassette FAIL'], /inserite 2 cassette: A .*, B /],
    [
      'a blank one of ours beside it',
      { media: [seen('A'), seen('B', 'blank')] },
      ['presence.cassette FAIL'],
      /inserite 2 cassette/,
    ],
    ['a blank stick beside it', { media: [seen('A'), seen('X', 'blank')] }, [], /testo right/],
    ['two, one is named', { media: [seen('A'), seen('B', 'wrong')], label: 'A' }, [], /testo right/],
    [
      'the same label twice',
      { media: [seen('A'), seen('A', 'copy')], label: 'A' },
      ['presence.cassette FAIL'],
      /inserite 2/,
    ],
    [
      'another one',
      { media: [seen('B', 'wrong')], label: 'A' },
      ['presence.cassette FAIL'],
      /testo wrong consiglio wrong/,
    ],
    ['a stranger alone', { media: [seen('X', 'stranger')] }, ['presence.cassette FAIL'], /testo stranger/],
    ['a stranger beside ours', { media: [seen('X', 'stranger'), seen('A')] }, [], /testo right/],
    [
      'a medium without a serial',
      { media: [seen('A', 'no-serial')] },
      ['presence.cassette NOT VERIFIABLE'],
      /consiglio/,
    ],
    ...(
      [
        'outdated',
        'elsewhere',
        'unidentified',
        'blank',
        'copy',
        'initialised-again',
        'rolled-back',
        'retired',
      ] as const
    ).map((kind): [string, Partial<PresenceFacts>, string[], RegExp] => [
      kind,
      { media: [seen('A', kind)] },
      ['presence.cassette FAIL'],
      new RegExp(`testo ${kind} consiglio`),
    ]),
    [
      'a read-only one',
      { media: [{ ...seen('A'), medium: { ...medium('A'), writable: false } }] },
      ['presence.room FAIL'],
      /sola lettura/,
    ],
    [
      'a full one',
      { media: [{ ...seen('A'), medium: { ...medium('A'), usedBytes: 99, freeBytes: 1 } }] },
      ['presence.room FAIL'],
      /quasi piena/,
    ],
    [
      'a contradiction about it',
      { contradictions: [{ kind: 'k', label: 'A', textIt: 'due sedi', textEn: 'two sites', entries: [] }] },
      ['presence.ledger FAIL'],
      /due sedi/,
    ],
    [
      'a contradiction about another',
      { contradictions: [{ kind: 'k', label: 'B', textIt: 'x', textEn: 'x', entries: [] }] },
      [],
      /coerente/,
    ],
    [
      'a line changed by hand',
      { problems: [{ file: 'viareggio.jsonl', line: 3, textIt: 'riga modificata', textEn: 'changed' }] },
      ['presence.ledger FAIL'],
      /viareggio\.jsonl:3/,
    ],
  ])('%s', ([, change, found, says]) => {
    const { judged } = judgePresence({ ...facts, ...change });
    expect(bad(judged)).toEqual(found);
    expect(said(judged)).toMatch(says);
  });
});

describe('structure', () => {
  const whole: StructureFacts = { gone: false, status: 0, repositoryId: 'r', said: [], locks: [] };

  test.for<[what: string, change: Partial<StructureFacts>, found: string[], says: RegExp]>([
    ['whole', {}, [], /nessun lucchetto/],
    ['a dead lock', { locks: [lock(false)] }, [], /processi finiti.*pid 42/],
    ['a living one', { locks: [lock(true)] }, ['structure.locks NOT VERIFIABLE'], /Copia in corso.*pid 42/],
    [
      'errors while somebody writes',
      { status: 1, said: ['x'], locks: [lock(true)] },
      ['structure.locks NOT VERIFIABLE'],
      /Copia in corso/,
    ],
    [
      'errors',
      { status: 1, said: ['pack abc does not exist'] },
      ['structure.repository FAIL'],
      /precedente.*pack abc/s,
    ],
    [
      'errors beside a dead lock',
      { status: 1, said: ['x'], locks: [lock(false)] },
      ['structure.repository FAIL'],
      /x/,
    ],
    ['errors without a word', { status: 1 }, ['structure.repository FAIL'], /restic check: 1/],
    [
      'the identity file of another one',
      { repositoryId: 'other' },
      ['structure.repository FAIL'],
      /altro archivio/,
    ],
    ['taken out', { gone: true, status: 1 }, ['structure.repository NOT VERIFIABLE'], /è stata tolta/],
  ])('%s', ([, change, found, says]) => {
    const judged = judgeStructure({ ...whole, ...change }, 'r');
    expect(bad(judged)).toEqual(found);
    expect(said(judged)).toMatch(says);
  });
});

describe('a snapshot', async () => {
  const inventory = await requireInventory();
  const sid = (name: string): string => `S-1-5-21-1-2-3-${1000 + declaredNames(inventory).indexOf(name)}`;
  const right = (): SnapshotContents => ({
    manifest: {
      entries: 90,
      bytes: 9_000,
      shares: Object.fromEntries(
        inventory.shares.map(({ folder }) => [
          folder,
          { entries: 10, files: 8, bytes: 1_000, withoutAcl: 0 },
        ]),
      ),
      acls: Object.fromEntries(
        [...declaredAcls(inventory)].map(([path, acl]) => [
          path,
          `O:S-1-5-21-1-2-3-512G:S-1-5-21-1-2-3-513D:AI${acl.map(({ trustee, type }) => `(${type === 'deny' ? 'D' : 'A'};OICI;0x001301bf;;;${sid(trustee)})`).join('')}`,
        ]),
      ),
      canaries: Object.fromEntries(
        inventory.shares.map(({ name }, index) => [
          canaryPaths(inventory)[index],
          createHash('sha256').update(canaryText(name)).digest('hex'),
        ]),
      ),
    },
    domain: {
      realm: inventory.domain.realm,
      note: '',
      total: 70,
      names: Object.fromEntries(
        declaredNames(inventory).map((name) => [name, { sid: sid(name), against: null }]),
      ),
    },
    change: { filesBefore: 100, changed: 5, gone: 2, renamed: 1, new: 3, plain: 60, noise: 0 },
    applications: Object.fromEntries(inventory.applications.map(({ id }) => [id, { rows: 5, wrong: [] }])),
    applicationBytes: 700,
    inventory: 12,
    errors: {},
  });
  const counted = { entries: 90, bytes: 9_000, applications: 700 };
  const [first] = inventory.shares;
  const [office] = inventory.offices;
  const account = office?.accounts[0] ?? '';
  const folder = first?.folder ?? '';

  type Manifest = NonNullable<SnapshotContents['manifest']>;
  type Domain = NonNullable<SnapshotContents['domain']>;
  const manifest = (change: (found: Manifest) => Partial<Manifest>): SnapshotContents => {
    const found = right();
    return { ...found, manifest: found.manifest && { ...found.manifest, ...change(found.manifest) } };
  };
  const domain = (change: (found: Domain) => Partial<Domain>): SnapshotContents => {
    const found = right();
    return { ...found, domain: found.domain && { ...found.domain, ...change(found.domain) } };
  };

  type Change = NonNullable<SnapshotContents['change']>;
  const changed = (change: Partial<Change>): SnapshotContents => {
    const found = right();
    return { ...found, change: found.change && { ...found.change, ...change } };
  };

  test.for<[what: string, contents: () => SnapshotContents, found: string[], says: RegExp]>([
    ['in order', right, [], /condivis|shares/],
    [
      'an application that could not be backed up',
      () => ({ ...right(), applications: { ...right().applications, presenze: null } }),
      ['snapshot.applications FAIL'],
      /Rilevazione delle presenze: non è nello snapshot.*Attendance of the staff: not in the snapshot/,
    ],
    [
      'an application of whose dump a file is missing',
      () => ({
        ...right(),
        applications: { ...right().applications, presenze: { rows: 5, wrong: ['data/1.dat (- / 7 byte)'] } },
      }),
      ['snapshot.applications FAIL'],
      /Rilevazione delle presenze: la sua copia non è intera.*data\/1\.dat/,
    ],
    [
      'fewer bytes of applications than were counted',
      () => ({ ...right(), applicationBytes: 600 }),
      ['snapshot.applications FAIL'],
      /contava 700 byte di applicazioni, nello snapshot sono 600/,
    ],
    ['no inventory', () => ({ ...right(), inventory: 0 }), ['snapshot.inventory FAIL'], /inventario manca/],
    [
      'a share that was never backed up',
      () => manifest(({ shares }) => ({ shares: without(shares, folder) })),
      ['snapshot.shares FAIL'],
      /manca nello snapshot/,
    ],
    [
      'an empty share',
      () =>
        manifest(({ shares }) => ({
          shares: { ...shares, [folder]: { entries: 1, files: 0, bytes: 0, withoutAcl: 0 } },
        })),
      ['snapshot.shares FAIL'],
      /vuota/,
    ],
    [
      'fewer entries than were counted',
      () => manifest(() => ({ entries: 80 })),
      ['snapshot.shares FAIL'],
      /contava 90/,
    ],
    [
      'ACLs stripped',
      () =>
        manifest(({ shares }) => ({
          shares: { ...shares, [folder]: { entries: 10, files: 8, bytes: 1, withoutAcl: 10 } },
        })),
      ['snapshot.acls FAIL'],
      /10 voci su 10 senza ACL/,
    ],
    [
      'an entry of an ACL is gone',
      () =>
        manifest(({ acls }) => ({
          acls: { ...acls, [folder]: 'O:S-1-5-21-1-2-3-512D:AI(A;OICI;0x001f01ff;;;S-1-5-21-1-2-3-512)' },
        })),
      ['snapshot.acls FAIL'],
      /manca allow/,
    ],
    [
      'a folder open to everybody',
      () =>
        manifest(({ acls }) => ({ acls: { ...acls, [folder]: `${acls[folder]}(A;OICI;0x001f01ff;;;WD)` } })),
      ['snapshot.acls FAIL'],
      /aperta a tutti/,
    ],
    [
      'a canary encrypted',
      () =>
        manifest(({ canaries }) => ({
          canaries: { ...canaries, [canaryPaths(inventory)[0] ?? '']: 'f'.repeat(64) },
        })),
      ['snapshot.canaries FAIL'],
      /malware/,
    ],
    [
      'a canary renamed',
      () => manifest(({ canaries }) => ({ canaries: without(canaries, canaryPaths(inventory)[0] ?? '') })),
      ['snapshot.canaries FAIL'],
      /manca/,
    ],
    ['nothing to compare with', () => ({ ...right(), change: null }), [], /./],
    [
      'most files changed',
      () => changed({ filesBefore: 100, changed: 60, gone: 0, renamed: 0, new: 0 }),
      ['snapshot.change FAIL'],
      /malware/,
    ],
    [
      'many files renamed',
      () => changed({ filesBefore: 100, changed: 0, gone: 30, renamed: 30, new: 30 }),
      ['snapshot.change FAIL'],
      /rinominati/,
    ],
    ['a busy day', () => changed({ filesBefore: 100, changed: 30, gone: 5, renamed: 5, new: 50 }), [], /./],
    [
      'a few files turned into noise, names and all others as they were',
      () => changed({ changed: 8, gone: 0, renamed: 0, plain: 100, noise: 6 }),
      ['snapshot.change FAIL'],
      /6 da testo a rumore.*malware/,
    ],
    ['not more of them than somebody may do', () => changed({ plain: 100, noise: 5 }), [], /5 da testo/],
    ['too few of them to tell', () => changed({ plain: 10, noise: 4 }), [], /4 da testo/],
    ['a manifest of before it was recorded', () => changed({ changed: 30, plain: 0, noise: 0 }), [], /su 0/],
    [
      'too few files to tell',
      () => changed({ filesBefore: 10, changed: 10, gone: 0, renamed: 0, new: 0 }),
      [],
      /./,
    ],
    [
      'no copy of the domain',
      () => ({ ...right(), domain: null }),
      ['snapshot.domain FAIL', 'snapshot.accounts NOT VERIFIABLE'],
      /manca nello snapshot/,
    ],
    [
      'a copy that does not read',
      () => ({ ...right(), domain: null, errors: { domain: 'ReadError' } }),
      ['snapshot.domain FAIL', 'snapshot.accounts NOT VERIFIABLE'],
      /ReadError/,
    ],
    [
      'another domain',
      () => domain(() => ({ realm: 'ALTRO.INTERNAL' })),
      ['snapshot.domain FAIL'],
      /altro dominio: ALTRO/,
    ],
    [
      'an empty directory',
      () => domain(() => ({ names: {}, total: 0 })),
      ['snapshot.accounts FAIL'],
      /non è nel dominio/,
    ],
    [
      'an expired account',
      () => domain(({ names }) => ({ names: { ...names, [account]: { sid: 'S', against: 'expired' } } })),
      ['snapshot.accounts FAIL'],
      /scaduto/,
    ],
    [
      'no manifest',
      () => ({ ...right(), manifest: null }),
      ['snapshot.shares FAIL', 'snapshot.acls FAIL', 'snapshot.canaries FAIL'],
      /manifesto/,
    ],
  ])('%s', ([, contents, found, says]) => {
    const judged = judgeSnapshot(inventory, contents(), counted);
    expect(bad(judged)).toEqual(found);
    expect(said(judged)).toMatch(says);
  });

  test('an older snapshot, whose tag does not count the applications, is not held to it', () => {
    const tags = { ...counted, applications: undefined };
    expect(bad(judgeSnapshot(inventory, { ...right(), applicationBytes: 1 }, tags))).toEqual([]);
  });
});

describe('content', () => {
  const megabytes = (count: number): ReturnType<typeof read> => ({ ...read(true), bytes: count * 1024 ** 2 });
  const coverage = { totalBytes: 1_000, coveredBytes: 300, sinceUtc: hoursAgo(30), overdueBytes: 0 };
  const facts = {
    planned: 1,
    read: [read(true)],
    carriedBytes: 0,
    carriedSinceUtc: null,
    coverage,
    days: 7,
    durationMs: 100,
  };

  test.for<
    [
      what: string,
      change: Partial<typeof facts> | { carriedSinceUtc: string; carriedBytes: number },
      found: string[],
      says: RegExp,
    ]
  >([
    ['a share of it, right', {}, [], /30 % \(300 B su \/ of 1000 B\).*7 g/],
    ['a wrong file', { read: [read(false)] }, ['content.read FAIL'], /data\/ab\/abcd: SHA-256 beef/],
    ['not all that was planned', { planned: 2 }, ['content.read NOT VERIFIABLE'], /1 file su 2/],
    [
      'something overdue',
      { coverage: { ...coverage, overdueBytes: 50 } },
      ['content.coverage NOT VERIFIABLE'],
      /50 B non letti da oltre 7/,
    ],
    ['a sound speed', { read: [megabytes(100)], durationMs: 9_000 }, [], /11,1 MiB\/s/],
    ['nothing to read, no speed', { planned: 0, read: [] }, [], /^(?!.*Velocità)/],
    ['a disk that has to wake up first', { read: [megabytes(1)], durationMs: 9_900 }, [], /103 KiB\/s/],
    [
      'a slow medium',
      { read: [megabytes(1)], durationMs: 10_200, coverage: { ...coverage, totalBytes: 10 * 1024 ** 2 } },
      ['content.speed FAIL'],
      /lento: 100 KiB\/s.*1 min 42 s.*altra presa/,
    ],
    ['continued', { carriedBytes: 600, carriedSinceUtc: hoursAgo(1) }, [], /600 B prima dell'interruzione/],
  ])('%s', ([, change, found, says]) => {
    const judged = judgeContent({ ...facts, ...change });
    expect(bad(judged)).toEqual(found);
    expect(said(judged)).toMatch(says);
  });
});
