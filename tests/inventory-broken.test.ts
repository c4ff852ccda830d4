/** Each mistake is found where it stands. A case is one change of a sound inventory; `¦` marks where the finding must be. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DrError } from '../core/errors.ts';
import { loadInventory, requireInventory } from '../inventory/load.ts';
import { parseYamlFile } from '../inventory/yaml-file.ts';
import {
  applyChange,
  type Change,
  codeAndPlace,
  copyInventory,
  findingsIn,
  inventoryFolder,
  soundInventory,
} from './inventory-copy.ts';

type Case = Change & { name: string; code: string; says?: string };

/** Of the right form; nobody holds its other half. */
const PUBLIC_KEY = 'A'.repeat(43);

const schemaCases: Case[] = [
  {
    name: 'an endpoint without TLS',
    file: 'endpoints.yaml',
    find: 'url: https://www.lu.camcom.it/',
    replace: 'url: ¦http://www.lu.camcom.it/',
    code: 'WRONG_FORM',
    says: 'https',
  },
  {
    name: 'an unknown key in an entry',
    file: 'hosts.yaml',
    find: '    kind: workstation\n',
    replace: '    kind: workstation\n    ¦colour: red\n',
    code: 'UNKNOWN_KEY',
    says: '"colour"',
  },
  {
    name: 'an unknown key at the top',
    file: 'targets.yaml',
    replace: '\n¦goals: []\n',
    code: 'UNKNOWN_KEY',
  },
  {
    name: "another file's key",
    file: 'targets.yaml',
    replace: '\n¦hosts: []\n',
    code: 'UNKNOWN_KEY',
  },
  {
    name: 'an unknown key three levels down',
    file: 'services.yaml',
    find: 'criticalityIndex: 4',
    replace: '¦weight: 4\n      criticalityIndex: 4',
    code: 'UNKNOWN_KEY',
  },
  {
    name: 'a missing key',
    file: 'hosts.yaml',
    find: '  - name: lu-dc1\n    site: lucca\n',
    replace: '  - ¦name: lu-dc1\n',
    code: 'MISSING',
    says: 'site',
  },
  {
    name: 'a part of a file that is missing',
    file: 'sites.yaml',
    find: 'wan:\n',
    replace: 'link:\n',
    code: 'MISSING',
    says: '"wan"',
  },
  {
    name: 'a text for a number',
    file: 'hosts.yaml',
    find: 'switchPort: 1',
    replace: 'switchPort: ¦"1"',
    code: 'WRONG_TYPE',
    says: 'serve un numero',
  },
  {
    name: 'a number for a text',
    file: 'sites.yaml',
    find: '"001"',
    replace: '¦7',
    code: 'WRONG_TYPE',
    says: 'serve un testo',
  },
  {
    name: 'a list for a group of keys',
    file: 'domain.yaml',
    find: /^domain:\n( .*\n)+/m,
    replace: 'domain: ¦[LUCCA]\n',
    code: 'WRONG_TYPE',
    says: "serve un gruppo di voci, c'è un elenco",
  },
  {
    name: 'nothing for a text',
    file: 'cassettes.yaml',
    find: 'serial: LDR-0001',
    replace: 'serial: ¦null',
    code: 'WRONG_TYPE',
  },
  {
    name: 'a kind that does not exist',
    file: 'hosts.yaml',
    find: 'kind: file-server',
    replace: 'kind: ¦mail-server',
    code: 'NOT_ALLOWED',
    says: 'domain-controller, file-server, application-server, workstation',
  },
  {
    name: 'port zero',
    file: 'hosts.yaml',
    find: 'switchPort: 1',
    replace: 'switchPort: ¦0',
    code: 'OUT_OF_RANGE',
  },
  {
    name: 'half a port',
    file: 'hosts.yaml',
    find: 'switchPort: 1',
    replace: 'switchPort: ¦1.5',
    code: 'WRONG_TYPE',
    says: 'numero intero',
  },
  {
    name: 'a loss over 100 %',
    file: 'sites.yaml',
    find: 'lossPercent: 0',
    replace: 'lossPercent: ¦101',
    code: 'OUT_OF_RANGE',
  },
  {
    name: 'an address that is none',
    file: 'hosts.yaml',
    find: '10.55.1.10\n',
    replace: '¦10.55.1.256\n',
    code: 'WRONG_FORM',
  },
  {
    name: 'a label longer than ext4 allows',
    file: 'cassettes.yaml',
    find: 'LUCCA-DR-A',
    replace: '¦LUCCA-DR-A-CASSETTA',
    code: 'WRONG_FORM',
    says: '16 caratteri',
  },
  {
    name: 'a host name longer than NetBIOS allows',
    file: 'hosts.yaml',
    find: 'name: lu-ws2',
    replace: 'name: ¦lu-postazione-numero-2',
    code: 'WRONG_FORM',
    says: '15 caratteri',
  },
  {
    name: 'an account name longer than sAMAccountName allows',
    file: 'domain.yaml',
    find: 'accounts: [diritto.annuale1',
    replace: 'accounts: [¦diritto.annuale.ufficio1',
    code: 'WRONG_FORM',
    says: '20 caratteri',
  },
  {
    name: 'a folder that climbs out of its share',
    file: 'shares.yaml',
    find: 'path: Bilanci',
    replace: 'path: ¦Bilanci/../../etc',
    code: 'WRONG_FORM',
  },
  {
    name: 'a mobile number for a switchboard',
    file: 'suppliers.yaml',
    find: '049-8089610',
    replace: '¦333-1234567',
    code: 'WRONG_FORM',
    says: 'centralino',
  },
  {
    name: 'a date that is none',
    file: 'documents.yaml',
    find: '2014-10-24',
    replace: '¦2014-10-32',
    code: 'WRONG_FORM',
  },
  {
    name: 'a readiness of an unknown kind',
    file: 'solutions.yaml',
    find: 'kind: in-place',
    replace: 'kind: ¦soon',
    code: 'NOT_ALLOWED',
  },
];

