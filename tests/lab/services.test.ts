/** Suppliers' services seen from the desks: real servers, real resolvers, a real authority, and what goes wrong on the way. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { printerAt } from '../../inventory/lookup.ts';
import type { Inventory } from '../../inventory/schema.ts';
import { type Lab, labUp } from '../../lab/lab.ts';
import { labSurroundings } from '../../lab/lucca.ts';
import type { ScriptContext } from '../../scripts/context.ts';
import { type ProbeResult, probeServices, serviceChecks } from '../../scripts/probe-services.ts';
import { findServices } from '../../scripts/services.ts';
import { useInventory } from './inventory-folder.ts';
import { on, removeEverything, stateFolder, tryOn } from './lab-harness.ts';

const SUPPLIER = 'www.registroimprese.it';
const CLASS = 'service.registro-imprese';

let lab: Lab;
let inventory: Inventory;
let context: ScriptContext;

beforeAll(async () => {
  const servers = ['lu-dc1', 'lu-fs1', 'vi-dc1', 'vi-fs1'];
  inventory = await useInventory(join(stateFolder, 'inventory'), [...servers, 'vi-ws1', 'vi-ws4']);
  // The desks are alone with their suppliers, but for one machine that no line may lead to.
  const hosts = inventory.hosts.filter(({ name }) => name === 'lu-dc1' || !servers.includes(name));
  lab = await labUp({ name: 'services', inventory: { ...inventory, hosts } });
  ({ context } = await labSurroundings(lab, () => undefined));
});
afterAll(removeEverything);

type Found = { outcomes: Record<string, string>; evidence: Record<string, string>; probes: ProbeResult[] };

/** The checks of the service classes, with an inventory that says more of the endpoints where `more` does. */
async function look(more: Record<string, Partial<Inventory['endpoints'][number]>> = {}): Promise<Found> {
  const endpoints = inventory.endpoints.map((endpoint) => ({ ...endpoint, ...more[endpoint.id] }));
  const changed = { ...context, inventory: { ...inventory, endpoints } };
  const seen = await probeServices(changed, { site: 'viareggio' });
  const checks = serviceChecks(changed.inventory, seen);
  return {
    outcomes: Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome])),
    evidence: Object.fromEntries(checks.map(({ id, evidence }) => [id, evidence])),
    probes: seen.probes,
  };
}

/** Why a desk cannot open, in Italian. */
async function whyShut(desk: string): Promise<string> {
  const { readiness } = await findServices(context, { site: 'viareggio', desk });
  expect(readiness).toMatchObject([{ desk, canOpen: false }]);
  return readiness[0]?.reasonsIt.join() ?? '';
}

/** How many of a line's results passed; of all lines without one. */
function passed({ probes }: Found, line?: string): number {
  return probes.filter((one) => one.outcome === 'PASS' && (line === undefined || one.line === line)).length;
}

describe('with everything in order', () => {
  test('every endpoint answers every desk through each line, and the desk is as before', async () => {
    const before = await on(lab, 'vi-ws1', 'ip rule; ip route show table all');
    const found = await look();
    expect(passed(found)).toBe(2 * 2 * inventory.endpoints.length);
    expect(new Set(Object.values(found.outcomes))).toEqual(new Set(['PASS']));
    expect(found.probes[0]?.evidence).toMatch(/^200, \d+ ms, certificato fino al/);
    expect(await on(lab, 'vi-ws1', 'ip rule; ip route show table all')).toBe(before);
  });

  test('what a killed probe left is taken over, and two at once do not disturb each other', async () => {
    await on(
      lab,
      'vi-ws1',
      'ip route replace default via 10.55.2.77 table 2201; ip rule add fwmark 2201 lookup 2201 priority 2201',
    );
    const both = await Promise.all([look(), look()]);
    expect(both.map((found) => passed(found))).toEqual(both.map(({ probes }) => probes.length));
    expect(await on(lab, 'vi-ws1', 'ip rule')).not.toContain('2201');
  });

  test('no line leads to Lucca, which the link between the sites reaches', async () => {
    const { address } = inventory.hosts.find(({ name }) => name === 'lu-dc1') ?? { address: '' };
    const knock = `timeout 3 bash -c ': </dev/tcp/${address}/22'`;
    expect(await tryOn(lab, 'vi-ws1', knock)).toMatchObject({ exitCode: 0 });
    for (const { gateway } of inventory.lines) {
      const through = `ip route replace ${address} via ${gateway}; ${knock}; code=$?; ip route del ${address}; exit $code`;
      expect(await tryOn(lab, 'vi-ws1', through), gateway).not.toMatchObject({ exitCode: 0 });
    }
  });
});

