/** A site stops serving the domain, for good but with its data kept, and what changed since the last copy goes onto the cassette. */
import { DrError } from '../core/errors.ts';
import { applicationServerAt, applicationsAt, serverAt } from '../inventory/lookup.ts';
import type { Inventory } from '../inventory/schema.ts';
import { listSnapshots } from '../platforms/restic/cassette.ts';
import { resumeServer, sambaUnits, stopServer } from '../platforms/samba/serving.ts';
import { withHost } from '../platforms/ssh.ts';
import { backup, SNAPSHOT_TAG } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { describeFindings, findingsOf, lookAcross } from './look-across.ts';
import { proveSilence } from './prove-silence.ts';

export type StopRequest = {
  site: string;
  /** The cassette in the site's file server, for the last copy; without it none is taken. */
  label?: string | undefined;
};
export type Stopped = {
  changed: boolean;
  /** Since when nothing is written at the site any more. */
  stoppedAtUtc: string;
  /** The last copy: it holds everything; undefined without a cassette. */
  snapshotId: string | undefined;
};

/** Of a site's domain, in this order, so that nobody works on files while the domain goes away. */
const kinds = ['file-server', 'domain-controller'] as const;

/** Everything that serves at a site, in the order in which it stops; a database goes on, for the last copy. */
function servingAt(inventory: Inventory, site: string): { name: string; units: string }[] {
  const server = applicationServerAt(inventory, site);
  const applications = applicationsAt(inventory, site).flatMap(({ units }) => units.toReversed());
  return [
    ...(server && applications.length > 0
      ? [{ name: server.name, units: [...new Set(applications)].join(' ') }]
      : []),
    ...kinds.map((kind) => ({ name: serverAt(inventory, site, kind).name, units: sambaUnits[kind] })),
  ];
}

/**
 * Stops applications, file server and controller, proves that they are silent, and takes the last copy. Done already, it changes nothing and
 * gives the copy that there is.
 * @throws DrError STILL_SERVING when something of the site answers all the same; as {@link backup}
 */
export async function stopServing(context: ScriptContext, { site, label }: StopRequest): Promise<Stopped> {
  const { inventory, access } = context;
  const stopped: { changed: boolean; stoppedAtUtc: string }[] = [];
  for (const { name, units } of servingAt(inventory, site)) {
    context.progress(`${name}: smette di servire / stops serving`);
    stopped.push(await withHost(access, name, async (host) => await stopServer(host, units)));
  }
  await requireSilent(context, site);
  const changed = stopped.some((one) => one.changed);
  const stoppedAtUtc =
    stopped
      .map((one) => one.stoppedAtUtc)
      .toSorted()
      .at(-1) ?? '';
  if (label === undefined) return { changed, stoppedAtUtc, snapshotId: undefined };
  const last = await lastCopy(context, site, label, stoppedAtUtc);
  if (last !== undefined) return { changed, stoppedAtUtc, snapshotId: last };
  const { snapshotId } = await backupSite(context, site, label);
  return { changed: true, stoppedAtUtc, snapshotId };
}

/**
 * The way back, as long as the other site has not taken over: the site serves again.
 * @throws DrError as {@link proveSilence}
 */
export async function resumeServing(context: ScriptContext, site: string): Promise<{ changed: boolean }> {
  await proveSilence(context, { site, role: 'return' });
  let changed = false;
  for (const { name, units } of servingAt(context.inventory, site).toReversed()) {
    const inOrder = units.split(' ').toReversed().join(' ');
    const resumed = await withHost(context.access, name, async (host) => await resumeServer(host, inOrder));
    changed ||= resumed.changed;
  }
  return { changed };
}

/** One copy of a whole site onto the cassette in its file server. */
export async function backupSite(
  context: ScriptContext,
  site: string,
  label: string,
): ReturnType<typeof backup> {
  return await backup(context, {
    fileServer: serverAt(context.inventory, site, 'file-server').name,
    controller: serverAt(context.inventory, site, 'domain-controller').name,
    label,
  });
}

async function requireSilent(context: ScriptContext, site: string): Promise<void> {
  const targets = kinds.map((kind) => serverAt(context.inventory, site, kind));
  const findings = findingsOf(await lookAcross(context, site, { presence: false, targets }));
  if (findings.length === 0) return;
  throw new DrError(
    'STILL_SERVING',
    `Dopo l'arresto rispondono ancora: ${describeFindings(findings)}. / After the stop they still answer.`,
    'Cercare sulla macchina chi tiene quella porta ("ss -tulpn"), fermarlo e ripetere. / Look there for who holds that port, stop it and run again.',
  );
}

/** A copy of ours that was taken at this site after the stop. */
async function lastCopy(
  context: ScriptContext,
  site: string,
  label: string,
  stoppedAtUtc: string,
): Promise<string | undefined> {
  const { name } = serverAt(context.inventory, site, 'file-server');
  const passphrase = await passphraseOf(context, label);
  const { snapshots } = await withHost(
    context.access,
    name,
    async (host) => await listSnapshots(host, label, passphrase),
  );
  const taken = snapshots.filter(
    ({ tags, hostname, time }) =>
      tags.includes(SNAPSHOT_TAG) && hostname === name && Date.parse(time) >= Date.parse(stoppedAtUtc),
  );
  return taken.at(-1)?.id;
}

if (import.meta.main) {
  await runScript(
    'Una sede smette di servire il dominio; i suoi dati restano. / A site stops serving the domain; its data stay.',
    {
      site: { type: 'string', required: true, help: 'sede / site' },
      label: { type: 'string', help: "cassetta per l'ultima copia / cassette for the last copy" },
      undo: { type: 'boolean', help: 'torna a servire / serves again' },
    },
    async (context, { site, label, undo }) =>
      undo ? await resumeServing(context, site) : await stopServing(context, { site, label }),
  );
}