const applicationCases: Case[] = [
  {
    name: 'an engine that nobody can restore',
    file: 'applications.yaml',
    find: 'engine: postgresql',
    replace: 'engine: ¦oracle',
    code: 'NOT_ALLOWED',
    says: 'postgresql, mariadb',
  },
  {
    name: 'an unknown need',
    file: 'applications.yaml',
    find: 'needs: []',
    replace: 'needs: [¦mail]',
    code: 'NOT_ALLOWED',
    says: 'domain, file-server',
  },
  {
    name: 'a database name with a blank',
    file: 'applications.yaml',
    find: 'name: ttrss',
    replace: 'name: ¦"tt rss"',
    code: 'WRONG_FORM',
  },
  {
    name: 'a folder at the top of the disk',
    file: 'applications.yaml',
    find: 'folders: [/etc/tryton',
    replace: 'folders: [¦/etc',
    code: 'WRONG_FORM',
  },
  {
    name: 'an expression that captures nothing',
    file: 'applications.yaml',
    find: /capture: \{ session: '.*' \}/,
    replace: "capture: { session: ¦'session' }",
    code: 'WRONG_FORM',
  },
  {
    name: 'an application twice',
    file: 'applications.yaml',
    find: 'id: certificati-origine',
    replace: 'id: ¦presenze',
    code: 'DUPLICATE',
  },
  {
    name: 'a server that is nowhere',
    file: 'applications.yaml',
    find: 'lucca: lu-app1',
    replace: 'lucca: ¦lu-app9',
    code: 'UNKNOWN_REFERENCE',
  },
  {
    name: 'a server of another kind',
    file: 'applications.yaml',
    find: 'viareggio: vi-app1',
    replace: 'viareggio: ¦vi-fs1',
    code: 'NOT_AN_APPLICATION_SERVER',
  },
  {
    name: 'a server of the other site',
    file: 'applications.yaml',
    find: 'lucca: lu-app1',
    replace: 'lucca: ¦vi-app1',
    code: 'NOT_AN_APPLICATION_SERVER',
  },
  {
    name: 'a service class that is nowhere',
    file: 'applications.yaml',
    find: 'serviceClass: presenze-del-personale',
    replace: 'serviceClass: ¦presenze',
    code: 'UNKNOWN_REFERENCE',
  },
  {
    name: 'two applications on one port',
    file: 'applications.yaml',
    find: 'port: 8080\n',
    replace: 'port: ¦8000\n',
    code: 'APPLICATIONS_COLLIDE',
    says: '8000',
  },
  {
    name: 'two applications in one database',
    file: 'applications.yaml',
    find: 'engine: mariadb, name: ttrss',
    replace: 'engine: postgresql, name: ¦presenze',
    code: 'APPLICATIONS_COLLIDE',
    says: 'postgresql:presenze',
  },
  {
    name: "a folder inside another's",
    file: 'applications.yaml',
    find: '/etc/tt-rss',
    replace: '¦/etc/tryton/tt-rss',
    code: 'FOLDERS_NESTED',
  },
  {
    name: 'a name that no request captures',
    file: 'applications.yaml',
    find: /method: POST\n +path: \S+\n +headers: .*\n +body: '\{"op":"getHeadlines","sid":"/,
    replace: "¦method: POST\n          path: /\n          body: '${nobody:account}",
    code: 'UNKNOWN_PLACEHOLDER',
    says: 'nobody',
  },
];

