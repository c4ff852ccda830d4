/** Judges whether a snapshot holds what it must: perfect bytes of a wrong backup bring nobody back. Pure. */

import { createHash } from 'node:crypto';
import type { AclEntry, Inventory } from '../inventory/schema.ts';
import type { SnapshotContents } from '../platforms/restic/structure.ts';
import { CANARY_NAME, canaryText } from '../platforms/samba/canary.ts';
import { type Judged, judged, notVerifiable } from './judged.ts';

const titles = {
  shares: {
    id: 'snapshot.shares',
    titleIt: 'Cartelle condivise nello snapshot',
    titleEn: 'Shares in the snapshot',
  },
  acls: {
    id: 'snapshot.acls',
    titleIt: 'Diritti (ACL) delle cartelle',
    titleEn: 'Rights (ACLs) of the folders',
  },
  canaries: { id: 'snapshot.canaries', titleIt: 'Canarini intatti', titleEn: 'Canary files unchanged' },
  change: {
    id: 'snapshot.change',
    titleIt: 'Differenze dallo snapshot precedente',
    titleEn: 'Differences from the snapshot before',
  },
  domain: { id: 'snapshot.domain', titleIt: 'Copia del dominio', titleEn: 'Copy of the domain' },
  applications: {
    id: 'snapshot.applications',
    titleIt: 'Applicazioni nello snapshot',
    titleEn: 'Applications in the snapshot',
  },
  inventory: {
    id: 'snapshot.inventory',
    titleIt: 'Inventario nello snapshot',
    titleEn: 'Inventory in the snapshot',
  },
  accounts: {
    id: 'snapshot.accounts',
    titleIt: 'Utenti e gruppi degli uffici',
    titleEn: "The offices' accounts and groups",
  },
};

/** So much of the files touched between two snapshots is no day's work. Fewer files than this say nothing. */
const TOUCHED_SHARE = 0.4;
const RENAMED_SHARE = 0.2;
const FEWEST_FILES = 20;
/** Hardly a file turns from text into noise under its name by anybody's work: a few of them tell before so much is touched. */
const NOISE_SHARE = 0.05;
const FEWEST_NOISE = 5;

/** Everyone, anonymous, authenticated users, and the group that every account is in: their rights are everybody's. */
const EVERYBODY = /;;;(WD|AN|AU|DU|S-1-1-0|S-1-5-7|S-1-5-11|S-1-5-21-[0-9-]+-513)\)/;

export type Tags = {
  entries: number | undefined;
  bytes: number | undefined;
  applications: number | undefined;
};

/** `tags`: what the backup counted before it wrote. */
export function judgeSnapshot(inventory: Inventory, contents: SnapshotContents, tags: Tags): Judged[] {
  return [
    // Of another domain all rights look wrong: what says so comes first.
    judgeDomain(inventory, contents),
    judgeShares(inventory, contents, tags),
    judgeAccounts(inventory, contents),
    judgeAcls(inventory, contents),
    judgeCanaries(inventory, contents),
    ...judgeChange(contents),
    ...judgeApplications(inventory, contents, tags),
    judgeInventory(contents),
  ];
}

/** The folders whose ACL the inventory declares, by their path below the shares. */
export function declaredAcls(inventory: Inventory): Map<string, readonly AclEntry[]> {
  return new Map(
    inventory.shares.flatMap(({ folder, acl, folders }) => [
      [folder, acl] as const,
      ...folders.map(({ path, acl: own }) => [`${folder}/${path}`, own] as const),
    ]),
  );
}

export function canaryPaths(inventory: Inventory): string[] {
  return inventory.shares.map(({ folder }) => `${folder}/${CANARY_NAME}`);
}

/** Accounts and groups that the inventory names. */
export function declaredNames(inventory: Inventory): string[] {
  const trustees = [...declaredAcls(inventory).values()].flat().map(({ trustee }) => trustee);
  const offices = inventory.offices.flatMap(({ group, accounts }) => [group, ...accounts]);
  return [...new Set([...offices, ...inventory.groups.map(({ name }) => name), ...trustees])];
}

function noManifest({ manifest, errors }: SnapshotContents): string | undefined {
  if (manifest !== null) return undefined;
  return `Lo snapshot non ha un manifesto leggibile: fare una nuova copia. / The snapshot holds no manifest that reads: make a new backup. ${errors.manifest ?? ''}`.trim();
}

