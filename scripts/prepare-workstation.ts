/** Makes a machine ready to be an office's workstation, as far as that needs no domain: share script, printer, shortcuts, smart cards. */
import { prepareWorkstation } from '../platforms/linux/workstation.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';
import { type Seat, seatFacts } from './provision-workstation.ts';

/** The part of provisionSeat that can be done before there is a domain; done already, it changes nothing. */
export async function prepareSeat(context: ScriptContext, seat: Seat): Promise<{ changed: boolean }> {
  return await withHost(
    context.access,
    seat.workstation,
    async (host) => await prepareWorkstation(host, seatFacts(context.inventory, seat)),
  );
}

if (import.meta.main) {
  await runScript(
    "Prepara la postazione di un ufficio, tranne l'ingresso nel dominio. / Prepares an office's workstation, except for the join.",
    {
      workstation: { type: 'string', required: true, help: 'macchina / machine' },
      office: { type: 'string', required: true, help: "l'ufficio / the office" },
    },
    async (context, values) => await prepareSeat(context, values),
  );
}