const syntaxCases: Case[] = [
  {
    name: 'a list that is not closed',
    file: 'teams.yaml',
    replace: '\nlast: [1, 2\n¦',
    code: 'YAML_SYNTAX',
  },
  {
    name: 'a tabulator as indent',
    file: 'duties.yaml',
    find: 'recurringDuties:\n',
    replace: 'recurringDuties:\n¦\t- id: x\n',
    code: 'YAML_SYNTAX',
  },
  {
    name: 'one key twice in a group',
    file: 'hosts.yaml',
    find: '    kind: workstation\n',
    replace: '    kind: workstation\n    ¦kind: workstation\n',
    code: 'DUPLICATE_KEY',
    says: 'due volte',
  },
  {
    name: 'a second document in the file',
    file: 'targets.yaml',
    replace: '\n¦---\nmore: 1\n',
    code: 'YAML_SYNTAX',
  },
  {
    name: 'an alias to nothing',
    file: 'targets.yaml',
    find: 'rtoHours: 72',
    replace: 'rtoHours: ¦*nothing',
    code: 'YAML_SYNTAX',
  },
];

const nameCases: Case[] = [
  {
    name: 'a host name twice',
    file: 'hosts.yaml',
    find: 'name: lu-ws2',
    replace: 'name: ¦lu-ws1',
    code: 'DUPLICATE',
    says: '"lu-ws1" c\'è già in hosts.yaml:',
  },
  {
    name: 'an address twice',
    file: 'hosts.yaml',
    find: '10.55.1.102',
    replace: '¦10.55.1.101',
    code: 'DUPLICATE',
  },
  {
    name: "a line's router with a host's address",
    file: 'endpoints.yaml',
    find: 'gateway: 10.55.2.3',
    replace: 'gateway: ¦10.55.2.20',
    code: 'DUPLICATE',
  },
  {
    name: 'a shortcut to nowhere',
    file: 'workstations.yaml',
    find: 'endpoint: gedoc',
    replace: 'endpoint: ¦gedocs',
    code: 'UNKNOWN_REFERENCE',
  },
  {
    name: "the gateway's address",
    file: 'sites.yaml',
    find: 'gateway: 10.55.1.1',
    replace: 'gateway: ¦10.55.1.20',
    code: 'DUPLICATE',
  },
  {
    name: 'an account with the name of a group, in other letters',
    file: 'domain.yaml',
    find: 'name: G_Tutti_Uffici',
    replace: 'name: ¦G_SPORTELLO',
    code: 'DUPLICATE',
  },
  {
    name: 'a workstation at two desks',
    file: 'hosts.yaml',
    find: 'workstation: vi-ws2',
    replace: 'workstation: ¦vi-ws1',
    code: 'DUPLICATE',
  },
  {
    name: 'an office that does not exist',
    file: 'hosts.yaml',
    find: 'office: brevetti-ispettivo',
    replace: 'office: ¦turismo',
    code: 'UNKNOWN_REFERENCE',
    says: 'ufficio sconosciuto/a: "turismo"',
  },
  {
    name: 'a trustee that does not exist',
    file: 'shares.yaml',
    find: 'trustee: registro.imprese2',
    replace: 'trustee: ¦registro.imprese9',
    code: 'UNKNOWN_REFERENCE',
  },
  {
    name: 'a document that does not exist',
    file: 'targets.yaml',
    find: 'source: { document: piano',
    replace: 'source: ¦{ document: parere',
    code: 'UNKNOWN_SOURCE',
    says: '"parere"',
  },
  {
    name: 'a clause that does not exist',
    file: 'targets.yaml',
    find: 'source: { document: piano, clause: "5"',
    replace: 'source: ¦{ document: piano, clause: "5.9"',
    code: 'UNKNOWN_SOURCE',
    says: '"5.9"',
  },
  {
    name: 'a repeated clause that does not exist',
    file: 'opening-hours.yaml',
    find: 'repeatedIn: [6.3.3]',
    replace: 'repeatedIn: [¦6.3.9]',
    code: 'UNKNOWN_SOURCE',
  },
];

const ninePorts = [5, 6, 7, 8]
  .map((port) => workstationAndDesk(port))
  .reduce((all, one) => ({ hosts: all.hosts + one.hosts, desks: all.desks + one.desks }));

