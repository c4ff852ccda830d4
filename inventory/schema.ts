/**
 * The schema of the inventory, and its documentation: what may stand in inventory/*.yaml, file by file.
 * Here is the technical part (sites, machines, domain, shares, media); the documents' facts are in schema-plan.ts.
 */
import { z } from 'zod';
import { applicationSchema } from './schema-applications.ts';
import {
  addressSchema,
  bilingual,
  cidr,
  count,
  hours,
  ipv4,
  positiveCount,
  slug,
  sourceSchema,
  textLike,
  words,
} from './schema-common.ts';
import { endpointSchema, lineSchema } from './schema-endpoints.ts';
import {
  actionSchema,
  availabilitySchema,
  certifiedServiceSchema,
  declaredChangeSchema,
  declaredCountsSchema,
  documentSchema,
  escalationSchema,
  frontOfficeServiceSchema,
  milestoneSchema,
  mutualAidSchema,
  openingHoursSchema,
  opinionConditionSchema,
  organisationUnitSchema,
  outOfScopeServiceSchema,
  recurringDutySchema,
  roleSchema,
  scenarioSchema,
  serviceClassSchema,
  sharedStaffSchema,
  solutionSchema,
  supplierSchema,
  teamSchema,
} from './schema-plan.ts';

const source = sourceSchema;

/** One of the two sites. The secondary one has the switch, the UPS and the room that the restore needs. */
export const siteSchema = z.strictObject({
  id: z.enum(['lucca', 'viareggio']),
  role: z.enum(['primary', 'secondary']),
  name: words,
  locationId: words,
  address: addressSchema,
  network: z.strictObject({ cidr, gateway: ipv4, source }),
  /** Ports that desks can be plugged into. */
  switch: z.strictObject({ deskPorts: positiveCount, source }).optional(),
  ups: z.strictObject({ watts: positiveCount, source }).optional(),
  cooling: words.optional(),
  fireExtinguishers: z.boolean().optional(),
  rooms: z.array(z.strictObject({ id: slug, desks: count, workstations: count, source })),
  /** Roles (of roles.yaml) that can open the building and the rooms. */
  keysHeldByRoles: z.array(slug),
  source,
});
export type Site = z.infer<typeof siteSchema>;

/** The link between the sites. */
export const wanSchema = z.strictObject({
  rateMbit: z.number().positive(),
  lossPercent: z.number().min(0).max(100),
  distanceKm: z.number().positive(),
  /** Where rate and loss come from; the distance has its own source. */
  source,
  distanceSource: source,
});
export type Wan = z.infer<typeof wanSchema>;

export const hostKinds = ['domain-controller', 'file-server', 'application-server', 'workstation'] as const;
export const powerDevices = [...hostKinds, 'monitor', 'switch'] as const;
/** What a device of this kind takes at most, in watts. A desk has a workstation and a monitor. */
export const powerDrawSchema = z.strictObject({ device: z.enum(powerDevices), watts: positiveCount, source });
export type PowerDraw = z.infer<typeof powerDrawSchema>;

/** The name is also the NetBIOS name of the computer account, which ends at 15 characters. */
const hostName = textLike(
  /^[a-z][a-z0-9-]{0,13}[a-z0-9]$/,
  'serve un nome di 2-15 caratteri: lettere minuscole, cifre e trattini',
  'a name of 2-15 characters is needed: lower-case letters, digits and hyphens',
);
/** A machine that stands at a site, powered on or in reserve. */
export const hostSchema = z.strictObject({
  name: hostName,
  site: slug,
  kind: z.enum(hostKinds),
  address: ipv4,
  /** Space for shares and restored data; only servers that keep data have one. */
  dataDiskGb: z.number().positive().optional(),
  source,
});
export type Host = z.infer<typeof hostSchema>;

/** A desk of the secondary site. A fifth to an eighth are added here; a ninth has no port. */
export const deskSchema = z.strictObject({
  id: slug,
  site: slug,
  switchPort: positiveCount,
  /** A host of kind workstation at the same site. */
  workstation: hostName,
  office: slug,
  /** The emergency service that is given here, where one is. */
  frontOfficeService: slug.optional(),
  source,
});
export type Desk = z.infer<typeof deskSchema>;

