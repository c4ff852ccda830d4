/** What a lab is made of, worked out from the inventory alone: which host hangs on which bridge, by which port. */
import { DrError } from '../core/errors.ts';
import type { Desk, Host, Inventory, Site } from '../inventory/schema.ts';
import type { LabHost, LabSite } from './state.ts';

/** The part of the inventory that a lab is made of. */
export type LabInventory = Pick<
  Inventory,
  'sites' | 'wan' | 'hosts' | 'desks' | 'domain' | 'lines' | 'endpoints'
>;

/** The switch of the desks and its numbered ports, as the lab's interfaces are named. */
export const DESK_SWITCH = 'desks';
const CABINET = 'cabinet';
const portName = (port: number): string => `port${port}`;

/** The names that a host's network interface cannot take, because the lab's routers have them. */
const reservedNames = ['lo', 'wan', 'uplink', 'desks-uplink', 'internet', CABINET, DESK_SWITCH];

/**
 * The site of the given role, as the lab's router needs it.
 * @throws DrError LAB_SITE when the inventory has none.
 */
export function labSite(inventory: LabInventory, role: Site['role']): LabSite {
  const site = inventory.sites.find((candidate) => candidate.role === role);
  if (site === undefined) {
    throw new DrError(
      'LAB_SITE',
      `L'inventario non ha una sede con ruolo "${role}". / The inventory has no site of that role.`,
      'Correggere inventory/sites.yaml e controllarlo con "dr check". / Correct it and run "dr check".',
    );
  }
  return { id: site.id, cidr: site.network.cidr, gateway: site.network.gateway };
}

/**
 * Every host with its bridge and port.
 * @throws DrError SWITCH_FULL, PORT_TAKEN, NO_DESK (a workstation without a cable), HOST_NAME
 */
export function labHosts(inventory: LabInventory): LabHost[] {
  const ports = assignSwitchPorts(inventory);
  return inventory.hosts.map((host) => {
    if (reservedNames.includes(host.name) || /^(port|line-)\d+$/.test(host.name)) throw reserved(host.name);
    const port = ports.get(host.name);
    if (port === undefined && host.kind === 'workstation' && hasSwitch(inventory, host)) throw noDesk(host);
    return {
      name: host.name,
      site: host.site,
      kind: host.kind,
      address: host.address,
      bridge: port === undefined ? CABINET : DESK_SWITCH,
      port: port === undefined ? host.name : portName(port),
    };
  });
}

/** Plugs each desk's workstation into the switch; gives the port of each by host name. */
function assignSwitchPorts(inventory: LabInventory): Map<string, number> {
  const ports = new Map<string, number>();
  for (const desk of inventory.desks) {
    const available = inventory.sites.find((site) => site.id === desk.site)?.switch?.deskPorts ?? 0;
    if (ports.size >= available || desk.switchPort > available) throw switchFull(desk, available);
    const holder = [...ports].find(([, port]) => port === desk.switchPort);
    if (holder !== undefined) throw portTaken(desk, holder[0]);
    ports.set(desk.workstation, desk.switchPort);
  }
  return ports;
}

function hasSwitch(inventory: LabInventory, host: Host): boolean {
  return inventory.sites.some((site) => site.id === host.site && site.switch !== undefined);
}

function switchFull(desk: Desk, available: number): DrError {
  return new DrError(
    'SWITCH_FULL',
    `La postazione "${desk.id}" chiede la porta ${desk.switchPort}, ma lo switch ha ${available} porte e sono finite. / The desk asks for a port that the switch of ${available} ports does not have left.`,
    'Togliere una postazione da inventory/hosts.yaml, o dichiarare lo switch più grande che è stato montato. / Remove a desk from the inventory, or declare the bigger switch that was installed.',
  );
}

function portTaken(desk: Desk, holder: string): DrError {
  return new DrError(
    'PORT_TAKEN',
    `La porta ${desk.switchPort} dello switch, chiesta dalla postazione "${desk.id}", è già di ${holder}. / That port of the switch is already taken by ${holder}.`,
    'Dare alla postazione una porta libera in inventory/hosts.yaml. / Give the desk a free port in the inventory.',
  );
}

function noDesk(host: Host): DrError {
  return new DrError(
    'NO_DESK',
    `La postazione di lavoro ${host.name} non è collegata a nessuna porta dello switch. / The workstation is not plugged into any port of the switch.`,
    'Aggiungere in inventory/hosts.yaml una scrivania (desks) con una porta libera. / Add a desk with a free port to the inventory.',
  );
}

function reserved(name: string): DrError {
  return new DrError(
    'HOST_NAME',
    `Nel laboratorio un host non si può chiamare "${name}". / In the lab no host can have that name.`,
    `Nomi riservati / reserved names: ${reservedNames.join(', ')}, port1, port2 ..., line-1, line-2 ...`,
  );
}