function workstationAndDesk(number: number, port = String(number)): { hosts: string; desks: string } {
  return {
    hosts: `  - name: vi-ws${number}
    site: viareggio
    kind: workstation
    address: 10.55.2.${100 + number}
    source: { document: progetto, clause: Addresses }\n`,
    desks: `  - id: vi-desk${number}
    site: viareggio
    switchPort: ${port}
    workstation: vi-ws${number}
    office: registro-imprese
    source: { document: progetto, clause: Desks }\n`,
  };
}

/** hosts.yaml with more workstations and desks: the new hosts go before the desks. */
function withDesks(more: { hosts: string; desks: string }): Change {
  return { file: 'hosts.yaml', find: '\ndesks:\n', replace: `${more.hosts}\ndesks:\n${more.desks}` };
}

const ruleCases: Case[] = [
  {
    name: 'an address of the other site',
    file: 'hosts.yaml',
    find: '10.55.2.104',
    replace: '¦10.55.1.104',
    code: 'ADDRESS_OUTSIDE',
  },
  {
    name: "the network's broadcast address",
    file: 'hosts.yaml',
    find: '10.55.2.104',
    replace: '¦10.55.2.255',
    code: 'ADDRESS_OUTSIDE',
  },
  {
    name: "the network's own address",
    file: 'hosts.yaml',
    find: '10.55.2.104',
    replace: '¦10.55.2.0',
    code: 'ADDRESS_OUTSIDE',
  },
  {
    name: "a printer with a host's address",
    file: 'workstations.yaml',
    find: 'socket://10.55.2.50',
    replace: '¦socket://10.55.2.20',
    code: 'PRINTER_ADDRESS',
    says: 'vi-fs1',
  },
  {
    name: 'a printer in the wrong network',
    file: 'workstations.yaml',
    find: 'socket://10.55.2.50',
    replace: '¦socket://10.55.1.50',
    code: 'PRINTER_ADDRESS',
  },
  {
    name: "a line's router outside the site's network",
    file: 'endpoints.yaml',
    find: '10.55.2.3',
    replace: '¦10.55.1.3',
    code: 'LINE_GATEWAY',
    says: 'Viareggio',
  },
  {
    name: 'a gateway outside the network',
    file: 'sites.yaml',
    find: 'gateway: 10.55.1.1',
    replace: 'gateway: ¦10.55.9.1',
    code: 'GATEWAY_OUTSIDE',
  },
  {
    name: 'a distance that the study does not give',
    file: 'sites.yaml',
    find: 'distanceKm: 30',
    replace: 'distanceKm: ¦25',
    code: 'DISTANCE_MISMATCH',
  },
  {
    name: 'a ninth desk on a ninth port',
    ...withDesks({
      hosts: ninePorts.hosts + workstationAndDesk(9).hosts,
      desks: ninePorts.desks + workstationAndDesk(9, '¦9').desks,
    }),
    code: 'SWITCH_PORT_MISSING',
    says: 'vi-desk9: lo switch di Sede secondaria di Viareggio ha 8 porte, la porta 9 non esiste (postazioni / desks: 9)',
  },
  {
    name: 'a ninth desk on a taken port',
    ...withDesks({
      hosts: ninePorts.hosts + workstationAndDesk(9).hosts,
      desks: ninePorts.desks + workstationAndDesk(9, '¦8').desks,
    }),
    code: 'SWITCH_PORT_TAKEN',
    says: 'è già di vi-desk8 (postazioni / desks: 9)',
  },
  {
    name: 'a port twice',
    file: 'hosts.yaml',
    find: 'switchPort: 2',
    replace: 'switchPort: ¦1',
    code: 'SWITCH_PORT_TAKEN',
    says: 'la porta 1 dello switch di Sede secondaria di Viareggio è già di vi-desk1',
  },
  {
    name: 'a desk on a server',
    file: 'hosts.yaml',
    find: 'workstation: vi-ws1',
    replace: 'workstation: ¦vi-fs1',
    code: 'NOT_A_WORKSTATION',
  },
  {
    name: "a desk on the other site's workstation",
    file: 'hosts.yaml',
    find: 'workstation: vi-ws1',
    replace: 'workstation: ¦lu-ws1',
    code: 'NOT_A_WORKSTATION',
  },
  {
    name: 'a group that contains itself through another',
    file: 'domain.yaml',
    find: 'members: [G_Registro_Imprese, G_Artigianato_Export]',
    replace: 'members: ¦[G_Registro_Imprese, G_Anagrafico_Certificativo]',
    code: 'GROUP_CIRCLE',
  },
  {
    name: 'a share that nobody can administer',
    file: 'shares.yaml',
    find: 'rights: full',
    replace: 'rights: read',
    code: 'NO_ADMINISTRATION',
  },
  {
    name: 'the same entry twice in a list',
    file: 'shares.yaml',
    find: '      - { trustee: G_Registro_Imprese, type: allow, rights: modify, appliesTo: this-folder-subfolders-files }\n',
    replace:
      '      - { trustee: G_Registro_Imprese, type: allow, rights: modify, appliesTo: this-folder-subfolders-files }\n      - ¦{ trustee: G_Registro_Imprese, type: allow, rights: modify, appliesTo: this-folder-subfolders-files }\n',
    code: 'DUPLICATE',
  },
  {
    name: 'an entry that denies the administrators',
    file: 'shares.yaml',
    find: '- { trustee: registro.imprese2, type: deny',
    replace: '- ¦{ trustee: Domain Admins, type: deny',
    code: 'NO_ADMINISTRATION',
  },
  {
    name: 'an office that may only read in its share',
    file: 'shares.yaml',
    find: 'trustee: G_Registro_Imprese, type: allow, rights: modify',
    replace: 'trustee: G_Registro_Imprese, type: allow, rights: read',
    code: 'OFFICE_LOCKED_OUT',
  },
  {
    name: 'a realm that is not the DNS domain',
    file: 'domain.yaml',
    find: 'realm: LUCCA.CCIAA.INTERNAL',
    replace: 'realm: ¦LUCCA.CCIAA.LOCAL',
    code: 'REALM_MISMATCH',
  },
  {
    name: 'a team whose parts make another sum',
    file: 'teams.yaml',
    find: 'headCount: 36',
    replace: 'headCount: ¦35',
    code: 'HEAD_COUNT',
    says: '35 persone in tutto, ma uffici o ruoli ne danno 36',
  },
  {
    name: 'more persons than posts',
    file: 'teams.yaml',
    find: 'distinctPersons: 37',
    replace: 'distinctPersons: ¦74',
    code: 'HEAD_COUNT',
  },
  {
    name: 'hours that end before they begin',
    file: 'opening-hours.yaml',
    find: '- { days: [mon, wed, fri], from: "09:00"',
    replace: '- ¦{ days: [mon, wed, fri], from: "14:00"',
    code: 'OPENING_HOURS',
  },
  {
    name: 'hours that overlap',
    file: 'opening-hours.yaml',
    find: '- { days: [mon, wed], from: "15:00"',
    replace: '- ¦{ days: [mon, wed], from: "12:00"',
    code: 'OPENING_HOURS',
  },
  {
    name: "a target that is not the plan's",
    file: 'targets.yaml',
    find: 'rtoHours: 72',
    replace: 'rtoHours: ¦96',
    code: 'TARGET_NOT_THE_PLANS',
    says: '96 h',
  },
  {
    name: 'a backup too rare for the RPO',
    file: 'cassettes.yaml',
    find: 'value: 24',
    replace: 'value: ¦48',
    code: 'BACKUP_TOO_RARE',
  },
  {
    name: 'no second domain controller',
    file: 'hosts.yaml',
    find: '  - name: vi-dc1\n    site: viareggio\n    kind: domain-controller\n',
    replace: '  - name: vi-dc1\n    site: viareggio\n    kind: file-server\n',
    code: 'SERVER_COUNT',
  },
  {
    name: 'a site without its role',
    file: 'sites.yaml',
    find: 'sites:\n  - id: lucca\n    role: primary',
    replace: 'sites:\n  ¦- id: lucca\n    role: secondary',
    code: 'SITE_MISSING',
  },
  {
    name: 'a scenario too few',
    file: 'scenarios.yaml',
    find: /\n  - id: D3[^]*/,
    replace: '\n',
    code: 'SCENARIO_MISSING',
    says: 'D3',
  },
  {
    name: 'an office without a share',
    file: 'shares.yaml',
    find: /  - name: Provveditorato\n[^]*(?=  - name: Comune)/,
    replace: '',
    code: 'SHARE_MISSING',
    says: '"provveditorato"',
  },
  {
    name: 'networks that overlap',
    file: 'sites.yaml',
    find: 'cidr: 10.55.2.0/24',
    replace: 'cidr: ¦10.55.0.0/16',
    code: 'NETWORKS_OVERLAP',
  },
  {
    name: 'two starts of the RTO',
    file: 'actions.yaml',
    find: '    phase: reaction\n',
    replace: '    phase: reaction\n    startsRto: true\n',
    code: 'RTO_START',
  },
  {
    name: 'a secret of a cassette that is named like none',
    file: 'cassettes.yaml',
    find: 'key: cassette-passphrase',
    replace: 'key: ¦passphrase',
    code: 'WRONG_FORM',
    says: 'cassette-',
  },
  {
    name: 'a signer who is no site and no role',
    file: 'cassettes.yaml',
    find: 'custodySigners: []',
    replace: `custodySigners:\n  - signer: ¦role:capo\n    publicKey: ${PUBLIC_KEY}`,
    code: 'SIGNER_UNKNOWN',
    says: 'role:capo',
  },
  {
    name: 'a signer by name',
    file: 'cassettes.yaml',
    find: 'custodySigners: []',
    replace: `custodySigners:\n  - signer: ¦Mario\n    publicKey: ${PUBLIC_KEY}`,
    code: 'WRONG_FORM',
  },
  {
    name: 'a key that is cut short',
    file: 'cassettes.yaml',
    find: 'custodySigners: []',
    replace: 'custodySigners:\n  - signer: site:lucca\n    publicKey: ¦AAAA',
    code: 'WRONG_FORM',
    says: '43',
  },
  {
    name: 'one key for two signers',
    file: 'cassettes.yaml',
    find: 'custodySigners: []',
    replace: `custodySigners:\n  - signer: site:lucca\n    publicKey: ${PUBLIC_KEY}\n  - signer: site:viareggio\n    publicKey: ¦${PUBLIC_KEY}`,
    code: 'DUPLICATE',
  },
  {
    name: 'no daily cassette away from Lucca',
    file: 'cassettes.yaml',
    find: 'rotation: daily\n    homeSite: viareggio',
    replace: 'rotation: weekly\n    homeSite: viareggio',
    code: 'NO_CASSETTE_AWAY',
  },
];

