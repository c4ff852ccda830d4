/** The ledger as files of a site, and the keys that sign in it. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ledgerText, mergeLedgers } from '../cassette/ledger.ts';
import { siteCustody } from '../cassette/meeting.ts';
import type { CustodyPlace } from '../cassette/place.ts';
import { knownSigners, makeSignerKey, privateKeyOf, publicText } from '../cassette/signers.ts';
import { writeSiteLedger } from '../cassette/site-ledger.ts';
import { state } from '../cassette/statement.ts';
import { requireInventory } from '../inventory/load.ts';
import { at, begun, names, publicKey, received, say, sent, signers, usual } from './custody-fixtures.ts';

const loaded = await requireInventory();
const custodySigners = names.map((signer) => ({ signer, publicKey: publicText(publicKey(signer)) }));
const inventory = { ...loaded, custodySigners };
const NOW = '2026-11-24T08:00:00.000Z';

let place: CustodyPlace;
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'dr-custody-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  place = { directory, secrets: join(directory, 'secrets') };
});
const path = (name = 'lucca.jsonl'): string => join(place.directory, name);
const ledgers = (): string[] => readdirSync(place.directory).filter((name) => name.endsWith('.jsonl'));

describe('the file of a site', () => {
  test('takes up what is new and keeps what it had; nothing new, nothing written', async () => {
    const one = say(usual(), { hour: 11, event: sent('LUCCA-DR-B') });
    const other = say(usual(), { hour: 12, by: 'site:viareggio', event: received('LUCCA-DR-B') });
    await writeSiteLedger(place, 'lucca', one, { signers, nowUtc: NOW });
    await writeSiteLedger(place, 'lucca', other, { signers, nowUtc: NOW });
    expect(readFileSync(path(), 'utf8')).toBe(ledgerText(mergeLedgers(one, other)));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const { ino } = statSync(path());
    await writeSiteLedger(place, 'lucca', one, { signers, nowUtc: NOW });
    expect(statSync(path()).ino).toBe(ino);
  });

  test('many writers at the same time', async () => {
    const apart = Array.from({ length: 8 }, (_, n) =>
      say(usual(), { hour: 20 + n, event: begun(`C-${n}`, n + 10) }),
    );
    await Promise.all(
      apart.map((ledger) => writeSiteLedger(place, 'lucca', ledger, { signers, nowUtc: NOW })),
    );
    const { ledger } = await siteCustody({ inventory, custody: place }, 'lucca');
    expect(ledgerText(ledger)).toBe(ledgerText(mergeLedgers(...apart)));
  });

  test('one with something wrong in it is set aside, read on, and reported until it is taken away', async () => {
    const edited = ledgerText(usual()).replace('LDR-0002', 'LDR-9999');
    writeFileSync(path(), edited);
    await writeSiteLedger(place, 'lucca', usual(), { signers, nowUtc: NOW });
    expect(ledgers().toSorted()).toEqual(['lucca.damaged-20261124T080000000Z.jsonl', 'lucca.jsonl']);
    expect(readFileSync(path('lucca.damaged-20261124T080000000Z.jsonl'), 'utf8')).toBe(edited);
    const { problems, ledger } = await siteCustody({ inventory, custody: place }, 'lucca');
    expect(problems).toMatchObject([{ file: 'lucca.damaged-20261124T080000000Z.jsonl', line: 5 }]);
    expect(ledger).toEqual(usual());
  });

  test('an entry of an unknown signer comes back once its key is known', async () => {
    writeFileSync(path(), ledgerText(usual()));
    const few = {
      ...inventory,
      custodySigners: custodySigners.filter(({ signer }) => signer !== 'site:viareggio'),
    };
    const before = await siteCustody({ inventory: few, custody: place }, 'lucca');
    expect(before.problems).toMatchObject([
      { line: 4, textEn: 'signed by somebody unknown: site:viareggio' },
    ]);
    expect(before.custody.records.get('LUCCA-DR-A')?.whereabouts.kind).toBe('travelling');
    await writeSiteLedger(place, 'lucca', before.ledger, { signers: before.signers, nowUtc: NOW });
    const after = await siteCustody({ inventory, custody: place }, 'lucca');
    expect(after.problems).toEqual([]);
    expect(after.ledger).toEqual(usual());
  });

  test('that of a site whose name begins alike is another', async () => {
    await writeSiteLedger(place, 'lucca-nord', usual(), { signers, nowUtc: NOW });
    expect((await siteCustody({ inventory, custody: place }, 'lucca')).ledger.size).toBe(0);
  });
});

describe('keys', () => {
  test('made once, readable by their owner only, known to this computer', async () => {
    const secrets = String(place.secrets);
    const made = await makeSignerKey(secrets, 'site:lucca');
    expect(await makeSignerKey(secrets, 'site:lucca')).toBe(made);
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(statSync(join(secrets, 'custody-site-lucca')).mode & 0o777).toBe(0o600);
    const known = await knownSigners({ custodySigners: [] }, secrets);
    expect([...known.keys()]).toEqual(['site:lucca']);
  });

  test('one that others can read, and one that is no key', async () => {
    const secrets = String(place.secrets);
    await makeSignerKey(secrets, 'role:rco');
    chmodSync(join(secrets, 'custody-role-rco'), 0o644);
    await expect(privateKeyOf(secrets, 'role:rco')).rejects.toMatchObject({ code: 'SECRET_EXPOSED' });
    writeFileSync(join(secrets, 'custody-site-lucca'), 'x', { mode: 0o600 });
    await expect(privateKeyOf(secrets, 'site:lucca')).rejects.toMatchObject({ code: 'CUSTODY_KEY' });
  });

  test('the role that says so signs where its key is here, else the site; with neither, nothing is written', async () => {
    const context = { inventory: { ...loaded, custodySigners: [] }, custody: place };
    const meeting = await siteCustody(context, 'lucca');
    const events = [{ event: begun('LUCCA-DR-A') }, { event: sent('LUCCA-DR-A'), declaredAtUtc: at(1) }];
    await expect(state(context, meeting, undefined, events)).rejects.toMatchObject({
      code: 'CUSTODY_NO_KEY',
      hint: expect.stringContaining('dr cassette key site:lucca'),
    });
    expect(ledgers()).toEqual([]);
    await makeSignerKey(String(place.secrets), 'site:lucca');
    await makeSignerKey(String(place.secrets), 'role:responsabile-dr');
    const said = await state(context, await siteCustody(context, 'lucca'), undefined, events);
    expect([...said.meeting.ledger.values()].map(({ signer, origin }) => [signer, origin])).toEqual([
      ['site:lucca', 'measured'],
      ['role:responsabile-dr', 'declared'],
    ]);
    expect((await siteCustody(context, 'lucca')).ledger).toEqual(said.meeting.ledger);
  });
});