export const domainSchema = z.strictObject({
  /** Kerberos realm, upper case. */
  realm: textLike(
    /^[A-Z0-9-]+(\.[A-Z0-9-]+)+$/,
    'serve un realm in maiuscolo',
    'a realm in upper case is needed',
  ),
  dnsDomain: textLike(
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    'serve un dominio DNS in minuscolo',
    'a DNS domain in lower case is needed',
  ),
  netbiosName: textLike(
    /^[A-Z][A-Z0-9-]{0,14}$/,
    'serve un nome NetBIOS: al più 15 caratteri maiuscoli',
    'a NetBIOS name is needed: at most 15 upper-case characters',
  ),
  source,
});
export type Domain = z.infer<typeof domainSchema>;

const groupName = textLike(
  /^G_[A-Za-z0-9_]{1,60}$/,
  'serve un nome di gruppo: G_ e poi lettere, cifre e trattini bassi',
  'a group name is needed: G_, then letters, digits and underscores',
);
/** Longer than 20 characters is cut by sAMAccountName; made from the office's name, never from a person's. */
const accountName = textLike(
  /^[a-z][a-z0-9.-]{0,18}[a-z0-9]$/,
  'serve un nome utente di 2-20 caratteri: lettere minuscole, cifre, punti e trattini',
  'an account name of 2-20 characters is needed: lower-case letters, digits, dots and hyphens',
);

/** An office with its group and its test accounts. */
export const officeSchema = z.strictObject({
  id: slug,
  /** As the plan's chapter 7 writes it. */
  name: words,
  group: groupName,
  accounts: z.array(accountName).min(1),
  printer: words.optional(),
  /** The same office in the study's organisation chart: ids of organisation.yaml. */
  organisationUnits: z.array(slug),
  source,
});
export type Office = z.infer<typeof officeSchema>;

/** A group of groups. Office groups are in `offices`. */
export const groupSchema = z.strictObject({
  name: groupName,
  members: z.array(groupName).min(1),
  source,
});
export type Group = z.infer<typeof groupSchema>;

export const aclTypes = ['allow', 'deny'] as const;
export const aclRights = ['read', 'modify', 'full'] as const;
export const aclScopes = [
  'this-folder-only',
  'this-folder-subfolders-files',
  'files-only',
  'subfolders-files',
] as const;
/** One entry of an NT access control list; its order in the file is of no matter (deny entries go first when it is applied). */
export const aclEntrySchema = z.strictObject({
  /** A group of the inventory, an account of an office, or `Domain Admins`. */
  trustee: words,
  type: z.enum(aclTypes),
  rights: z.enum(aclRights),
  appliesTo: z.enum(aclScopes),
});
export type AclEntry = z.infer<typeof aclEntrySchema>;

const relativePath = textLike(
  /^(?!\.{1,2}(\/|$))[^/\\:*?"<>|]+(\/(?!\.{1,2}(\/|$))[^/\\:*?"<>|]+)*$/,
  'serve un percorso relativo senza "..", "\\" e caratteri che Windows non ammette',
  'a relative path is needed, without "..", "\\" and characters that Windows does not allow',
);
/** A folder with entries of its own; `protected` means that it inherits nothing. */
export const shareFolderSchema = z.strictObject({
  path: relativePath,
  acl: z.array(aclEntrySchema).min(1),
  protected: z.boolean().default(false),
});
export type ShareFolder = z.infer<typeof shareFolderSchema>;

/** A share of the file server; `office` is absent for the one that all use. */
export const shareSchema = z.strictObject({
  name: textLike(
    /^[A-Za-z][A-Za-z0-9]{0,31}$/,
    'serve un nome di condivisione di lettere e cifre, al più 32',
    'a share name of at most 32 letters and digits is needed',
  ),
  office: slug.optional(),
  /** Folder below the file server's data folder. */
  folder: slug,
  acl: z.array(aclEntrySchema).min(1),
  folders: z.array(shareFolderSchema),
  source,
});
export type Share = z.infer<typeof shareSchema>;