const cases = [...schemaCases, ...syntaxCases, ...nameCases, ...ruleCases, ...applicationCases];

describe('one mistake is found where it stands', () => {
  test.each(cases)('$name', async ({ code, says, ...change }) => {
    const folder = copyInventory();
    const marked = applyChange(folder, change);
    const findings = await findingsIn(folder);
    const found = findings.filter((one) => one.code === code && one.severity === 'error');
    expect(findings.map(codeAndPlace)).toEqual(
      expect.arrayContaining(marked.map((place) => `${code} ${place.file}:${place.line}:${place.column}`)),
    );
    expect(found).not.toEqual([]);
    expect(found.map(({ messageIt }) => messageIt).join('\n')).toContain(says ?? '');
    for (const one of found)
      expect(one).toMatchObject({
        messageEn: expect.stringMatching(/\S/),
        hint: expect.stringContaining(' / '),
      });
  });
});

describe('a warning stops nothing', () => {
  test.each([
    {
      name: 'one daily cassette only',
      file: 'cassettes.yaml',
      find: 'rotation: daily\n    homeSite: lucca',
      replace: 'rotation: weekly\n    homeSite: lucca',
      code: 'DAILY_CASSETTES',
    },
    {
      name: 'the cassette that is kept back opens with the secret of the others',
      file: 'cassettes.yaml',
      find: 'key: cassette-passphrase-away',
      replace: 'key: cassette-passphrase',
      code: 'KEY_SHARED',
    },
    {
      name: 'fewer workstations than the rooms have',
      file: 'sites.yaml',
      find: 'workstations: 4',
      replace: 'workstations: 5',
      code: 'WORKSTATION_COUNT',
    },
    {
      name: 'a service that no desk gives',
      file: 'hosts.yaml',
      find: 'frontOfficeService: certificati-estero',
      replace: 'frontOfficeService: carte-tachigrafiche-cns',
      code: 'SERVICE_WITHOUT_DESK',
    },
  ])('$name', async ({ code, ...change }) => {
    const folder = copyInventory();
    applyChange(folder, change);
    const { findings } = await soundInventory(folder);
    expect(findings.filter((one) => one.code === code)).toMatchObject([{ severity: 'warning' }]);
  });
});

