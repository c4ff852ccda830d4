/** What a lab would be made of, without making one. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requireInventory } from '../inventory/load.ts';
import type { Desk, Host } from '../inventory/schema.ts';
import { labLines, labSuppliers } from '../lab/internet.ts';
import { labPaths } from '../lab/paths.ts';
import { labHosts, labSite } from '../lab/topology.ts';

const inventory = await requireInventory();
const desk = some(inventory.desks[0]);
const workstation = some(inventory.hosts.find((host) => host.name === desk.workstation));

function some<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The inventory has no desk.');
  return value;
}

/** Workstations and desks at these ports of the switch. */
function desksAt(ports: readonly number[]): { hosts: Host[]; desks: Desk[] } {
  const plugged = ports.map((switchPort, index) => ({ switchPort, name: `vi-ws${index + 1}` }));
  return {
    hosts: plugged.map(({ name }) => ({ ...workstation, name })),
    desks: plugged.map(({ name, switchPort }) => ({
      ...desk,
      id: `d-${name}`,
      workstation: name,
      switchPort,
    })),
  };
}

describe('the switch of eight ports', () => {
  const ports = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 0, maxLength: 8 });

  test('takes up to eight desks, each at its own port', () => {
    fc.assert(
      fc.property(ports, (taken) => {
        const hosts = labHosts({ ...inventory, ...desksAt(taken) });
        expect(hosts.map((host) => host.port)).toEqual(taken.map((port) => `port${port}`));
        expect(hosts.every((host) => host.bridge === 'desks')).toBe(true);
      }),
    );
  });

  test('refuses a ninth, and a port that it does not have', () => {
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (const wrong of [nine, [9], [1, 2, 12]]) {
      expect(() => labHosts({ ...inventory, ...desksAt(wrong) })).toThrow(
        expect.objectContaining({ code: 'SWITCH_FULL' }),
      );
    }
  });

  test('refuses a port that is taken, naming who has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (port) => {
        expect(() => labHosts({ ...inventory, ...desksAt([port, port]) })).toThrow(
          expect.objectContaining({ code: 'PORT_TAKEN', message: expect.stringContaining('vi-ws1') }),
        );
      }),
    );
  });

  test('a workstation of that site without a desk has no cable', () => {
    expect(() => labHosts({ ...inventory, desks: [] })).toThrow(expect.objectContaining({ code: 'NO_DESK' }));
  });
});

describe('hosts and sites', () => {
  test('servers hang on the cabinet by their own name', () => {
    const server = labHosts(inventory).find((host) => host.name === 'vi-fs1');
    expect(server).toMatchObject({ bridge: 'cabinet', port: 'vi-fs1' });
  });

  test.for(['wan', 'cabinet', 'desks', 'port3'])('a host cannot be called %s', (name) => {
    const hosts = inventory.hosts.map((host) => (host.name === 'lu-dc1' ? { ...host, name } : host));
    expect(() => labHosts({ ...inventory, hosts })).toThrow(expect.objectContaining({ code: 'HOST_NAME' }));
  });

  test('an inventory without one of the sites is refused', () => {
    expect(() => labSite({ ...inventory, sites: [] }, 'primary')).toThrow(
      expect.objectContaining({ code: 'LAB_SITE' }),
    );
  });
});

describe('names of labs', () => {
  test.for(['', 'A', '9lab', 'a/b', '..', 'a b', 'x'.repeat(21), 'caffè'])('"%s" is refused', (name) => {
    expect(() => labPaths(name)).toThrow(expect.objectContaining({ code: 'LAB_NAME' }));
  });

  test('the same name in two state folders is two labs', () => {
    const before = process.env['DR_STATE'];
    const ids = ['/a', '/b'].map((folder) => {
      process.env['DR_STATE'] = folder;
      return labPaths('drill').id;
    });
    if (before === undefined) delete process.env['DR_STATE'];
    else process.env['DR_STATE'] = before;
    expect(new Set(ids).size).toBe(2);
  });
});

const withEndpoint = (change: Partial<(typeof inventory.endpoints)[number]>) => ({
  ...inventory,
  endpoints: inventory.endpoints.map((endpoint, index) =>
    index === 0 ? { ...endpoint, ...change } : endpoint,
  ),
});

describe("the lab's internet", () => {
  test('lines lead from a site with workstations, and from no other', () => {
    expect(labLines(inventory, 'viareggio').map(({ id, up }) => [id, up])).toEqual([
      ['primary', true],
      ['backup', true],
    ]);
    expect(labLines(inventory, 'lucca')).toEqual([]);
    const servers = inventory.hosts.filter(({ kind }) => kind !== 'workstation');
    expect(labLines({ ...inventory, hosts: servers }, 'viareggio')).toEqual([]);
  });

  test('each name has an address of its own, the one of the inventory where it is known', () => {
    const addresses = labSuppliers(inventory).map(({ address }) => address);
    expect(new Set(addresses).size).toBe(inventory.endpoints.length);
    expect(labSuppliers(withEndpoint({ addresses: ['198.51.100.7'] }))[0]?.address).toBe('198.51.100.7');
    const [first] = labSuppliers(withEndpoint({ url: 'https://servizi.example.it:8443/porta?da=qui' }));
    expect(first).toMatchObject({ host: 'servizi.example.it', port: 8443, path: '/porta?da=qui' });
  });

  test('two pages of one name are of one server', () => {
    const [, second] = inventory.endpoints;
    const pages = labSuppliers(withEndpoint({ url: `${second?.url}altra` }));
    expect(pages[0]?.address).toBe(pages[1]?.address);
  });

  test.for(['internet', 'line-1'])('no host can be called %s', (name) => {
    const hosts = inventory.hosts.map((host, index) => (index === 0 ? { ...host, name } : host));
    expect(() => labHosts({ ...inventory, hosts })).toThrow(expect.objectContaining({ code: 'HOST_NAME' }));
  });
});