export const printerSchema = z.strictObject({
  name: textLike(
    /^[A-Za-z0-9_-]{1,32}$/,
    'serve un nome di coda di stampa',
    'the name of a print queue is needed',
  ),
  site: slug,
  uri: textLike(
    /^(ipp|ipps|socket|lpd):\/\/[0-9.]+(:\d+)?(\/\S*)?$/,
    'serve un URI di stampante con indirizzo IPv4, per esempio socket://10.55.2.50:9100',
    'a printer URI with an IPv4 address is needed, for example socket://10.55.2.50:9100',
  ),
  source,
});
export type Printer = z.infer<typeof printerSchema>;

/** A link on every workstation's desktop to an endpoint, which is reached with a browser. */
export const shortcutSchema = z.strictObject({ name: words, endpoint: slug, source });
export type Shortcut = z.infer<typeof shortcutSchema>;

/** A system service that each workstation runs. */
export const workstationServiceSchema = z.strictObject({
  name: slug,
  ...bilingual,
  /** systemd unit that must be active. */
  unit: textLike(
    /^[a-z0-9@.-]+\.(service|socket)$/,
    'serve il nome di una unità systemd',
    'the name of a systemd unit is needed',
  ),
  /** Debian packages that bring it. */
  packages: z.array(words).min(1),
  cards: z.array(words),
  source,
});
export type WorkstationService = z.infer<typeof workstationServiceSchema>;

export const cassetteRotations = ['daily', 'weekly', 'away'] as const;
/** The secret that opens a cassette: the name of a file in the secrets folder. */
export type CassetteKey = `cassette-${string}`;
const cassetteKeySchema = textLike(
  /^cassette-[a-z0-9]+(-[a-z0-9]+)*$/,
  'serve il nome di un segreto che comincia con "cassette-"',
  'the name of a secret that begins with "cassette-" is needed',
).transform((name): CassetteKey => `cassette-${name.slice('cassette-'.length)}`);

/** A removable backup medium. The label is that of its ext4 file system, which ends at 16 bytes. */
export const cassetteSchema = z.strictObject({
  label: textLike(
    /^[A-Z0-9-]{1,16}$/,
    "serve un'etichetta di al più 16 caratteri (limite di ext4): maiuscole, cifre e trattini",
    'a label of at most 16 characters (the limit of ext4) is needed: upper-case letters, digits and hyphens',
  ),
  /** Of the medium, as its hardware says it (`lsblk -o SERIAL`): what tells a cassette from its copy. */
  serial: words,
  key: cassetteKeySchema,
  /** daily: written in turn every day; weekly: written at the week's end; away: kept back, written once a month. */
  rotation: z.enum(cassetteRotations),
  /** Where it rests when it is not being written. */
  homeSite: slug,
  source,
});
export type Cassette = z.infer<typeof cassetteSchema>;

/** Who may sign in the ledger of custody: the computer of a site, or a role; never a person by name. */
export const custodySignerSchema = z.strictObject({
  signer: textLike(
    /^(site|role):[a-z0-9]+(-[a-z0-9]+)*$/,
    'serve "site:" o "role:" e un identificativo',
    '"site:" or "role:" and an identifier are needed',
  ),
  /** Ed25519, 32 bytes in base64url (RFC 8037, "x"), as `dr cassette key` shows it. */
  publicKey: textLike(
    /^[A-Za-z0-9_-]{43}$/,
    'serve la chiave pubblica di 43 caratteri che mostra "dr cassette key"',
    'the public key of 43 characters that "dr cassette key" shows is needed',
  ),
});
export type CustodySigner = z.infer<typeof custodySignerSchema>;

export const rotationSchema = z.strictObject({
  backupEveryHours: z.strictObject({ value: hours, source }),
  /** The site where the newest cassette must be found. */
  custody: z.strictObject({ site: slug, source }),
  /** Every byte of a cassette at its place of custody is read and checked within so many days, a share a day. */
  readWithinDays: z.strictObject({ value: positiveCount, source }),
  /** Snapshots that stay on a cassette (restic forget --keep-*). */
  keep: z.strictObject({ daily: positiveCount, weekly: positiveCount, monthly: positiveCount, source }),
});
export type Rotation = z.infer<typeof rotationSchema>;

