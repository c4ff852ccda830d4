/** Starts the restored domain. Only once the interlock has proved (prove-silence) that nobody else serves it. */
import { startDomain } from '../platforms/samba/domain.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';
import { restoredDomain } from './restore-domain.ts';

/** Starts what {@link restoreDomainOn} has unpacked on `host`; running already, it changes nothing. @throws DrError DOMAIN_NOT_RESTORED */
export async function startDomainOn(
  context: ScriptContext,
  { host, snapshot }: { host: string; snapshot: string },
): Promise<{ changed: boolean }> {
  return await withHost(
    context.access,
    host,
    async (controller) => await startDomain(controller, restoredDomain(context, host, snapshot)),
  );
}

if (import.meta.main) {
  await runScript(
    'Avvia il dominio ripristinato; prima, la prova che nessun altro lo serve. / Starts the restored domain; first, the proof that nobody else serves it.',
    {
      host: { type: 'string', required: true, help: 'controller di dominio / domain controller' },
      snapshot: {
        type: 'string',
        required: true,
        help: 'da cui viene, o "latest" / it came from, or "latest"',
      },
    },
    async (context, values) => await startDomainOn(context, values),
  );
}
