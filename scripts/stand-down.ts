/** Takes from a machine what was restored onto it: it is spare hardware again. */
import { z } from 'zod';
import { applicationById, applicationsOn, hostByName } from '../inventory/lookup.ts';
import { removeApplication } from '../platforms/application/application.ts';
import { applyBash } from '../platforms/remote.ts';
import { withHost } from '../platforms/ssh.ts';
import { runScript, type ScriptContext } from './context.ts';

/** Stops the services and removes domain, shares, applications and settings; a machine that is bare already stays as it is. */
export async function standDown(context: ScriptContext, name: string): Promise<{ changed: boolean }> {
  let removed = false;
  for (const { id } of applicationsOn(context.inventory, name))
    removed = (await standDownApplication(context, name, id)).changed || removed;
  const rest = await standDownHost(context, name);
  return { changed: removed || rest.changed };
}

/** One application only; the others on that machine go on. */
export async function standDownApplication(
  context: ScriptContext,
  name: string,
  id: string,
): Promise<{ changed: boolean }> {
  const application = applicationById(context.inventory, id);
  return await withHost(context.access, name, async (host) => await removeApplication(host, application));
}

async function standDownHost(context: ScriptContext, name: string): Promise<{ changed: boolean }> {
  const { kind } = hostByName(context.inventory, name);
  const answer = await withHost(
    context.access,
    name,
    async (host) =>
      await applyBash(host, new URL('../platforms/samba/stand-down.sh', import.meta.url), {
        parameters: { KIND: kind },
        onProgress: context.progress,
      }),
  );
  return z.strictObject({ changed: z.boolean() }).parse(JSON.parse(answer));
}

if (import.meta.main) {
  await runScript(
    'Riporta una macchina a riposo, cancellando ciò che vi era stato ripristinato. / Stands a host down, erasing what was restored onto it.',
    {
      host: { type: 'string', required: true, help: 'macchina / host' },
      application: { type: 'string', help: 'solo questa applicazione / this application only' },
    },
    async (context, { host, application }) =>
      application === undefined
        ? await standDown(context, host)
        : await standDownApplication(context, host, application),
  );
}
