/** The domain, its groups and the access control lists of the shares. */
import type { AclEntry, Group } from '../schema.ts';
import { type Rule, rule } from './rule.ts';

const realmMatchesDns = rule(['domain'], ({ domain }, report) => {
  if (domain.realm.toLowerCase() === domain.dnsDomain) return;
  report(
    'REALM_MISMATCH',
    ['domain', 'realm'],
    {
      it: `il realm ${domain.realm} e il dominio DNS ${domain.dnsDomain} non corrispondono`,
      en: `realm ${domain.realm} and DNS domain ${domain.dnsDomain} do not match`,
    },
    { it: 'Il realm è il dominio DNS in maiuscolo.', en: 'The realm is the DNS domain in upper case.' },
  );
});

const groupsHaveNoCircle = rule(['groups'], ({ groups }, report) => {
  for (const [index, group] of groups.entries()) {
    if (!reaches(groups, group.name, group.name)) continue;
    report(
      'GROUP_CIRCLE',
      ['groups', index, 'members'],
      {
        it: `il gruppo ${group.name} contiene sé stesso, direttamente o attraverso altri`,
        en: `group ${group.name} contains itself, directly or through others`,
      },
      {
        it: 'Togliere uno dei membri che chiudono il cerchio.',
        en: 'Take out one of the members that close the circle.',
      },
    );
  }
});

function reaches(groups: readonly Group[], from: string, target: string, seen = new Set<string>()): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const members = groups.find(({ name }) => name === from)?.members ?? [];
  return members.some((member) => member === target || reaches(groups, member, target, seen));
}

const listsCanBeAdministered = rule(['shares'], ({ shares }, report) => {
  for (const [index, share] of shares.entries()) {
    const lists = [
      { acl: share.acl, path: ['shares', index, 'acl'], standsAlone: true },
      ...share.folders.map((folder, position) => ({
        acl: folder.acl,
        path: ['shares', index, 'folders', position, 'acl'],
        standsAlone: folder.protected,
      })),
    ];
    for (const { acl, path, standsAlone } of lists) {
      if (standsAlone && !acl.some(isAdministration)) {
        report(
          'NO_ADMINISTRATION',
          path,
          {
            it: `${share.name}: qui manca il controllo completo per Domain Admins`,
            en: `${share.name}: full rights for Domain Admins are missing here`,
          },
          {
            it: 'Aggiungere { trustee: Domain Admins, type: allow, rights: full, appliesTo: this-folder-subfolders-files }.',
            en: 'Add that entry.',
          },
        );
      }
      for (const [position, entry] of acl.entries()) {
        const twice = acl.slice(0, position).some((other) => sameEntry(entry, other));
        if (!twice && !(entry.type === 'deny' && entry.trustee === 'Domain Admins')) continue;
        report(
          twice ? 'DUPLICATE' : 'NO_ADMINISTRATION',
          [...path, position],
          twice
            ? {
                it: `${share.name}: questa voce c'è già nello stesso elenco`,
                en: `${share.name}: this entry already stands in the same list`,
              }
            : {
                it: `${share.name}: negare l'accesso a Domain Admins impedisce il ripristino`,
                en: `${share.name}: denying Domain Admins prevents the restore`,
              },
          { it: 'Togliere la voce.', en: 'Take the entry out.' },
        );
      }
    }
  }
});

function isAdministration(entry: AclEntry): boolean {
  return (
    entry.trustee === 'Domain Admins' &&
    entry.type === 'allow' &&
    entry.rights === 'full' &&
    entry.appliesTo === 'this-folder-subfolders-files'
  );
}

function sameEntry(one: AclEntry, other: AclEntry): boolean {
  return (
    one.trustee === other.trustee &&
    one.type === other.type &&
    one.rights === other.rights &&
    one.appliesTo === other.appliesTo
  );
}

const officesWorkInTheirShares = rule(['offices', 'shares'], ({ offices, shares }, report) => {
  for (const [index, share] of shares.entries()) {
    const office = offices.find(({ id }) => id === share.office);
    if (office === undefined) continue;
    const works = share.acl.some(
      ({ trustee, type, rights }) => trustee === office.group && type === 'allow' && rights !== 'read',
    );
    if (works) continue;
    report(
      'OFFICE_LOCKED_OUT',
      ['shares', index, 'acl'],
      {
        it: `${share.name}: il gruppo ${office.group} non può scrivere nella condivisione del suo ufficio`,
        en: `${share.name}: group ${office.group} can't write in its office's share`,
      },
      {
        it: 'Aggiungere una voce allow/modify per il gruppo.',
        en: 'Add an allow/modify entry for the group.',
      },
    );
  }
});

export const domainRules: readonly Rule[] = [
  realmMatchesDns,
  groupsHaveNoCircle,
  listsCanBeAdministered,
  officesWorkInTheirShares,
];
