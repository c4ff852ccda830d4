/** The daily verification as a job of the machine that holds the cassette: installed, looked at, removed. */
import { DrError } from '../core/errors.ts';
import { inventoryFolder } from '../inventory/load.ts';
import { serverAt } from '../inventory/lookup.ts';
import { loadNotifications } from '../inventory/notifications.ts';
import { inventoryTree } from '../platforms/inventory-tree.ts';
import { installJob, type JobStatus, jobStatus, removeJob } from '../platforms/linux/schedule.ts';
import { withHost } from '../platforms/ssh.ts';
import { sendTool } from '../platforms/tool/archive.ts';
import { runScript, type ScriptContext } from './context.ts';

export type ScheduleRequest = {
  site: string;
  /** Default: the site's file server, which holds the cassette. */
  host?: string | undefined;
};

export type InstallRequest = ScheduleRequest & {
  level: string;
  /** `06:30`, Europe/Rome. */
  at: string;
  silenceSeconds: number;
};

/** `mail` and `heartbeat`: whether anybody would be told. */
export type Installed = { host: string; changed: boolean; mail: boolean; heartbeat: boolean };

/** @throws DrError SCHEDULE_TIME, SCHEDULE_LEVEL, SCHEDULE_NO_SYSTEMD, SCHEDULE_BUSY, SECRET_MISSING, HOST_UNREACHABLE */
export async function installSchedule(context: ScriptContext, request: InstallRequest): Promise<Installed> {
  requireTime(request.at);
  requireLevel(request.level);
  const name = hostOf(context, request);
  const folder = inventoryFolder();
  const { notifications } = await loadNotifications(folder);
  const mailPassword = notifications?.smtp?.user !== undefined;
  const keys = await cassetteKeys(context);
  const secrets = {
    ...keys,
    ...(mailPassword && { 'smtp-password': await context.secret('smtp-password') }),
  };
  const inventory = await inventoryTree(folder);
  const { site, level, at, silenceSeconds } = request;
  const job = { site, host: name, level, at, silenceSeconds, cassetteKeys: Object.keys(keys), mailPassword };
  const { changed } = await withHost(
    context.access,
    name,
    async (host) =>
      await installJob(host, {
        job,
        inventory,
        secrets,
        sendTool: async (to, target) => (await sendTool(to, target, context.progress)).changed,
      }),
  );
  const mail = notifications !== null && notifications.lists['it-office'].length > 0;
  return { host: name, changed, mail, heartbeat: notifications?.heartbeat !== undefined };
}

export async function scheduleStatus(
  context: ScriptContext,
  request: ScheduleRequest,
): Promise<{ host: string } & JobStatus> {
  const name = hostOf(context, request);
  return { host: name, ...(await withHost(context.access, name, jobStatus)) };
}

/** Takes away all of it, the history of verifications on that machine too. */
export async function removeSchedule(
  context: ScriptContext,
  request: ScheduleRequest,
): Promise<{ host: string; changed: boolean }> {
  const name = hostOf(context, request);
  return { host: name, ...(await withHost(context.access, name, removeJob)) };
}

/** Of the cassettes whose key is known here: that of one which is kept away may be kept away too. @throws DrError SECRET_MISSING for all */
async function cassetteKeys({ inventory, secret }: ScriptContext): Promise<Record<string, string>> {
  const known: Record<string, string> = {};
  let missing: unknown;
  for (const name of new Set(inventory.cassettes.map(({ key }) => key))) {
    try {
      known[name] = await secret(name);
    } catch (error) {
      if (!(error instanceof DrError && error.code === 'SECRET_MISSING')) throw error;
      missing = error;
    }
  }
  if (Object.keys(known).length === 0) throw missing;
  return known;
}

function hostOf({ inventory }: ScriptContext, { site, host }: ScheduleRequest): string {
  return host ?? serverAt(inventory, site, 'file-server').name;
}

function requireTime(at: string): void {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) return;
  throw new DrError(
    'SCHEDULE_TIME',
    `"${at}" non è un'ora del giorno. / It is no time of day.`,
    'Scrivere per esempio 06:30, ora italiana. / Type for example 06:30, Italian time.',
  );
}

/** The last level needs root and a lab, which a job without rights has not. */
function requireLevel(level: string): void {
  if (level !== 'recoverability') return;
  throw new DrError(
    'SCHEDULE_LEVEL',
    'Il livello "recoverability" ripristina in una bolla e vuole i diritti di root: il lavoro giornaliero non li ha. / That level restores into a bubble and needs root: the daily job does not have that.',
    'Installare con --level content; il livello più alto si esegue a mano con "dr verify". / Install with --level content; run the highest level by hand with "dr verify".',
  );
}

if (import.meta.main) {
  await runScript(
    'Installa la verifica giornaliera sulla macchina con la cassetta. / Installs the daily verification on the machine with the cassette.',
    {
      site: { type: 'string', required: true, help: 'sede / site' },
      host: { type: 'string', help: 'macchina / host' },
      level: { type: 'string', help: 'livello / level (content)' },
      at: { type: 'string', help: 'ora italiana / Italian time (06:30)' },
      remove: { type: 'boolean', help: 'togliere / remove' },
    },
    async (context, { site, host, level = 'content', at = '06:30', remove }) =>
      remove
        ? await removeSchedule(context, { site, host })
        : await installSchedule(context, { site, host, level, at, silenceSeconds: 30 * 3600 }),
  );
}