describe('files', () => {
  test('a missing file, and one that nobody knows', async () => {
    const folder = copyInventory();
    rmSync(join(folder, 'teams.yaml'));
    writeFileSync(join(folder, 'extra.yml'), 'a: 1\n');
    const found = (await findingsIn(folder)).map(codeAndPlace);
    expect(found).toContain('FILE_MISSING teams.yaml:1:1');
    expect(found).toContain('FILE_UNKNOWN extra.yml:1:1');
  });

  test.each([
    { name: 'an empty file', content: Buffer.from(''), code: 'WRONG_TYPE' },
    { name: 'a file of comments', content: Buffer.from('# nothing\n'), code: 'WRONG_TYPE' },
    {
      name: 'a file that is no text',
      content: Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
      code: 'FILE_UNREADABLE',
    },
    { name: 'a text for a group', content: Buffer.from('just words\n'), code: 'WRONG_TYPE' },
    {
      name: 'aliases that unfold without end',
      content: Buffer.from(
        `a: &a [x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f']
          .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcde'[index]}`).join(', ')}]`)
          .join('\n')}\n`,
      ),
      code: 'YAML_SYNTAX',
    },
  ])('$name', async ({ content, code }) => {
    const folder = copyInventory();
    writeFileSync(join(folder, 'cassettes.yaml'), content);
    expect((await findingsIn(folder)).map(codeAndPlace)).toContain(`${code} cassettes.yaml:1:1`);
  });

  test('a folder in the place of a file', async () => {
    const folder = copyInventory();
    rmSync(join(folder, 'teams.yaml'));
    mkdirSync(join(folder, 'teams.yaml'));
    expect((await findingsIn(folder)).map(codeAndPlace)).toContain('FILE_UNREADABLE teams.yaml:1:1');
  });

  test('no folder at all', async () => {
    await expect(loadInventory('/nowhere/inventory')).rejects.toMatchObject({ code: 'INVENTORY_FOLDER' });
  });
});

