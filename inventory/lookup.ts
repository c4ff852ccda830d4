/** Questions that the other rooms ask of a loaded inventory. */
import { DrError } from '../core/errors.ts';
import type { Cassette, Desk, Host, Inventory, Office, Printer, Share, Site } from './schema.ts';
import type { Application, PaperSheet } from './schema-applications.ts';
import type { Endpoint, Line } from './schema-endpoints.ts';
import type { Role } from './schema-plan.ts';

/** @throws DrError INVENTORY_LOOKUP */
export function siteById(inventory: Inventory, id: string): Site {
  return found(
    inventory.sites.find((site) => site.id === id),
    'sede / site',
    id,
  );
}

/** @throws DrError INVENTORY_LOOKUP */
export function hostByName(inventory: Inventory, name: string): Host {
  return found(
    inventory.hosts.find((host) => host.name === name),
    'host',
    name,
  );
}

/** The one server of that kind at a site. @throws DrError INVENTORY_LOOKUP */
export function serverAt(
  inventory: Inventory,
  site: string,
  kind: 'domain-controller' | 'file-server',
): Host {
  return found(
    inventory.hosts.find((host) => host.site === site && host.kind === kind),
    kind,
    site,
  );
}

/** Absent where the inventory has none: no application is the Chamber's own then. */
export function applicationServerAt(inventory: Inventory, site: string): Host | undefined {
  return inventory.hosts.find((host) => host.site === site && host.kind === 'application-server');
}

/** The applications on a host; none where it is no application server. */
export function applicationsOn(inventory: Inventory, host: string): Application[] {
  return inventory.applications.filter(({ servers }) => Object.values(servers).includes(host));
}

/** The applications that the hosts of a site run. */
export function applicationsAt(inventory: Inventory, site: string): Application[] {
  const server = applicationServerAt(inventory, site);
  return server === undefined ? [] : applicationsOn(inventory, server.name);
}

/** @throws DrError INVENTORY_LOOKUP */
export function applicationById(inventory: Inventory, id: string): Application {
  return found(
    inventory.applications.find((application) => application.id === id),
    'applicazione / application',
    id,
  );
}

/** The application in whose place a form is filled in by hand. @throws DrError PAPER_NOT_FORESEEN */
export function applicationOnPaper(inventory: Inventory, sheet: PaperSheet): Application {
  const application = inventory.applications.find(({ fallback }) => fallback?.sheet === sheet);
  if (application !== undefined) return application;
  throw new DrError(
    'PAPER_NOT_FORESEEN',
    `Nessuna applicazione dell'inventario ha questo modulo fra ciò che si fa a mano: ${sheet}. / No application of the inventory has this form for what is done by hand.`,
    `In inventory/applications.yaml, all'applicazione che il modulo sostituisce, aggiungere / add to the application that the form stands in for: fallback: { kind: paper, sheet: ${sheet}, source: { document: piano, clause: "3.3" } }`,
  );
}

export function workstationsAt(inventory: Inventory, site: string): Host[] {
  return inventory.hosts.filter((host) => host.site === site && host.kind === 'workstation');
}

export function desksAt(inventory: Inventory, site: string): Desk[] {
  return inventory.desks.filter((desk) => desk.site === site);
}

export type Seat = { id: string; workstation: string; office: string };

/** Who sits where: the declared desks, or, at a site without any, each workstation with the offices in turn. */
export function seatsAt(inventory: Inventory, site: string): Seat[] {
  const desks = desksAt(inventory, site);
  if (desks.length > 0) return desks.map(({ id, workstation, office }) => ({ id, workstation, office }));
  return workstationsAt(inventory, site).flatMap(({ name }, index) => {
    const office = inventory.offices[index % inventory.offices.length];
    return office === undefined ? [] : [{ id: name, workstation: name, office: office.id }];
  });
}

/** @throws DrError INVENTORY_LOOKUP */
export function deskById(inventory: Inventory, id: string): Desk {
  return found(
    inventory.desks.find((desk) => desk.id === id),
    'postazione / desk',
    id,
  );
}

/** @throws DrError INVENTORY_LOOKUP */
export function officeById(inventory: Inventory, id: string): Office {
  return found(
    inventory.offices.find((office) => office.id === id),
    'ufficio / office',
    id,
  );
}

/** The share that an office works in. @throws DrError INVENTORY_LOOKUP */
export function shareOfOffice(inventory: Inventory, officeId: string): Share {
  return found(
    inventory.shares.find((share) => share.office === officeId),
    'condivisione / share',
    officeId,
  );
}

export function printerAt(inventory: Inventory, site: string): Printer | undefined {
  return inventory.printers.find((printer) => printer.site === site);
}

/** The lines that lead from a site to its suppliers. */
export function linesAt(inventory: Inventory, site: string): Line[] {
  return inventory.lines.filter((line) => line.site === site);
}

/** @throws DrError INVENTORY_LOOKUP */
export function lineById(inventory: Inventory, id: string): Line {
  return found(
    inventory.lines.find((line) => line.id === id),
    'linea / line',
    id,
  );
}

/** @throws DrError INVENTORY_LOOKUP */
export function endpointById(inventory: Inventory, id: string): Endpoint {
  return found(
    inventory.endpoints.find((endpoint) => endpoint.id === id),
    'punto di accesso / endpoint',
    id,
  );
}

/** The links on each workstation's desktop, with where they lead. @throws DrError INVENTORY_LOOKUP */
export function shortcutLinks(inventory: Inventory): { name: string; url: string }[] {
  return inventory.shortcuts.map(({ name, endpoint }) => ({
    name,
    url: endpointById(inventory, endpoint).url,
  }));
}

/** @throws DrError INVENTORY_LOOKUP */
export function cassetteByLabel(inventory: Inventory, label: string): Cassette {
  return found(
    inventory.cassettes.find((cassette) => cassette.label === label),
    'cassetta / cassette',
    label,
  );
}

/** @throws DrError INVENTORY_LOOKUP */
export function roleById(inventory: Inventory, id: string): Role {
  return found(
    inventory.roles.find((role) => role.id === id),
    'ruolo / role',
    id,
  );
}

function found<T>(value: T | undefined, kind: string, name: string): T {
  if (value !== undefined) return value;
  throw new DrError(
    'INVENTORY_LOOKUP',
    `L'inventario non contiene: ${kind} "${name}". / The inventory does not hold it.`,
    'Controllare il nome; "dr check" elenca ciò che c\'è. / Check the name; "dr check" lists what there is.',
  );
}

/** What each role is called, by its id. */
export function roleNames(inventory: Inventory): Record<string, { it: string; en: string }> {
  return Object.fromEntries(
    inventory.roles.map(({ id, nameIt, nameEn }) => [id, { it: nameIt, en: nameEn }]),
  );
}