describe('what goes wrong', () => {
  afterEach(async () => {
    await lab.mendSuppliers();
  });

  test('one line cut, in turn: the services still answer, and the dead line is said once', async () => {
    for (const [cut, other] of [
      ['primary', 'backup'],
      ['backup', 'primary'],
    ] as const) {
      await lab.setLine(cut, false);
      expect((await lab.status()).lines).toEqual(
        expect.arrayContaining([
          { id: cut, up: false },
          { id: other, up: true },
        ]),
      );
      const found = await look();
      await lab.setLine(cut, true);
      expect([passed(found, cut), passed(found, other)]).toEqual([0, 2 * inventory.endpoints.length]);
      expect(new Set(Object.values(found.outcomes))).toEqual(new Set(['PASS']));
      expect(found.evidence[CLASS]?.match(/Linea interrotta oltre il router/g)).toHaveLength(1);
    }
    expect(passed(await look())).toBe(2 * 2 * inventory.endpoints.length);
  });

  test('both lines cut: nothing can be reached, and no desk can open', async () => {
    await lab.setLine('primary', false);
    await lab.breakSupplier({ kind: 'dead-router', line: 'backup' });
    const { checks, readiness } = await findServices(context, { site: 'viareggio' });
    const services = checks.filter(({ id }) => id.startsWith('service.'));
    expect(new Set(services.map(({ outcome }) => outcome))).toEqual(new Set(['FAIL']));
    const [{ evidence } = { evidence: '' }] = services;
    expect(evidence).toMatch(/Linea primaria .*oltre il router/);
    expect(evidence).toMatch(/Linea di backup .*il router 10\.55\.2\.3 non risponde/);
    expect(readiness.map(({ canOpen }) => canOpen)).toEqual([false, false]);
    expect(readiness[0]?.reasonsEn.join()).toContain('Line dead beyond its router');
  });

  test('no resolver on a line that leads there', async () => {
    await lab.breakSupplier({ kind: 'silent-resolver', line: 'primary' });
    const found = await look();
    expect([passed(found, 'primary'), found.outcomes[CLASS]]).toEqual([0, 'PASS']);
    expect(found.evidence[CLASS]?.match(/Linea senza DNS: porta fino a 192\.0\.2\.53/g)).toHaveLength(1);
  });

  test('a captive portal on one line, then on both', async () => {
    await lab.breakSupplier({ kind: 'portal', line: 'primary' });
    const one = await look();
    expect([passed(one, 'primary'), one.outcomes[CLASS]]).toEqual([0, 'PASS']);
    expect(one.evidence[CLASS]).toContain('Certificato di login.portale.example firmato da Wi-Fi ospiti');
    await lab.breakSupplier({ kind: 'portal', line: 'backup' });
    expect((await look()).outcomes[CLASS]).toBe('FAIL');
  });

  test('200 with another page', async () => {
    await lab.breakSupplier({ kind: 'page', host: SUPPLIER });
    const found = await look();
    expect(found.outcomes[CLASS]).toBe('FAIL');
    expect(found.evidence[CLASS]).toContain('Risponde 200, ma senza il testo "Registro Imprese"');
    expect(Object.values(found.outcomes).filter((outcome) => outcome !== 'PASS')).toHaveLength(1);
  });

  test('a certificate that has expired: since when', async () => {
    await lab.breakSupplier({ kind: 'expired', host: SUPPLIER });
    const found = await look();
    expect(found.outcomes[CLASS]).toBe('FAIL');
    expect(found.evidence[CLASS]).toMatch(/www\.registroimprese\.it ← .*scaduto il .*, da 10 giorni/);
    expect(Object.values(found.outcomes).filter((outcome) => outcome !== 'PASS')).toHaveLength(1);
  });

  test("a desk's clock that is wrong, one supplier's that is, and one that is wrong by little", async () => {
    await lab.breakSupplier({ kind: 'other-time', aheadSeconds: 600 });
    const found = await look();
    expect(found.outcomes[CLASS]).toBe('FAIL');
    expect(found.evidence[CLASS]).toMatch(/orologio della postazione è indietro di 10 min .* \/ .*slow/);
    await lab.mendSuppliers();
    await lab.breakSupplier({ kind: 'other-time', aheadSeconds: 600, host: SUPPLIER });
    const one = await look();
    expect(new Set(Object.values(one.outcomes))).toEqual(new Set(['PASS']));
    expect(one.probes.map(({ evidence }) => evidence).join()).toContain(
      "L'orologio del fornitore, e solo il suo, differisce di 10 min",
    );
    await lab.mendSuppliers();
    await lab.breakSupplier({ kind: 'other-time', aheadSeconds: 120 });
    expect(passed(await look())).toBe(2 * 2 * inventory.endpoints.length);
  });

  test('a poisoned DNS: by the address where it is known, else by whose certificate is there', async () => {
    const address = '203.0.113.2'; // of the lab's second supplier
    await lab.breakSupplier({ kind: 'poison', line: 'primary', host: SUPPLIER, address });
    const byName = await look();
    expect(byName.evidence[CLASS]).toContain(
      `A ${address} risponde il certificato di telemaco.infocamere.it`,
    );
    expect(byName.outcomes[CLASS]).toBe('PASS'); // the other line's resolver is honest
    const byAddress = await look({ 'registro-imprese': { addresses: ['203.0.113.1'] } });
    expect(byAddress.evidence[CLASS]).toContain(`porta ${SUPPLIER} a ${address}, che non è del fornitore`);
  });

  test('another authority than the expected one', async () => {
    expect((await look({ telemaco: { authority: 'Laboratorio' } })).outcomes[CLASS]).toBe('PASS');
    const found = await look({ telemaco: { authority: 'Autorità attesa' } });
    expect(found.outcomes[CLASS]).toBe('FAIL');
    expect(found.evidence[CLASS]).toContain('e non da Autorità attesa');
  });

  test('a desk that is off cannot be looked from: NOT VERIFIABLE, for it alone', async () => {
    await lab.stopHosts(['vi-ws1']);
    const found = await findServices(context, { site: 'viareggio' });
    await lab.startHosts(['vi-ws1']);
    expect(found.checks.find(({ id }) => id === CLASS)?.outcome).toBe('NOT VERIFIABLE');
    expect(found.readiness.map(({ canOpen }) => canOpen)).toEqual([null, expect.anything()]);
    const fromOther = found.probes.filter(({ desk }) => desk === 'vi-desk4');
    expect(new Set(fromOther.map(({ outcome }) => outcome))).toEqual(new Set(['PASS']));
  });

  test('a card reader that does not run, then a printer whose queue is stopped, keep the desk for cards shut, and say so', async () => {
    const { name: queue, uri } = printerAt(inventory, 'viareggio') ?? {};
    await on(lab, 'vi-ws4', `systemctl start cups; lpadmin -p ${queue} -E -v ${uri} -m raw`);
    await on(lab, 'vi-ws4', 'systemctl stop pcscd.socket pcscd.service');
    const reader = await whyShut('vi-desk4');
    await on(lab, 'vi-ws4', `systemctl start pcscd.socket; cupsdisable ${queue}`);
    const printer = await whyShut('vi-desk4');
    await on(lab, 'vi-ws4', `lpadmin -x ${queue}; systemctl stop cups`);
    expect(reader).toContain('pcscd.socket non è attivo');
    expect(reader).not.toContain('stampante');
    expect(printer).toMatch(new RegExp(`stampante: printer ${queue} disabled`));
    expect(printer).not.toContain('pcscd');
  });
});
