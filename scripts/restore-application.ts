/** Brings an application of the snapshot onto an application server, database and files, and starts nothing: start-application does. */
import { applicationById } from '../inventory/lookup.ts';
import { isRestored, restoreDump, workFolder } from '../platforms/application/application.ts';
import { explained } from '../platforms/restic/cassette.ts';
import { isAbsentInSnapshot } from '../platforms/restic/snapshot-file.ts';
import { RemoteHost } from '../platforms/ssh.ts';
import { APPLICATIONS_STAGE } from './backup.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { type SnapshotRequest, snapshotOptions, withSnapshot } from './restore-files.ts';

export type ApplicationRestored = {
  changed: boolean;
  /** The snapshot does not hold it: verification says so of the service, and the rest of the site comes up all the same. */
  absent: boolean;
};

/** Restores one; done already from that snapshot, it changes nothing. The cassette is in `cassetteHost`. @throws DrError */
export async function restoreApplication(
  context: ScriptContext,
  request: SnapshotRequest & { application: string; cassetteHost: string },
): Promise<ApplicationRestored> {
  const application = applicationById(context.inventory, request.application);
  const passphrase = await passphraseOf(context, request.label);
  await using server = await RemoteHost.connect(context.access, request.host);
  await using source = await RemoteHost.connect(context.access, request.cassetteHost);
  return await withSnapshot(source, request, passphrase, async (snapshotId) => {
    if (await isRestored(server, application, snapshotId)) return { changed: false, absent: false };
    const from = { label: request.label, snapshotId, passphrase };
    if (!(await receive(source, server, application.id, from))) {
      context.progress(
        `Lo snapshot non contiene ${application.nameIt}: non si ripristina. / The snapshot does not hold ${application.nameEn}: it is not restored.`,
      );
      return { changed: false, absent: true };
    }
    context.progress(`${application.nameIt}: caricamento / loading`);
    return { ...(await restoreDump(server, application, snapshotId, context.progress)), absent: false };
  });
}

/** The dump as a tar stream from the cassette; false where the snapshot has none. */
async function receive(
  source: RemoteHost,
  server: RemoteHost,
  id: string,
  from: { label: string; snapshotId: string; passphrase: string },
): Promise<boolean> {
  const secretFile = `/run/dr-passphrase-${id}`;
  const staged = `${APPLICATIONS_STAGE}/${id}`;
  const folder = workFolder(id);
  await source.bash(`umask 077; printf '%s' "$DR_SECRET" > ${secretFile}`, { secret: from.passphrase });
  const dump = `restic --repo '/media/${from.label}/restic' --no-cache --no-lock --quiet --password-file ${secretFile} dump ${from.snapshotId} ${staged}; status=$?; rm -f ${secretFile}; exit $status`;
  // Waits for a restore that outlived its caller and still reads this folder.
  const unpack = `exec 9>/run/dr.lock; flock 9; rm -rf ${folder}; mkdir -p -m 0711 /var/lib/dr-applications ${folder} && tar --extract --same-owner --directory ${folder} --strip-components=${depthOf(staged)}`;
  try {
    await explained(from.label, async () => await source.pipeTo(dump, server, unpack));
    return true;
  } catch (error) {
    if (isAbsentInSnapshot(error)) return false;
    throw error;
  }
}

function depthOf(path: string): number {
  return path.split('/').length - 1;
}

if (import.meta.main) {
  await runScript(
    "Ripristina un'applicazione dalla cassetta, senza avviarla. / Restores an application from the cassette, and does not start it.",
    {
      ...snapshotOptions,
      application: { type: 'string', required: true, help: 'applicazione / application (applications.yaml)' },
      'cassette-host': {
        type: 'string',
        required: true,
        help: 'macchina con la cassetta / host with the cassette',
      },
    },
    async (context, values) =>
      await restoreApplication(context, { ...values, cassetteHost: values['cassette-host'] }),
  );
}
