/** Writes the programs of the bare shell sequence, their variables in front, as an administrator would have prepared them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  desksAt,
  hostByName,
  officeById,
  printerAt,
  shareOfOffice,
  shortcutLinks,
  siteById,
} from '../inventory/lookup.ts';
import type { Desk } from '../inventory/schema.ts';
import { shellQuote } from '../platforms/ssh.ts';
import { DOMAIN_ARCHIVE } from '../scripts/backup.ts';
import { SHARES_ROOT } from '../scripts/serve-shares.ts';
import { type BenchSite, secretOf } from './site.ts';

type Variables = Record<string, string>;

const RECEIVED_ARCHIVE = '/var/lib/dr/domain.tar.bz2';
const platforms = (path: string): string =>
  readFileSync(join(import.meta.dirname, '..', 'platforms', path), 'utf8');
const own = (name: string): string => readFileSync(join(import.meta.dirname, 'bare', name), 'utf8');

/** Makes the folder for bare/restore-site.sh and bare/provision.sh; gives its path. */
export function prepareBare(site: BenchSite): string {
  const folder = join(site.folder, 'bare');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o600 });
  put('ssh_config', readFileSync(site.sshConfig, 'utf8'));
  put(
    'names',
    assignments({
      CONTROLLER: site.controller,
      FILE_SERVER: site.fileServer,
      DESKS: site.workstations.join(' '),
    }),
  );
  for (const [name, text] of Object.entries(serverPrograms(site))) put(name, text);
  for (const desk of desksAt(site.inventory, 'viareggio')) {
    const variables = deskVariables(site, desk);
    put(`member-${desk.workstation}.sh`, program(variables, own('member.sh')));
    put(`desk-${desk.workstation}.sh`, program(variables, own('member.sh') + own('desk.sh')));
  }
  return folder;
}

function serverPrograms(site: BenchSite): Record<string, string> {
  const { inventory, golden } = site;
  const cassette = {
    LABEL: golden.label,
    SNAPSHOT: golden.snapshotId,
    RESTIC_PASSWORD: secretOf(site, 'cassette-passphrase'),
  };
  const lost = inventory.sites.filter(({ id }) => id === 'lucca').map(({ network }) => network.cidr);
  const prune = JSON.stringify({ networks: lost, keepHosts: [] });
  return {
    'isolation.sh': program(
      lookVariables(site),
      own('isolation.sh').replace('LOOK', () => platforms('network/look.sh')),
    ),
    'files.sh': program(cassette, own('files.sh')),
    'dump-domain.sh': program(
      cassette,
      `exec restic --repo "/media/$LABEL/restic" --no-cache --no-lock --quiet dump "$SNAPSHOT" ${DOMAIN_ARCHIVE}\n`,
    ),
    'restore-domain.sh': controllerProgram(site, 'samba/restore-domain.sh'),
    'start-domain.sh': controllerProgram(site, 'samba/start-domain.sh'),
    'prune.sh': `python3 -c ${shellQuote(platforms('samba/dns_zones.py') + platforms('samba/prune_lost_hosts.py'))} <<<${shellQuote(prune)} >/dev/null\n`,
    'serve-shares.sh': program(
      {
        ...memberVariables(site),
        SERVICES: 'winbind smbd',
        SMB_EXTRA: shareSettings(site),
        FOLDERS: inventory.shares.map(({ folder }) => `${SHARES_ROOT}/${folder}`).join(' '),
      },
      own('member.sh') + own('file-server.sh'),
    ),
  };
}

function controllerProgram({ inventory, golden, controller }: BenchSite, path: string): string {
  return program(
    {
      REALM: inventory.domain.realm,
      ADDRESS: hostByName(inventory, controller).address,
      CONTROLLER: controller.toUpperCase(),
      ARCHIVE: RECEIVED_ARCHIVE,
      SNAPSHOT: golden.snapshotId,
    },
    `set -euo pipefail\n${platforms(path)}`,
  );
}

/** The same question as the interlock asks (scripts/look-across.ts), from each place. */
function lookVariables({ inventory, controller, fileServer }: BenchSite): Variables {
  const addressOf = (name: string): string => hostByName(inventory, name).address;
  const elsewhere = inventory.hosts.filter((host) => host.site === 'lucca' && host.kind !== 'workstation');
  return {
    GATEWAY: siteById(inventory, 'viareggio').network.gateway,
    NEIGHBOURS: `${addressOf(controller)} ${addressOf(fileServer)}`,
    TARGETS: elsewhere.map(({ name, address }) => `${name}=${address}`).join(' '),
    PORTS: 'dns=53 kerberos=88 ldap=389 smb=445 ssh=22',
    PRESENCE: 'true',
    DNS_DOMAIN: inventory.domain.dnsDomain,
    WAIT: '2',
  };
}

/** What a desk is told, also by the playbook and the deploy of the other tools. */
export function deskVariables(site: BenchSite, desk: Desk): Variables {
  const { inventory } = site;
  const printer = printerAt(inventory, 'viareggio');
  return {
    ...memberVariables(site),
    SERVICES: 'winbind',
    SMB_EXTRA: '',
    FILE_SERVER: site.fileServer,
    DNS_DOMAIN: inventory.domain.dnsDomain,
    SHARE: shareOfOffice(inventory, desk.office).name,
    GROUP: officeById(inventory, desk.office).group,
    PRINTER_NAME: printer?.name ?? '',
    PRINTER_URI: printer?.uri ?? '',
    SHORTCUTS: shortcutLinks(inventory)
      .map(({ name, url }) => [slug(name), name, url].join('\t'))
      .join('\n'),
  };
}

export function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
}

function memberVariables(site: BenchSite): Variables {
  const { domain } = site.inventory;
  return {
    REALM: domain.realm,
    WORKGROUP: domain.netbiosName,
    CONTROLLER_ADDRESS: hostByName(site.inventory, site.controller).address,
    ADMINISTRATOR_PASSWORD: secretOf(site, 'domain-administrator'),
  };
}

/** The file server's part of smb.conf: Windows ACLs decide, and a section for each share. */
function shareSettings(site: BenchSite): string {
  const settings = [
    'vfs objects = acl_xattr',
    'acl_xattr:ignore system acls = yes',
    'acl_xattr:default acl style = windows',
    'store dos attributes = yes',
    'map archive = no',
  ];
  const sections = site.inventory.shares.map(
    ({ name, folder }) =>
      `[${name}]\n  path = ${SHARES_ROOT}/${folder}\n  read only = no\n  create mask = 0666\n  directory mask = 0777`,
  );
  return [...settings.map((line) => `  ${line}`), ...sections].join('\n');
}

/** In a function, because a command that reads its standard input would else swallow the rest of the program. */
function program(variables: Variables, text: string): string {
  return `${assignments(variables)}program() {\n${text}\n}\nprogram\nexit $?\n`;
}

function assignments(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join('');
}