describe('several mistakes', () => {
  test('all are told at once, also in one file and in one entry', async () => {
    const folder = copyInventory();
    const changes: (Change & { code: string })[] = [
      {
        file: 'hosts.yaml',
        find: '    kind: workstation\n',
        replace: '    kind: workstation\n    ¦colour: red\n',
        code: 'UNKNOWN_KEY',
      },
      { file: 'hosts.yaml', find: 'name: lu-ws2', replace: 'name: ¦lu-ws1', code: 'DUPLICATE' },
      { file: 'hosts.yaml', find: 'switchPort: 2', replace: 'switchPort: ¦"due"', code: 'WRONG_TYPE' },
      { file: 'hosts.yaml', find: 'switchPort: 3', replace: 'switchPort: ¦12', code: 'SWITCH_PORT_MISSING' },
      {
        file: 'hosts.yaml',
        find: 'office: brevetti-ispettivo',
        replace: 'office: ¦turismo',
        code: 'UNKNOWN_REFERENCE',
      },
      { file: 'cassettes.yaml', find: 'LUCCA-DR-A', replace: '¦lucca-dr-a', code: 'WRONG_FORM' },
      { file: 'teams.yaml', replace: '\n¦last: [1\n', code: 'YAML_SYNTAX' },
      { file: 'targets.yaml', find: 'rtoHours: 72', replace: 'rtoHours: ¦96', code: 'TARGET_NOT_THE_PLANS' },
    ];
    for (const change of changes) applyChange(folder, change);
    const found = await findingsIn(folder);
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(changes.map(({ code }) => code)));
    expect(found.every(({ severity }) => severity === 'error')).toBe(true);
    // The list comes in the order of the files and their lines.
    expect(found.map(codeAndPlace)).toEqual(
      found.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line).map(codeAndPlace),
    );
  });

  test("a supplier's class that nothing probes is named", async () => {
    const folder = copyInventory();
    applyChange(folder, {
      file: 'endpoints.yaml',
      find: 'serviceClass: protesti',
      replace: 'serviceClass: carte-tachigrafiche',
    });
    const [found, ...others] = (await findingsIn(folder)).filter(({ severity }) => severity === 'error');
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'CLASS_WITHOUT_ENDPOINT', file: 'services.yaml' });
  });

  test('an unknown key costs only itself: the rest of its entry is still judged', async () => {
    const folder = copyInventory();
    const [key] = applyChange(folder, {
      file: 'hosts.yaml',
      find: '    switchPort: 4',
      replace: '    ¦colour: red\n    switchPort: 9',
    });
    expect((await findingsIn(folder)).map(codeAndPlace)).toEqual([
      `UNKNOWN_KEY hosts.yaml:${key?.line}:${key?.column}`,
      `SWITCH_PORT_MISSING hosts.yaml:${(key?.line ?? 0) + 1}:17`,
    ]);
  });

  test('an entry that cannot be read does not shift the place of the next mistake', async () => {
    const folder = copyInventory();
    applyChange(folder, { file: 'hosts.yaml', find: 'switchPort: 1', replace: 'switchPort: uno' });
    const [marked] = applyChange(folder, {
      file: 'hosts.yaml',
      find: 'switchPort: 4',
      replace: 'switchPort: ¦9',
    });
    expect((await findingsIn(folder)).map(codeAndPlace)).toContain(
      `SWITCH_PORT_MISSING hosts.yaml:${marked?.line}:${marked?.column}`,
    );
  });

  test('an entry that cannot be read still counts as the thing others refer to', async () => {
    const folder = copyInventory();
    applyChange(folder, { file: 'hosts.yaml', find: 'address: 10.55.2.101', replace: 'address: 10.55.2' });
    expect((await findingsIn(folder)).map(({ code }) => code)).toEqual(['WRONG_FORM']);
  });

  test('requireInventory refuses, naming every place', async () => {
    const folder = copyInventory();
    applyChange(folder, { file: 'hosts.yaml', find: 'switchPort: 1', replace: 'switchPort: 9' });
    applyChange(folder, { file: 'cassettes.yaml', find: 'value: 24', replace: 'value: 48' });
    const refusal = await requireInventory(folder).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DrError);
    expect(refusal).toMatchObject({
      code: 'INVENTORY_INVALID',
      message: expect.stringMatching(/cassettes\.yaml:\d+:\d+: .*\n.*hosts\.yaml:\d+:\d+: /s),
    });
  });
});

