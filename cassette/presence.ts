/** Judges which cassette is plugged in: this medium, this label, at this site. Pure. */
import type { CheckTitle } from '../core/check.ts';
import { formatRome } from '../core/time.ts';
import type { Inventory } from '../inventory/schema.ts';
import type { PluggedMedium } from '../platforms/restic/media.ts';
import type { CassetteRecord, Custody } from './custody.ts';
import { type Judged, judged } from './judged.ts';

export type PresenceFacts = {
  /** Where the cassette must be, and the host that was looked at. */
  site: string;
  host: string;
  media: readonly PluggedMedium[];
  /** The one that was asked for; undefined: any one of ours. */
  label: string | undefined;
  inventory: Pick<Inventory, 'cassettes' | 'sites'>;
  custody: Custody;
};

/** A medium that says of itself that it is one of ours; its `cassette.json` reads. */
export type IdentifiedMedium = PluggedMedium & { identity: NonNullable<PluggedMedium['identity']> };

const one: CheckTitle = {
  id: 'presence.cassette',
  titleIt: 'Una cassetta, quella giusta',
  titleEn: 'One cassette, the right one',
};
const medium: CheckTitle = {
  id: 'presence.medium',
  titleIt: 'Questo supporto e questo archivio',
  titleEn: 'This medium and this repository',
};
const place: CheckTitle = {
  id: 'presence.site',
  titleIt: 'In questa sede secondo il registro',
  titleEn: 'At this site by the ledger',
};

/** With the medium that the other levels are carried out on; undefined where none can be. */
export function judgePresence(facts: PresenceFacts): {
  judged: Judged[];
  medium: IdentifiedMedium | undefined;
} {
  const chosen = choose(facts);
  if (typeof chosen === 'string') return { judged: [judged(one, [chosen], '')], medium: undefined };
  const record = facts.custody.records.get(chosen.identity.label);
  return {
    judged: [
      judged(one, [], `${chosen.identity.label} in ${facts.host}`),
      judgeMedium(facts, chosen, record),
      judgePlace(facts, chosen, record),
    ],
    medium: chosen,
  };
}

/** The medium, or why there is none, with what to do. */
function choose({ media, label, host, inventory }: PresenceFacts): IdentifiedMedium | string {
  const known = new Set(inventory.cassettes.map((cassette) => cassette.label));
  const ours = media.filter((found) => isOurs(found, known));
  const named = label === undefined ? ours : ours.filter((found) => labelOf(found) === label);
  const there = ours.map(labelOf).join(', ');
  const [first, second] = named;
  if (first === undefined && ours.length > 0)
    return `In ${host} serve ${label}, ma è inserita ${there}: toglierla e inserire ${label}. / ${label} is needed, but ${there} is plugged in: take it out and plug ${label} in.`;
  if (first === undefined) {
    const others = media.map(({ label: found }) => found).join(', ');
    return media.length === 0
      ? `In ${host} non è inserita alcuna cassetta: inserirla e ripetere; se è già inserita, non si legge: usare la precedente della rotazione. / No cassette is plugged in: plug it in and run again; if it is in, it does not read: use the previous one of the rotation.`
      : `In ${host} c'è ${others}, che non è una cassetta dell'inventario: inserire quella giusta. / ${others} is plugged in, which is no cassette of the inventory: plug the right one in.`;
  }
  if (second !== undefined)
    return `In ${host} sono inserite ${named.length} cassette (${named.map(labelOf).join(', ')}): lasciare quella da verificare e togliere le altre, o nominarla con --label. / Several cassettes are plugged in: leave the one to be verified, or name it with --label.`;
  if (first.identity === null)
    return first.holdsBackups
      ? `${first.label} contiene copie, ma il suo file di identità (cassette.json) non si legge: usare la precedente della rotazione; conservare questa per l'analisi. / It holds backups, but its identity file does not read: use the previous one; keep this one for analysis.`
      : `${first.label} è vuota: non contiene copie. Controllare di non avere preso una cassetta nuova. / It is blank: check that it is not a new one.`;
  return { ...first, identity: first.identity };
}

function isOurs({ label, identity, holdsBackups }: PluggedMedium, known: ReadonlySet<string>): boolean {
  return holdsBackups || known.has(label) || (identity !== null && known.has(identity.label));
}

