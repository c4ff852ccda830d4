/** Do the other site's servers serve nothing, and will they not begin to when they start again? */
import { z } from 'zod';
import { DrError, toErrorRecord } from '../core/errors.ts';
import { probeBash } from '../platforms/remote.ts';
import { withHost } from '../platforms/ssh.ts';
import type { ScriptContext } from './context.ts';
import { serversElsewhere } from './look-across.ts';

const restSchema = z.strictObject({
  /** Samba's units that run, or that would start with the machine. */
  awake: z.array(z.string()),
  /** When `stop-serving` stopped them; empty where it did not. */
  stoppedAtUtc: z.string(),
});
export type Rest = z.infer<typeof restSchema>;

/** @throws DrError HOST_UNREACHABLE and the like */
export async function restOf(context: ScriptContext, host: string): Promise<Rest> {
  const program = new URL('../platforms/samba/rest.sh', import.meta.url);
  const answer = await withHost(context.access, host, async (remote) => await probeBash(remote, program));
  return restSchema.parse(JSON.parse(answer));
}

/**
 * Asks every server away from `site` that can be reached; one that can't be reached was already found silent.
 * @throws DrError STILL_SERVING naming host and unit
 */
export async function requireAtRest(context: ScriptContext, site: string): Promise<void> {
  const servers = serversElsewhere(context.inventory, site);
  const asked = await Promise.all(
    servers.map(async ({ name }) => {
      try {
        return (await restOf(context, name)).awake.map((unit) => `${name}: ${unit}`);
      } catch (error) {
        context.progress(`${name}: ${toErrorRecord(error).message}`);
        return [];
      }
    }),
  );
  const awake = asked.flat();
  if (awake.length === 0) return;
  throw new DrError(
    'STILL_SERVING',
    `L'altra sede serve ancora, o tornerebbe a servire al prossimo avvio: ${awake.join(', ')}. / The other site still serves, or would again when it starts.`,
    'Fermarla con "dr return stop", poi ripetere. / Stop it with "dr return stop", then run again.',
  );
}