function judgeShares(inventory: Inventory, contents: SnapshotContents, tags: Tags): Judged {
  const missing = noManifest(contents);
  if (missing !== undefined || contents.manifest === null) return judged(titles.shares, [missing ?? ''], '');
  const { shares, entries, bytes } = contents.manifest;
  const wrong = inventory.shares.flatMap(({ name, folder }) => {
    const share = shares[folder];
    if (share === undefined) return [`${name}: manca nello snapshot / not in the snapshot`];
    return share.files === 0 ? [`${name}: vuota / empty`] : [];
  });
  if (tags.entries !== undefined && tags.entries !== entries)
    wrong.push(
      `La copia contava ${tags.entries} voci, il manifesto ne ha ${entries}. / The backup counted other entries than the manifest has.`,
    );
  if (tags.bytes !== undefined && tags.bytes !== bytes)
    wrong.push(
      `La copia contava ${tags.bytes} byte, il manifesto ne ha ${bytes}. / The backup counted other bytes than the manifest has.`,
    );
  return judged(
    titles.shares,
    wrong,
    `${inventory.shares.length} cartelle / shares, ${entries} voci / entries, ${bytes} byte`,
  );
}

function judgeAcls(inventory: Inventory, contents: SnapshotContents): Judged {
  const { manifest, domain } = contents;
  if (manifest === null) return judged(titles.acls, [noManifest(contents) ?? ''], '');
  const bare = Object.entries(manifest.shares)
    .filter(([, { withoutAcl }]) => withoutAcl > 0)
    .map(
      ([folder, { withoutAcl, entries }]) =>
        `${folder}: ${withoutAcl} voci su ${entries} senza ACL / entries without an ACL`,
    );
  const declared = [...declaredAcls(inventory)];
  const wrong = declared.flatMap(([path, acl]) => {
    const sddl = manifest.acls[path];
    if (sddl === undefined) return path.includes('/') ? [`${path}: manca / missing`] : [];
    if (sddl === null) return [];
    const open = EVERYBODY.test(allowing(sddl)) && !acl.some(({ trustee }) => trustee === 'Domain Users');
    return [
      ...(open ? [`${path}: aperta a tutti / open to everybody`] : []),
      ...acl.flatMap((entry) => missingEntry(path, sddl, entry, domain?.names[entry.trustee]?.sid)),
    ];
  });
  return judged(
    titles.acls,
    [...bare, ...wrong],
    `${declared.length} cartelle con i diritti dichiarati / folders with the declared rights`,
  );
}

/** A trustee whose SID is not known is told by the check of accounts. */
function missingEntry(
  path: string,
  sddl: string,
  { trustee, type }: AclEntry,
  sid: string | undefined,
): string[] {
  if (sid === undefined) return [];
  const kind = type === 'deny' ? 'D' : 'A';
  const there = aces(sddl).some((ace) => ace.startsWith(`(${kind};`) && ace.endsWith(`;;;${sid})`));
  return there ? [] : [`${path}: manca ${type} ${trustee} / is missing`];
}

function aces(sddl: string): string[] {
  return sddl.match(/\([^)]*\)/g) ?? [];
}

function allowing(sddl: string): string {
  return aces(sddl)
    .filter((ace) => ace.startsWith('(A;'))
    .join('');
}

function judgeCanaries(inventory: Inventory, contents: SnapshotContents): Judged {
  const { manifest } = contents;
  if (manifest === null) return judged(titles.canaries, [noManifest(contents) ?? ''], '');
  const wrong = inventory.shares.flatMap(({ name, folder }) => {
    const found = manifest.canaries[`${folder}/${CANARY_NAME}`];
    const wanted = createHash('sha256').update(canaryText(name)).digest('hex');
    if (found === wanted) return [];
    const what =
      found === undefined
        ? 'manca / is missing'
        : 'ha un altro contenuto: qualcuno o qualcosa (malware?) lo ha cambiato / holds something else: somebody or something (malware?) changed it';
    return [`${name}: ${CANARY_NAME} ${what}`];
  });
  return judged(titles.canaries, wrong, `${inventory.shares.length} intatti / unchanged`);
}

