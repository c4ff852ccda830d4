/** Provisions all desks at once in this one process, its own start included. Arguments: desks. Prints whether anything changed. */
import { deskById } from '../inventory/lookup.ts';
import { loadContext } from '../scripts/context.ts';
import { provisionSeat } from '../scripts/provision-workstation.ts';

const context = await loadContext({}, () => undefined);
const outcomes = await Promise.all(
  process.argv.slice(2).map((desk) => provisionSeat(context, deskById(context.inventory, desk))),
);
process.stdout.write(`${JSON.stringify({ changed: outcomes.some(({ changed }) => changed) })}\n`);
