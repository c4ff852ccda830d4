/** What a desk must be able to do, from the inventory. */
import { officeById, printerAt, type Seat, shareOfOffice, shortcutLinks } from '../inventory/lookup.ts';
import type { Inventory, Office } from '../inventory/schema.ts';
import type { ExpectedDesk } from '../platforms/linux/verify-desk.ts';

/** @throws DrError INVENTORY_LOOKUP */
export function expectedDesk(inventory: Inventory, site: string, desk: Seat): ExpectedDesk {
  return {
    id: desk.id,
    workstation: desk.workstation,
    workgroup: inventory.domain.netbiosName,
    account: firstAccount(officeById(inventory, desk.office)),
    share: shareOfOffice(inventory, desk.office).name,
    printer: printerAt(inventory, site),
    shortcuts: shortcutLinks(inventory),
    units: inventory.workstationServices.map(({ unit }) => unit),
  };
}

export function firstAccount(office: Office): string {
  return office.accounts[0] ?? '';
}