describe('desks', () => {
  test('a fifth to an eighth desk fit', async () => {
    const folder = copyInventory();
    applyChange(folder, withDesks(ninePorts));
    const inventory = await requireInventory(folder);
    expect(inventory.desks).toHaveLength(8);
  });

  test('any desks with different ports of the switch are accepted, any others refused', async () => {
    const folder = copyInventory();
    const path = join(folder, 'hosts.yaml');
    const [hostsPart = ''] = readFileSync(path, 'utf8').split('\ndesks:\n');
    const servers = hostsPart.split('  - name: vi-ws1')[0] ?? '';
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1, maxLength: 10 }),
        async (ports) => {
          const entries = ports.map((port, index) => workstationAndDesk(index + 1, String(port)));
          writeFileSync(
            path,
            `${servers}${entries.map(({ hosts }) => hosts).join('')}\ndesks:\n${entries.map(({ desks }) => desks).join('')}`,
          );
          const codes = (await findingsIn(folder))
            .filter(({ severity }) => severity === 'error')
            .map(({ code }) => code);
          const missing = ports.filter((port) => port > 8).length;
          const inRange = ports.filter((port) => port <= 8);
          const taken = inRange.length - new Set(inRange).size;
          expect(codes.filter((code) => code === 'SWITCH_PORT_MISSING')).toHaveLength(missing);
          expect(codes.filter((code) => code === 'SWITCH_PORT_TAKEN')).toHaveLength(taken);
          expect(codes).toHaveLength(missing + taken);
        },
      ),
      { numRuns: 20, examples: [[[1, 2, 3, 4, 5, 6, 7, 8]], [[1, 2, 3, 4, 5, 6, 7, 8, 9]], [[8, 8]]] },
    );
  }, 60_000);
});

test('a stray bracket: one finding a line, and each at a place that exists', () => {
  const text = readFileSync(join(inventoryFolder, 'hosts.yaml'), 'utf8').replace(
    'clause: Add',
    'clause: $[Add',
  );
  const lines = text.split('\n');
  const { findings } = parseYamlFile('hosts.yaml', text);
  expect(findings.length).toBeGreaterThan(3);
  expect(new Set(findings.map(({ line }) => line)).size).toBe(findings.length);
  for (const { line, column } of findings) {
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  }
});

test('whatever is done to a file, the answer is an inventory or findings with a place in it', async () => {
  const folder = copyInventory();
  const path = join(folder, 'hosts.yaml');
  const sound = readFileSync(path, 'utf8');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sound.length),
      fc.nat(40),
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('\t', '"', '{', '- ', '&a ', '*a', '!!x ', '<<: ', '\n', '~'),
      ),
      async (at, cut, inserted) => {
        const text = sound.slice(0, at) + inserted + sound.slice(at + cut);
        writeFileSync(path, text);
        const outcome = await loadInventory(folder);
        const lines = text.split('\n');
        for (const found of ('errors' in outcome ? outcome.errors : []).filter(
          ({ file }) => file === 'hosts.yaml',
        )) {
          expect(found.line).toBeLessThanOrEqual(lines.length);
          expect(found.column).toBeLessThanOrEqual((lines[found.line - 1] ?? '').length + 1);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
