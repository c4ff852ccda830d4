/** What is wrong with the chain of a ledger, whatever its entries tell: gaps, one signer in two places, clocks that ran backwards. */
import type { Contradiction } from './contradiction.ts';
import type { Entry } from './entry.ts';

/** Computers at two sites do not agree to the second. */
const CLOCKS_APART_MS = 2 * 60_000;

/** `ordered`: parents first. */
export function contradictionsOfChain(ordered: readonly Entry[]): Contradiction[] {
  const known = new Map(ordered.map((entry) => [entry.digest, entry]));
  return [
    ...ordered.flatMap((entry) => gaps(entry, known)),
    ...forks(ordered),
    ...ordered.flatMap((entry) => clocks(entry, known)),
  ];
}

function gaps(entry: Entry, known: ReadonlyMap<string, Entry>): Contradiction[] {
  const missing = entry.parents.filter((parent) => !known.has(parent));
  if (missing.length === 0) return [];
  const names = missing.map((digest) => digest.slice(0, 8)).join(', ');
  return [
    at('missing-entry', [entry], {
      it: `al registro manca ciò che precede una riga di ${entry.signer} del ${entry.writtenAtUtc} (${names})`,
      en: `the ledger lacks what came before a line of ${entry.signer} of ${entry.writtenAtUtc} (${names})`,
    }),
  ];
}

/**
 * A signer writes one entry after the other. Two entries of one signer that are both its n-th were written by copies that did not know
 * of each other: an old ledger was put back, or the key is in two places.
 */
function forks(ordered: readonly Entry[]): Contradiction[] {
  const counts = new Map<string, ReadonlyMap<string, number>>();
  const nth = new Map<string, Entry>();
  const found: Contradiction[] = [];
  for (const entry of ordered) {
    const { digest, parents, signer } = entry;
    const count = new Map<string, number>();
    for (const parent of parents)
      for (const [who, n] of counts.get(parent) ?? []) count.set(who, Math.max(n, count.get(who) ?? 0));
    const own = (count.get(signer) ?? 0) + 1;
    counts.set(digest, count.set(signer, own));
    const other = nth.get(`${own} ${signer}`);
    nth.set(`${own} ${signer}`, entry);
    if (other === undefined) continue;
    const text = {
      it: `${signer} ha firmato due righe senza conoscerle entrambe (${other.writtenAtUtc} e ${entry.writtenAtUtc}): un vecchio registro rimesso al suo posto, o la chiave in due posti`,
      en: `${signer} signed two lines without knowing of both (${other.writtenAtUtc} and ${entry.writtenAtUtc}): an old ledger was put back, or the key is in two places`,
    };
    found.push(at('fork', [other, entry], text));
  }
  return found;
}

function clocks(entry: Entry, known: ReadonlyMap<string, Entry>): Contradiction[] {
  const written = Date.parse(entry.writtenAtUtc);
  const later = entry.parents
    .map((parent) => known.get(parent))
    .filter((parent) => parent !== undefined)
    .find((parent) => Date.parse(parent.writtenAtUtc) > written + CLOCKS_APART_MS);
  const contradictions: Contradiction[] = [];
  if (later !== undefined) {
    const text = {
      it: `${entry.signer} ha scritto il ${entry.writtenAtUtc} dopo una riga del ${later.writtenAtUtc}: un orologio è sbagliato`,
      en: `${entry.signer} wrote on ${entry.writtenAtUtc} after a line of ${later.writtenAtUtc}: a clock is wrong`,
    };
    contradictions.push(at('time-backwards', [later, entry], text));
  }
  if (Date.parse(entry.atUtc) > written + CLOCKS_APART_MS) {
    const text = {
      it: `${entry.event.label}: il ${entry.writtenAtUtc} fu dichiarato un fatto del ${entry.atUtc}, che doveva ancora venire`,
      en: `${entry.event.label}: on ${entry.writtenAtUtc} something was declared for ${entry.atUtc}, which was still to come`,
    };
    contradictions.push(at('declared-in-future', [entry], text));
  }
  return contradictions;
}

function at(kind: string, entries: readonly Entry[], text: { it: string; en: string }): Contradiction {
  const label = entries.at(-1)?.event.label ?? '-';
  return { kind, label, textIt: text.it, textEn: text.en, entries: entries.map(({ digest }) => digest) };
}
