/** Unpacks the domain for a new controller, and forgets the machines that are lost. It starts with start-domain, after the interlock. */
import { hostByName } from '../inventory/lookup.ts';
import { explained } from '../platforms/restic/cassette.ts';
import { pruneLostHosts, type RestoredDomain, restoreDomain } from '../platforms/samba/domain.ts';
import { RemoteHost, shellQuote } from '../platforms/ssh.ts';
import { DOMAIN_ARCHIVE } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { type SnapshotRequest, snapshotOptions, withSnapshot } from './restore-files.ts';

const RECEIVED = '/var/lib/dr/domain.tar.bz2';

/**
 * Unpacks the domain onto `host`, where nothing starts by it; the cassette is in `cassetteHost`. A domain restored from that snapshot
 * changes nothing.
 */
export async function restoreDomainOn(
  context: ScriptContext,
  request: SnapshotRequest & { cassetteHost: string },
): Promise<{ changed: boolean; removed: string[] }> {
  const { inventory } = context;
  const passphrase = await passphraseOf(context, request.label);
  const target = hostByName(inventory, request.host);
  await using controller = await RemoteHost.connect(context.access, request.host);
  await using source = await RemoteHost.connect(context.access, request.cassetteHost);
  const snapshotId = await withSnapshot(source, request, passphrase, async (id) => {
    await receiveArchive(source, controller, { label: request.label, snapshotId: id, passphrase });
    return id;
  });
  const restored = await restoreDomain(
    controller,
    RECEIVED,
    restoredDomain(context, request.host, snapshotId),
  );
  const lost = inventory.sites.filter((site) => site.id !== target.site).map((site) => site.network.cidr);
  const pruned = await pruneLostHosts(controller, lost);
  return { changed: restored.changed || pruned.changed, removed: pruned.removed };
}

/** The domain of the inventory, on that controller. */
export function restoredDomain(
  { inventory, progress }: ScriptContext,
  host: string,
  snapshotId: string,
): RestoredDomain {
  const { name, address } = hostByName(inventory, host);
  return {
    realm: inventory.domain.realm,
    address,
    controller: name.toUpperCase(),
    snapshotId,
    onProgress: progress,
  };
}

async function receiveArchive(
  source: RemoteHost,
  controller: RemoteHost,
  from: { label: string; snapshotId: string; passphrase: string },
): Promise<void> {
  const secretFile = '/run/dr-passphrase';
  // The passphrase reaches restic in a file that only root reads, on a memory file system, for the length of this command.
  await Promise.all([
    controller.bash('mkdir -p -m 0700 /var/lib/dr'),
    source.bash(`umask 077; printf '%s' "$DR_SECRET" > ${secretFile}`, { secret: from.passphrase }),
  ]);
  const dump = `restic --repo ${shellQuote(`/media/${from.label}/restic`)} --no-cache --no-lock --quiet --password-file ${secretFile} dump ${from.snapshotId} ${DOMAIN_ARCHIVE}; status=$?; rm -f ${secretFile}; exit $status`;
  await explained(
    from.label,
    async () => await source.pipeTo(dump, controller, `umask 077; cat > ${RECEIVED}`),
  );
}

if (import.meta.main) {
  await runScript(
    'Prepara il dominio su un nuovo controller, senza avviarlo. / Unpacks the domain for a new controller, and does not start it.',
    {
      ...snapshotOptions,
      'cassette-host': {
        type: 'string',
        required: true,
        help: 'macchina con la cassetta / host with the cassette',
      },
    },
    async (context, values) =>
      await restoreDomainOn(context, { ...values, cassetteHost: values['cassette-host'] }),
  );
}
