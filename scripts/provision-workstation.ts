/** Makes a machine the workstation of an office: domain, share, printer, shortcuts, smart cards, and a real log-on. */
import {
  deskById,
  hostByName,
  officeById,
  printerAt,
  serverAt,
  shareOfOffice,
  shortcutLinks,
} from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { provisionWorkstation, type Workstation } from '../platforms/linux/workstation.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';
import { membershipAt } from './serve-shares.ts';

export type Seat = { workstation: string; office: string };

/** Provisions one seat; done already, it changes nothing. */
export async function provisionSeat(context: ScriptContext, seat: Seat): Promise<{ changed: boolean }> {
  const { site } = hostByName(context.inventory, seat.workstation);
  const membership = await membershipAt(context, site);
  return await withHost(
    context.access,
    seat.workstation,
    async (host) =>
      await provisionWorkstation(
        host,
        { ...seatFacts(context.inventory, site, seat.office), membership },
        context.progress,
      ),
  );
}

function seatFacts(inventory: Inventory, site: string, officeId: string): Omit<Workstation, 'membership'> {
  const printer = printerAt(inventory, site);
  return {
    dnsDomain: inventory.domain.dnsDomain,
    fileServer: serverAt(inventory, site, 'file-server').name,
    share: shareOfOffice(inventory, officeId).name,
    group: officeById(inventory, officeId).group,
    printer: printer && { name: printer.name, uri: printer.uri },
    shortcuts: shortcutLinks(inventory),
  };
}

if (import.meta.main) {
  await runScript(
    "Prepara la postazione di un ufficio. / Provisions an office's workstation.",
    {
      desk: { type: 'string', help: "postazione dell'inventario / a desk of the inventory" },
      workstation: { type: 'string', help: 'oppure una macchina ... / or a machine ...' },
      office: { type: 'string', help: '... e il suo ufficio / ... and its office' },
    },
    async (context, { desk, workstation, office }) => {
      const declared = desk === undefined ? undefined : deskById(context.inventory, desk);
      return await provisionSeat(context, {
        workstation: declared?.workstation ?? workstation ?? '',
        office: declared?.office ?? office ?? '',
      });
    },
  );
}
