/**
 * Backups that are whole and wrong: each is a new snapshot, made by the tools of the real backup from shares and domain that something
 * was done to before.
 */
import { CANARY_NAME } from '../../platforms/samba/canary.ts';
import { APPLICATIONS_STAGE, DOMAIN_ARCHIVE, MANIFEST, STAGE } from '../../scripts/backup.ts';
import { SHARES_ROOT } from '../../scripts/serve-shares.ts';
import { changeDomain, type DomainChange } from './domain-archive.ts';
import type { Kind } from './kind.ts';

type Mistake = Omit<Kind, 'group' | 'damage'> & {
  /** Shell, run in the folder of the shares before manifest and snapshot are made; $share is a folder in it, $file a file there, $application an application's dump. */
  before?: string;
  /** The same, between manifest and snapshot. */
  between?: string;
};

const mistakes: readonly Mistake[] = [
  {
    id: 'share-missing',
    it: 'una condivisione mai copiata',
    en: 'a share that was never backed up',
    before: 'rm -rf "$share"',
  },
  {
    id: 'share-empty',
    it: 'una condivisione copiata vuota',
    en: 'a share that was backed up empty',
    before: 'find "$share" -mindepth 1 -delete',
  },
  {
    id: 'shares-empty',
    it: 'tutte le condivisioni vuote',
    en: 'all shares empty',
    before: 'find */ -mindepth 1 -delete',
  },
  {
    id: 'acl-stripped-share',
    it: 'ACL di una condivisione perse prima della copia',
    en: 'the ACLs of a share lost before the backup',
    // Of a hard link's second name it is gone already.
    before: 'find "$share" -exec setfattr --remove=security.NTACL {} + 2>/dev/null || true',
  },
  {
    id: 'acl-stripped-all',
    it: 'tutte le ACL perse prima della copia',
    en: 'all ACLs lost before the backup',
    before: 'find . -mindepth 1 -exec setfattr --remove=security.NTACL {} + 2>/dev/null || true',
  },
  {
    id: 'canary-altered',
    it: 'un file canarino alterato',
    en: 'an altered canary file',
    before: `printf x >> "$share/${CANARY_NAME}"`,
  },
  {
    id: 'files-encrypted-renamed',
    it: 'file cifrati e rinominati da un malware',
    en: 'files encrypted and renamed by malware',
    before: encrypt('{ mv "$f" "$f.locked" 2>/dev/null || true; }') /* some names are too long */,
  },
  {
    id: 'files-encrypted-in-place',
    it: 'file cifrati da un malware, nomi invariati, canarini risparmiati',
    en: 'files encrypted by malware, names kept, canaries spared',
    before: encrypt(':'),
  },
  {
    id: 'files-encrypted-few',
    it: 'un file su cinque cifrato da un malware, nomi invariati, canarini risparmiati',
    en: 'one file in five encrypted by malware, names kept, canaries spared',
    before: encrypt(':', " | LC_ALL=C sort -z | sed -zn '0~5p'"),
  },
  {
    id: 'files-deleted',
    it: 'metà dei file cancellata',
    en: 'half of the files deleted',
    before: `find . -type f ! -name '${CANARY_NAME}' | sort | awk 'NR % 2' | tr '\\n' '\\0' | xargs -0 rm -f`,
  },
  {
    id: 'files-zeroed',
    it: 'file svuotati (lunghezza zero)',
    en: 'files of length zero',
    before: `find . -type f ! -name '${CANARY_NAME}' -size +0 -exec truncate -s 0 {} +`,
  },
  {
    id: 'manifest-missing',
    it: 'manifesto mancante',
    en: 'no manifest',
    between: `rm -f ${MANIFEST}`,
  },
  {
    id: 'manifest-truncated',
    it: 'manifesto troncato',
    en: 'a truncated manifest',
    between: `truncate -s 200 ${MANIFEST}`,
  },
  {
    id: 'manifest-of-another-day',
    it: 'manifesto di un altro giorno',
    en: 'the manifest of another day',
    between: 'find . -type f -name "*.*" | sort | sed -n 1,5p | tr "\\n" "\\0" | xargs -0 rm -f',
  },
  {
    id: 'file-changed-while-copied',
    it: 'un file diverso da quello del manifesto',
    en: 'a file that is not the one of the manifest',
    between: 'printf x >> "$file"',
  },
  {
    id: 'acl-differs-from-manifest',
    it: 'ACL di un file persa fra manifesto e copia',
    en: 'the ACL of one file lost between manifest and snapshot',
    between: 'setfattr --remove=security.NTACL "$file"',
  },
  {
    id: 'inventory-missing',
    it: 'inventario mancante',
    en: 'no inventory',
    between: `rm -rf ${STAGE}/inventory`,
  },
  {
    id: 'domain-missing',
    it: 'dominio mai copiato',
    en: 'a domain that was never backed up',
    between: `rm -f ${DOMAIN_ARCHIVE}`,
  },
  {
    id: 'domain-archive-empty',
    it: 'archivio del dominio di lunghezza zero',
    en: 'a domain archive of length zero',
    between: `truncate -s 0 ${DOMAIN_ARCHIVE}`,
  },
  {
    id: 'domain-archive-truncated',
    it: 'archivio del dominio troncato',
    en: 'a truncated domain archive',
    between: `truncate -s $(( $(stat -c %s ${DOMAIN_ARCHIVE}) / 2 )) ${DOMAIN_ARCHIVE}`,
  },
  {
    id: 'application-missing',
    it: "un'applicazione mai copiata",
    en: 'an application that was never backed up',
    between: 'rm -rf "${application:?}"',
  },
  {
    id: 'application-manifest-missing',
    it: "manifesto di un'applicazione mancante",
    en: 'no manifest of an application',
    between: 'rm "${application:?}/manifest.json"',
  },
  {
    id: 'application-dump-truncated',
    it: "copia di un'applicazione troncata",
    en: 'a truncated dump of an application',
    between: 'truncate -s -1 "$(find "${application:?}/data" -type f -size +1k | LC_ALL=C sort | sed -n 1p)"',
  },
];

