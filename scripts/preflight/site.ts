/** Are Viareggio's desks, switch ports and UPS enough for what the inventory puts there? Looks at no machine. */
import { type Check, judge, runCheck } from '../../core/check.ts';
import { desksAt, siteById } from '../../inventory/lookup.ts';
import type { Inventory, PowerDraw } from '../../inventory/schema.ts';

/** A UPS is not loaded beyond this share of its power: starting a machine takes more than running it. An assumption. */
export const UPS_SHARE = 0.8;

/** The three checks of a site. A figure that the inventory lacks makes its check NOT VERIFIABLE. */
export async function checkSite(inventory: Inventory, siteId: string): Promise<Check[]> {
  const site = siteById(inventory, siteId);
  const desks = desksAt(inventory, siteId);
  return await Promise.all([
    runCheck(
      { id: 'preflight.desks', titleIt: 'Postazioni nelle stanze', titleEn: 'Desks in the rooms' },
      async () => {
        const room = site.rooms.reduce((sum, { desks: count }) => sum + count, 0);
        const unserved = inventory.frontOfficeServices.filter(({ id }) =>
          desks.every(({ frontOfficeService }) => frontOfficeService !== id),
        );
        const wrong = [
          ...(desks.length > room ? [`${desks.length} postazioni, posto per / desks, room for ${room}`] : []),
          ...unserved.map(({ id }) => `nessuna postazione per / no desk for ${id}`),
        ];
        return await Promise.resolve(judge(wrong, `${desks.length} di / of ${room}`));
      },
    ),
    runCheck({ id: 'preflight.ports', titleIt: 'Porte dello switch', titleEn: 'Switch ports' }, async () => {
      const ports = given(site.switch?.deskPorts, 'switch.deskPorts');
      const beyond = desks.filter(({ switchPort }) => switchPort > ports);
      const wrong = [
        ...(desks.length > ports ? [`${desks.length} postazioni / desks, ${ports} porte / ports`] : []),
        ...beyond.map(({ id, switchPort }) => `${id}: porta / port ${switchPort} > ${ports}`),
      ];
      return await Promise.resolve(judge(wrong, `${desks.length} usate di / used of ${ports}`));
    }),
    runCheck(
      { id: 'preflight.ups', titleIt: 'Carico del gruppo di continuità', titleEn: 'UPS load' },
      async () => {
        const watts = given(site.ups?.watts, 'ups.watts');
        return await Promise.resolve(judgeLoad(loadOf(inventory, siteId), watts));
      },
    ),
  ]);
}

/** Watts of everything at a site, all of it on at once. @throws Error where a kind of device has no figure */
export function loadOf(inventory: Inventory, siteId: string): number {
  const draws = inventory.powerDraw;
  const hosts = inventory.hosts.filter(({ site }) => site === siteId);
  const switches = siteById(inventory, siteId).switch === undefined ? 0 : 1;
  return (
    hosts.reduce((sum, { kind }) => sum + wattsOf(draws, kind), 0) +
    desksAt(inventory, siteId).length * wattsOf(draws, 'monitor') +
    switches * wattsOf(draws, 'switch')
  );
}

export function judgeLoad(load: number, upsWatts: number): { outcome: 'PASS' | 'FAIL'; evidence: string } {
  const limit = Math.floor(upsWatts * UPS_SHARE);
  const numbers = `${load} W di / of ${limit} W (${UPS_SHARE * 100} % di / of ${upsWatts} W)`;
  return judge(load > limit ? [numbers] : [], numbers);
}

function wattsOf(draws: readonly PowerDraw[], device: PowerDraw['device']): number {
  return given(draws.find((draw) => draw.device === device)?.watts, `powerDraw: ${device}`);
}

function given(value: number | undefined, name: string): number {
  if (value === undefined) throw new Error(`Non è nell'inventario / not in the inventory: ${name}`);
  return value;
}
