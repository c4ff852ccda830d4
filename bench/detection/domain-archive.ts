/** Puts another domain into the staged archive than the one that Lucca has, or the same with something changed in it. */
import { DOMAIN_ARCHIVE } from '../../scripts/backup.ts';
import { applyPython } from './remote-python.ts';
import type { DetectionSite } from './site.ts';

export type DomainChange = 'empty-database' | 'another-domain' | 'expired-account' | 'disabled-account';

const FOLDER = '/srv/detection/domain';

/** Made by Samba itself, on the machine with the cassette: nothing there serves this domain. */
export async function changeDomain(site: DetectionSite, change: DomainChange): Promise<void> {
  const { realm, netbiosName } = site.inventory.domain;
  switch (change) {
    case 'another-domain':
      return await provisionInstead(site, 'ALTRO.TEST', 'ALTRO');
    case 'empty-database':
      return await provisionInstead(site, realm, netbiosName);
    case 'expired-account':
    case 'disabled-account':
      return await changeAccounts(site, change);
  }
}

async function provisionInstead(site: DetectionSite, realm: string, workgroup: string): Promise<void> {
  await site.shell(`
rm -rf ${FOLDER}; mkdir -p ${FOLDER}/copy
samba-tool domain provision --realm=${realm} --domain=${workgroup} --server-role=dc --dns-backend=SAMBA_INTERNAL \\
  --use-rfc2307 --targetdir=${FOLDER}/domain >/dev/null 2>&1
samba-tool domain backup offline --configfile=${FOLDER}/domain/etc/smb.conf --targetdir=${FOLDER}/copy >/dev/null 2>&1
mv ${FOLDER}/copy/*.tar.bz2 ${DOMAIN_ARCHIVE}
rm -rf ${FOLDER}`);
}

async function changeAccounts(site: DetectionSite, change: DomainChange): Promise<void> {
  const accounts = site.inventory.offices.flatMap((office) => office.accounts);
  await applyPython(site, 'accounts.py', { folder: FOLDER, archive: DOMAIN_ARCHIVE, change, accounts });
}
