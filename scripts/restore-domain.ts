/** Brings the domain back on a new controller, and forgets the machines that are lost. */
import { hostByName } from '../inventory/lookup.ts';
import { explained } from '../platforms/restic/cassette.ts';
import { pruneLostHosts, restoreDomain } from '../platforms/samba/domain.ts';
import { RemoteHost, shellQuote } from '../platforms/ssh.ts';
import { DOMAIN_ARCHIVE } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { type SnapshotRequest, snapshotOptions, withSnapshot } from './restore-files.ts';

const RECEIVED = '/var/lib/dr/domain.tar.bz2';

/** Restores the domain onto `host`; the cassette is in `cassetteHost`. A domain restored from that snapshot changes nothing. */
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
  const restored = await restoreDomain(controller, {
    realm: inventory.domain.realm,
    address: target.address,
    controller: target.name.toUpperCase(),
    archive: RECEIVED,
    snapshotId,
    onProgress: context.progress,
  });
  const lost = inventory.sites.filter((site) => site.id !== target.site).map((site) => site.network.cidr);
  const pruned = await pruneLostHosts(controller, lost);
  return { changed: restored.changed || pruned.changed, removed: pruned.removed };
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
    'Ripristina il dominio su un nuovo controller. / Restores the domain onto a new controller.',
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