const domainMistakes: readonly (Omit<Kind, 'group' | 'damage'> & { change: DomainChange })[] = [
  {
    id: 'domain-without-accounts',
    it: 'base dati del dominio senza i suoi utenti',
    en: 'an AD database without its accounts',
    change: 'empty-database',
  },
  {
    id: 'domain-of-another',
    it: 'copia di un altro dominio',
    en: 'the backup of another domain',
    change: 'another-domain',
  },
  {
    id: 'account-expired',
    it: "l'utente di prova è scaduto",
    en: 'the test account has expired',
    change: 'expired-account',
  },
  {
    id: 'account-disabled',
    it: "l'utente di prova è disabilitato",
    en: 'the test account is disabled',
    change: 'disabled-account',
  },
];

/** Encrypts each file but the canaries, of these those that `chosen` lets through; then does to it what `after` says ($f). */
function encrypt(after: string, chosen = ''): string {
  return `find . -type f ! -name '${CANARY_NAME}' -print0${chosen} | while IFS= read -r -d '' f; do
  openssl enc -aes-256-ctr -pass pass:lab -pbkdf2 -iter 1 -nosalt -in "$f" -out /run/dr-encrypted && cat /run/dr-encrypted > "$f" && ${after}
done`;
}

export const contentsKinds: readonly Kind[] = [
  ...mistakes.map(
    ({ before, between, ...kind }): Kind => ({
      ...kind,
      group: 'contents',
      damage: async (site) => {
        await site.resetSource();
        if (before !== undefined) await site.shell(inShares(before));
        await site.writeManifest();
        if (between !== undefined) await site.shell(inShares(between));
        await site.writeSnapshot();
      },
    }),
  ),
  ...domainMistakes.map(
    ({ change, ...kind }): Kind => ({
      ...kind,
      group: 'contents',
      damage: async (site) => {
        await site.resetSource();
        await changeDomain(site, change);
        await site.writeManifest();
        await site.writeSnapshot();
      },
    }),
  ),
];

/** The same share and the same file each time: the first, in byte order, that holds something. */
function inShares(command: string): string {
  return `cd ${SHARES_ROOT}
share=$(find . -mindepth 1 -maxdepth 1 -type d | LC_ALL=C sort | sed -n 1p)
file=$(find "$share" -type f -size +1k ! -name '${CANARY_NAME}' | LC_ALL=C sort | sed -n 1p)
application=$(find ${APPLICATIONS_STAGE} -mindepth 1 -maxdepth 1 -type d | LC_ALL=C sort | sed -n 1p)
${command}`;
}