/** Not judged on a cassette that has one snapshot only: there is nothing to compare with. */
function judgeChange({ change }: SnapshotContents): Judged[] {
  if (change === null) return [];
  const { filesBefore, changed, gone, renamed, plain, noise } = change;
  const touched = changed + gone;
  const text = `${changed} cambiati, ${gone} spariti (${renamed} rinominati), ${change.new} nuovi, su ${filesBefore} / changed, gone (renamed), new, of; ${noise} da testo a rumore (entropia), su ${plain} / from text to noise (entropy), of`;
  const many =
    filesBefore >= FEWEST_FILES &&
    (touched > filesBefore * TOUCHED_SHARE ||
      renamed > filesBefore * RENAMED_SHARE ||
      (noise >= FEWEST_NOISE && noise > plain * NOISE_SHARE));
  const warning =
    ' Così si presenta un malware che cifra i file: controllare prima di scrivere altre copie, e tenere le cassette precedenti. Se il cambiamento è voluto, la prossima copia torna a posto. / This is what malware that encrypts files looks like: check before writing more backups, and keep the earlier cassettes. If the change was meant, the next backup is in order again.';
  return [judged(titles.change, many ? [text + warning] : [], text)];
}

/** What the backup could not dump was a warning then, and a service that does not come back now. Not judged where there is none. */
function judgeApplications(inventory: Inventory, contents: SnapshotContents, tags: Tags): Judged[] {
  if (inventory.applications.length === 0) return [];
  const wrong = inventory.applications.flatMap(({ id, nameIt, nameEn }) => {
    const found = contents.applications[id] ?? null;
    if (found === null)
      return [
        `${nameIt}: non è nello snapshot; ripetere "dr backup" e leggerne gli avvisi. / ${nameEn}: not in the snapshot; run "dr backup" again and read its warnings.`,
      ];
    if (found.wrong.length === 0) return [];
    return [
      `${nameIt}: la sua copia non è intera / ${nameEn}: its dump is not whole: ${found.wrong.join(', ')}`,
    ];
  });
  if (tags.applications !== undefined && tags.applications !== contents.applicationBytes)
    wrong.push(
      `La copia contava ${tags.applications} byte di applicazioni, nello snapshot sono ${contents.applicationBytes}. / The backup counted other bytes of applications than the snapshot has.`,
    );
  const rows = Object.values(contents.applications).reduce((sum, found) => sum + (found?.rows ?? 0), 0);
  return [
    judged(
      titles.applications,
      wrong,
      `${inventory.applications.length} applicazioni / applications, ${rows} righe / rows, ${contents.applicationBytes} byte`,
    ),
  ];
}

function judgeDomain({ domain: { realm } }: Inventory, { domain, errors }: SnapshotContents): Judged {
  if (domain === null) {
    const why = errors.domain ?? 'manca nello snapshot / not in the snapshot';
    return judged(
      titles.domain,
      [`La copia del dominio non si legge: ${why} / The copy of the domain does not read.`],
      '',
    );
  }
  if (domain.realm.toUpperCase() !== realm.toUpperCase())
    return judged(
      titles.domain,
      [
        `È la copia di un altro dominio: ${domain.realm} invece di ${realm}. / It is a copy of another domain.`,
      ],
      '',
    );
  return judged(titles.domain, [], `${domain.realm}, ${domain.total} oggetti con un nome / named objects`);
}

/** Without it whoever restores from the cassette alone does not know what goes where. */
function judgeInventory({ inventory }: SnapshotContents): Judged {
  const wrong =
    inventory > 0
      ? []
      : [
          'L\'inventario manca nello snapshot: fare una nuova copia con "dr backup". / The inventory is not in the snapshot: make a new backup.',
        ];
  return judged(titles.inventory, wrong, `${inventory} file`);
}

function judgeAccounts(inventory: Inventory, { domain }: SnapshotContents): Judged {
  if (domain === null)
    return notVerifiable(
      titles.accounts,
      'La copia del dominio non si legge. / The copy of the domain does not read.',
    );
  const names = declaredNames(inventory);
  const wrong = names.flatMap((name) => {
    const found = domain.names[name];
    if (found === undefined) return [`${name}: non è nel dominio / not in the domain`];
    return found.against === null ? [] : [`${name}: ${against[found.against]}`];
  });
  return judged(titles.accounts, wrong, `${names.length} trovati e validi / found and valid`);
}

const against = {
  disabled: 'disabilitato / disabled',
  expired: 'scaduto / expired',
  'password-expired': 'password scaduta / password expired',
} satisfies Record<'disabled' | 'expired' | 'password-expired', string>;
