/** Starts a restored application: once what it needs is there, and nobody else gives the service. */
import { DrError } from '../core/errors.ts';
import { applicationById } from '../inventory/lookup.ts';
import { startUnits } from '../platforms/application/application.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/**
 * Starts what restore-application has put on `host`; running already, it changes nothing. With `ifRestored`, an application that the
 * snapshot did not hold is left out, for a site that comes up without it.
 * @throws DrError APPLICATION_NOT_RESTORED, STOPPED_SERVING
 */
export async function startApplication(
  context: ScriptContext,
  { host, application: id, snapshot }: { host: string; application: string; snapshot: string },
  { ifRestored = false } = {},
): Promise<{ changed: boolean }> {
  const application = applicationById(context.inventory, id);
  try {
    return await withHost(
      context.access,
      host,
      async (server) => await startUnits(server, application, snapshot),
    );
  } catch (error) {
    if (!ifRestored || !(error instanceof DrError) || error.code !== 'APPLICATION_NOT_RESTORED') throw error;
    context.progress(error.message);
    return { changed: false };
  }
}

if (import.meta.main) {
  await runScript(
    "Avvia un'applicazione ripristinata. / Starts a restored application.",
    {
      host: { type: 'string', required: true, help: 'server applicativo / application server' },
      application: { type: 'string', required: true, help: 'applicazione / application (applications.yaml)' },
      snapshot: {
        type: 'string',
        required: true,
        help: 'da cui viene, o "latest" / it came from, or "latest"',
      },
      'if-restored': {
        type: 'boolean',
        help: 'senza errore se lo snapshot non la conteneva / no error where the snapshot did not hold it',
      },
    },
    async (context, values) => await startApplication(context, values, { ifRestored: values['if-restored'] }),
  );
}