/** What a restore must meet. Neither document gives the file server and the domain a figure of their own. */
export const targetsSchema = z.strictObject({
  fileServerAndDomain: z.strictObject({
    rtoHours: hours,
    rpoHours: hours,
    /** The class that runs on these servers, whose figures in the plan the target takes over. */
    fromServiceClass: slug,
    source,
  }),
});
export type Targets = z.infer<typeof targetsSchema>;

/** What each file holds. A file that is missing, or one that is not in this list, is an error. */
export const inventoryFiles = {
  'documents.yaml': {
    documents: z.array(documentSchema),
    milestones: z.array(milestoneSchema),
    opinionConditions: z.array(opinionConditionSchema),
  },
  'sites.yaml': { sites: z.array(siteSchema), wan: wanSchema, powerDraw: z.array(powerDrawSchema) },
  'hosts.yaml': { hosts: z.array(hostSchema), desks: z.array(deskSchema) },
  'domain.yaml': { domain: domainSchema, offices: z.array(officeSchema), groups: z.array(groupSchema) },
  'shares.yaml': { shares: z.array(shareSchema) },
  'applications.yaml': { applications: z.array(applicationSchema) },
  'workstations.yaml': {
    printers: z.array(printerSchema),
    shortcuts: z.array(shortcutSchema),
    workstationServices: z.array(workstationServiceSchema),
  },
  'endpoints.yaml': { lines: z.array(lineSchema), endpoints: z.array(endpointSchema) },
  'cassettes.yaml': {
    cassettes: z.array(cassetteSchema),
    rotation: rotationSchema,
    custodySigners: z.array(custodySignerSchema),
  },
  'targets.yaml': { targets: targetsSchema },
  'organisation.yaml': { organisation: z.array(organisationUnitSchema) },
  'roles.yaml': { roles: z.array(roleSchema) },
  'teams.yaml': {
    teams: z.array(teamSchema),
    sharedStaff: z.array(sharedStaffSchema),
    availability: z.array(availabilitySchema),
  },
  'suppliers.yaml': { suppliers: z.array(supplierSchema) },
  'services.yaml': { serviceClasses: z.array(serviceClassSchema) },
  'scope.yaml': {
    outOfScopeServices: z.array(outOfScopeServiceSchema),
    certifiedServices: z.array(certifiedServiceSchema),
    declaredChanges: z.array(declaredChangeSchema),
    declaredCounts: declaredCountsSchema,
  },
  'solutions.yaml': { solutions: z.array(solutionSchema) },
  'scenarios.yaml': { scenarios: z.array(scenarioSchema) },
  'actions.yaml': { escalation: escalationSchema, actions: z.array(actionSchema) },
  'front-office.yaml': {
    frontOfficeServices: z.array(frontOfficeServiceSchema),
    mutualAid: mutualAidSchema,
  },
  'opening-hours.yaml': { openingHours: z.array(openingHoursSchema) },
  'duties.yaml': { recurringDuties: z.array(recurringDutySchema) },
} as const;
export type InventoryFile = keyof typeof inventoryFiles;

export const inventorySchema = z.strictObject({
  ...inventoryFiles['documents.yaml'],
  ...inventoryFiles['sites.yaml'],
  ...inventoryFiles['hosts.yaml'],
  ...inventoryFiles['domain.yaml'],
  ...inventoryFiles['shares.yaml'],
  ...inventoryFiles['applications.yaml'],
  ...inventoryFiles['workstations.yaml'],
  ...inventoryFiles['endpoints.yaml'],
  ...inventoryFiles['cassettes.yaml'],
  ...inventoryFiles['targets.yaml'],
  ...inventoryFiles['organisation.yaml'],
  ...inventoryFiles['roles.yaml'],
  ...inventoryFiles['teams.yaml'],
  ...inventoryFiles['suppliers.yaml'],
  ...inventoryFiles['services.yaml'],
  ...inventoryFiles['scope.yaml'],
  ...inventoryFiles['solutions.yaml'],
  ...inventoryFiles['scenarios.yaml'],
  ...inventoryFiles['actions.yaml'],
  ...inventoryFiles['front-office.yaml'],
  ...inventoryFiles['opening-hours.yaml'],
  ...inventoryFiles['duties.yaml'],
});
export type Inventory = z.infer<typeof inventorySchema>;