function labelOf({ label, identity }: PluggedMedium): string {
  return identity?.label ?? label;
}

function judgeMedium(
  { inventory }: PresenceFacts,
  found: IdentifiedMedium,
  record: CassetteRecord | undefined,
): Judged {
  const { identity, label, mediumSerial, snapshotIds } = found;
  const declared = inventory.cassettes.find((cassette) => cassette.label === identity.label);
  const wrong: string[] = [];
  if (declared === undefined)
    return judged(medium, [`${identity.label} non è nell'inventario. / It is not in the inventory.`], '');
  if (label !== identity.label)
    wrong.push(
      `L'etichetta del supporto è ${label}, ma l'identità dice ${identity.label}. / The medium's label is not the one that its identity says.`,
    );
  if (identity.serial !== declared.serial)
    wrong.push(
      `L'identità dice il numero di serie ${identity.serial}; ${identity.label} ha ${declared.serial}. / The identity says another serial number than the cassette has.`,
    );
  if (mediumSerial !== null && mediumSerial !== declared.serial)
    wrong.push(
      `È una copia: il supporto ha il numero di serie ${mediumSerial}, ${identity.label} ha ${declared.serial}. Inserire l'originale. / It is a copy: the medium has another serial number. Plug the original in.`,
    );
  if (record?.retired === true)
    wrong.push(`${identity.label} è stata ritirata dalla rotazione. / It was retired from the rotation.`);
  if (record !== undefined && record.repositoryId !== identity.repositoryId)
    wrong.push(
      `L'archivio non è quello del registro: la cassetta è stata inizializzata di nuovo, o è un'altra. / The repository is not the ledger's: the cassette was initialised again, or is another one.`,
    );
  const last = record?.newestSnapshot ?? null;
  if (last !== null && record?.repositoryId === identity.repositoryId && !snapshotIds.includes(last.id))
    wrong.push(
      `Manca lo snapshot ${last.id.slice(0, 8)} del ${formatRome(last.takenAtUtc)}, che il registro dà per scritto qui: è una copia più vecchia. / The snapshot that the ledger says was written last is not on it: this is an older copy.`,
    );
  const serial =
    mediumSerial === null
      ? 'numero di serie non leggibile dal supporto / the medium tells no serial number'
      : `numero di serie / serial ${mediumSerial}`;
  return judged(medium, wrong, `${serial}; archivio / repository ${identity.repositoryId.slice(0, 8)}`);
}

function judgePlace(
  { site, custody }: PresenceFacts,
  { identity }: IdentifiedMedium,
  record: CassetteRecord | undefined,
): Judged {
  const contradictions = custody.contradictions.filter(({ label }) => label === identity.label);
  if (contradictions.length > 0)
    return judged(
      place,
      contradictions.map(({ textIt, textEn }) => `${textIt} / ${textEn}`),
      '',
    );
  if (record === undefined)
    return custody.records.size === 0
      ? judged(
          place,
          [],
          'il registro di custodia non è ancora iniziato: "dr cassette init" / the ledger of custody was not begun yet',
        )
      : judged(
          place,
          [
            `Il registro non conosce ${identity.label}: "dr cassette init --label ${identity.label}". / The ledger does not know it.`,
          ],
          '',
        );
  const { whereabouts } = record;
  if (whereabouts.kind === 'travelling')
    return judged(
      place,
      [
        `Secondo il registro viaggia da ${whereabouts.from} a ${whereabouts.to} dal ${formatRome(whereabouts.sinceUtc)}: registrare l'arrivo con "dr cassette receive". / By the ledger it is travelling: record its arrival with "dr cassette receive".`,
      ],
      '',
    );
  if (whereabouts.site !== site)
    return judged(
      place,
      [
        `Secondo il registro è a ${whereabouts.site} dal ${formatRome(whereabouts.sinceUtc)}: registrare la consegna con "dr cassette send" e "dr cassette receive". / By the ledger it is at ${whereabouts.site}: record the hand-over.`,
      ],
      '',
    );
  return judged(place, [], `${site}, dal / since ${formatRome(whereabouts.sinceUtc)}`);
}
