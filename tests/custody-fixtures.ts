/** Signers and short ways to write a ledger of custody, for tests. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { CustodyEvent } from '../cassette/entry.ts';
import { appendEntry, emptyLedger, type Ledger } from '../cassette/ledger.ts';

export const names = ['site:lucca', 'site:viareggio', 'role:responsabile-dr'] as const;
export type Name = (typeof names)[number];

const privateKeys = new Map<string, KeyObject>(
  [...names, 'site:elsewhere'].map((name) => [name, generateKeyPairSync('ed25519').privateKey]),
);
export const signers = new Map(names.map((name) => [name, publicKey(name)]));

export function privateKey(name: string): KeyObject {
  const key = privateKeys.get(name);
  if (key === undefined) throw new Error(name);
  return key;
}

export function publicKey(name: string): KeyObject {
  return createPublicKey(privateKey(name));
}

/** Hours after the beginning of the story. */
export function at(hour: number): string {
  return new Date(Date.UTC(2026, 10, 20) + hour * 3_600_000).toISOString();
}

export const repository = (n: number): string => n.toString(16).padStart(64, 'a');
export const snapshot = (n: number): string => n.toString(16).padStart(64, '0');

export type Said = { by?: string; hour: number; declared?: number; event: CustodyEvent };

/** Adds entries one after the other, each of which knows those before it. */
export function say(ledger: Ledger, ...said: readonly Said[]): Ledger {
  return said.reduce((known, { by = 'site:lucca', hour, declared, event }) => {
    const when = {
      writtenAtUtc: at(hour),
      ...(declared !== undefined && { declaredAtUtc: at(declared) }),
    };
    return appendEntry(known, event, { signer: by, key: privateKey(by) }, when).ledger;
  }, ledger);
}

export const begun = (
  label: string,
  n = 1,
  site = 'lucca',
): Extract<CustodyEvent, { kind: 'initialised' }> => ({
  kind: 'initialised',
  label,
  serial: `LDR-000${n}`,
  serialOrigin: 'measured',
  repositoryId: repository(n),
  site,
});
export const written = (label: string, hour: number, n = 1, site = 'lucca'): CustodyEvent => ({
  kind: 'written',
  label,
  repositoryId: repository(n),
  snapshotId: snapshot(hour),
  takenAtUtc: at(hour),
  site,
});
export const sent = (label: string, from = 'lucca', to = 'viareggio'): CustodyEvent => ({
  kind: 'sent',
  label,
  from,
  to,
  by: 'responsabile-dr',
  toRole: null,
});
export const received = (label: string, site = 'viareggio'): CustodyEvent => ({
  kind: 'received',
  label,
  site,
  by: 'responsabile-sede-viareggio',
});
export const retired = (label: string): CustodyEvent => ({
  kind: 'retired',
  label,
  by: 'responsabile-dr',
  reason: 'settori rovinati',
});

/** A at Viareggio with the backup of hour 1, B at Lucca with that of hour 10. */
export function usual(): Ledger {
  return say(
    emptyLedger,
    { hour: 0, event: begun('LUCCA-DR-A', 1) },
    { hour: 1, event: written('LUCCA-DR-A', 1, 1) },
    { hour: 2, by: 'role:responsabile-dr', event: sent('LUCCA-DR-A') },
    { hour: 4, by: 'site:viareggio', event: received('LUCCA-DR-A') },
    { hour: 9, event: begun('LUCCA-DR-B', 2) },
    { hour: 10, event: written('LUCCA-DR-B', 10, 2) },
  );
}
