/** Writes one snapshot to the cassette: shares with their ACLs, domain, applications, inventory, plan, and the manifest of it all. */
import { existsSync } from 'node:fs';
import { problemText } from '../cassette/ledger.ts';
import { lookAtCustody } from '../cassette/meeting.ts';
import { pluggedLabelled, requireNotRetired, requireOwnMedium, requireTrusted } from '../cassette/plugged.ts';
import { state } from '../cassette/statement.ts';
import { toErrorRecord } from '../core/errors.ts';
import { formatDurationMs, monotonicMs, utcNow } from '../core/time.ts';
import { cassetteByLabel, hostByName } from '../inventory/lookup.ts';
import { spawnReadable } from '../platforms/exec.ts';
import {
  type CassetteIdentity,
  initialiseCassette,
  listSnapshots,
  probeCassette,
  requireCassette,
  type Snapshot,
  writeSnapshot,
} from '../platforms/restic/cassette.ts';
import { backupDomain, removeArchive } from '../platforms/samba/domain.ts';
import { type ManifestSummary, writeManifest } from '../platforms/samba/manifest.ts';
import { RemoteHost } from '../platforms/ssh.ts';
import { stageApplications } from './backup-applications.ts';
import { passphraseOf, runScript, type ScriptContext } from './context.ts';
import { adoption } from './custody.ts';
import { SHARES_ROOT } from './serve-shares.ts';

/** Beside the shares, everything else of a snapshot lies here. */
export const STAGE = '/var/lib/dr/stage';
export const DOMAIN_ARCHIVE = `${STAGE}/domain.tar.bz2`;
export const MANIFEST = `${STAGE}/manifest.jsonl.gz`;
/** One folder an application, by its id. Apart, because whoever judges a snapshot reads the whole of the other stage. */
export const APPLICATIONS_STAGE = '/var/lib/dr/stage-applications';
const STAGES = `${STAGE} ${APPLICATIONS_STAGE}`;
/** Marks the snapshots that are ours. */
export const SNAPSHOT_TAG = 'lucca-dr';

export type BackupRequest = {
  fileServer: string;
  controller: string;
  label: string;
  /** Folder or file of the plan's document; without it the cassette carries none, and this is said. */
  plan?: string | undefined;
};
export type BackupOutcome = {
  changed: true;
  snapshotId: string;
  takenAtUtc: string;
  cassette: CassetteIdentity;
  manifest: ManifestSummary;
  addedBytes: number;
  durationMs: number;
  /** How many of ours the cassette holds now. */
  snapshots: number;
  warnings: string[];
};

/** Runs the whole backup; the cassette is plugged into the file server. */
export async function backup(context: ScriptContext, request: BackupRequest): Promise<BackupOutcome> {
  const started = monotonicMs();
  const passphrase = await passphraseOf(context, request.label);
  await using files = await RemoteHost.connect(context.access, request.fileServer);
  await using controller = await RemoteHost.connect(context.access, request.controller);
  const opened = await openCassette(context, files, request, passphrase);
  const { cassette } = opened;
  await files.bash(`rm -rf ${STAGES}; mkdir -p -m 0700 /var/lib/dr; mkdir -m 0700 ${STAGES}`);
  const warnings = [...opened.warnings, ...(await stageDocuments(context, files, request.plan))];

  context.progress('Copia del dominio e manifesto delle cartelle / domain backup and manifest of the shares');
  const { site } = hostByName(context.inventory, request.fileServer);
  const [, manifest, applications] = await Promise.all([
    stageDomain(controller, files),
    writeManifest(files, SHARES_ROOT, MANIFEST),
    stageApplications(context, site, files, APPLICATIONS_STAGE),
  ]);
  warnings.push(...applications.warnings);
  context.progress(`${manifest.entries} file e cartelle / files and folders`);
  const takenAtUtc = utcNow();
  const { addedBytes } = await writeSnapshot(files, {
    label: request.label,
    paths: [SHARES_ROOT, STAGE, APPLICATIONS_STAGE],
    tag: SNAPSHOT_TAG,
    size: { entries: manifest.entries, bytes: manifest.sizeBytes, applications: applications.bytes },
    passphrase,
    onProgress: (line) => context.progress(`restic ${line}`),
  });
  await files.bash(`rm -rf ${STAGES}`);
  const held = await listSnapshots(files, request.label, passphrase);
  const snapshots = held.snapshots.filter(({ tags }) => tags.includes(SNAPSHOT_TAG));
  const newest = snapshots.at(-1);
  const snapshotId = newest?.id ?? '';
  if (newest !== undefined)
    warnings.push(...(await recordWritten(context, files, request, cassette, newest)));
  const durationMs = monotonicMs() - started;
  context.progress(
    `Snapshot ${snapshotId.slice(0, 8)} su ${request.label} in ${formatDurationMs(durationMs)}`,
  );
  return {
    changed: true,
    snapshotId,
    takenAtUtc,
    cassette,
    manifest,
    addedBytes,
    durationMs,
    snapshots: snapshots.length,
    warnings,
  };
}

/** The cassette must be the right one, whatever its files look like: a copy or one of last week is not written to. */
async function openCassette(
  context: ScriptContext,
  files: RemoteHost,
  { label, fileServer }: BackupRequest,
  passphrase: string,
): Promise<{ cassette: CassetteIdentity; warnings: string[] }> {
  const { inventory, progress } = context;
  const declared = cassetteByLabel(inventory, label);
  const { site } = hostByName(inventory, fileServer);
  const meeting = await lookAtCustody(context, site, files, label);
  const plugged = pluggedLabelled(meeting, label);
  const blank = plugged?.found.kind === 'blank';
  // A blank one says nothing of itself, but its label may be that of one that is not used any more, or of another medium.
  if (plugged !== undefined && blank) requireOwnMedium(plugged.medium, label, inventory.cassettes);
  requireNotRetired(meeting, label);
  if (plugged !== undefined && !blank) requireTrusted(plugged);
  const odd = [
    ...(plugged !== undefined && ['elsewhere', 'no-serial'].includes(plugged.found.kind)
      ? [plugged.found.text]
      : []),
    ...meeting.problems.map(problemText),
  ];
  for (const text of odd) progress(text);
  const probe = await probeCassette(files, label);
  if (probe.state !== 'blank') {
    return { cassette: (await requireCassette(files, label)).identity, warnings: odd };
  }
  progress(`Prima copia su ${label}: preparazione / first backup on this cassette`);
  return { cassette: await initialiseCassette(files, declared, passphrase, utcNow()), warnings: odd };
}

/** The backup enters the ledger of custody. It is whole and stays so even where nobody here can sign for it: that is a warning. */
async function recordWritten(
  context: ScriptContext,
  files: RemoteHost,
  { label, fileServer }: BackupRequest,
  { repositoryId }: CassetteIdentity,
  newest: Snapshot,
): Promise<string[]> {
  const { site } = hostByName(context.inventory, fileServer);
  try {
    const meeting = await lookAtCustody(context, site, files, label);
    const takenAtUtc = new Date(newest.time).toISOString();
    const { warnings } = await state(context, meeting, files, [
      ...adoption(pluggedLabelled(meeting, label), meeting),
      { event: { kind: 'written', label, repositoryId, snapshotId: newest.id, takenAtUtc, site } },
    ]);
    return warnings;
  } catch (error) {
    const { message } = toErrorRecord(error);
    context.progress(message);
    return [message];
  }
}

async function stageDomain(controller: RemoteHost, files: RemoteHost): Promise<void> {
  const { archive } = await backupDomain(controller);
  await controller.pipeTo(`cat ${archive}`, files, `umask 077; cat > ${DOMAIN_ARCHIVE}`);
  await removeArchive(controller, archive);
}

/** The inventory as it is now, and the plan. Personal data of inventory/local stays out: the cassette travels. */
async function stageDocuments(
  context: ScriptContext,
  files: RemoteHost,
  plan: string | undefined,
): Promise<string[]> {
  const inventory = new URL('../inventory', import.meta.url).pathname;
  await sendFolder(files, process.env['DR_INVENTORY'] ?? inventory, `${STAGE}/inventory`);
  const planFolder =
    plan ?? process.env['DR_PLAN'] ?? new URL('../inventory/local/plan', import.meta.url).pathname;
  if (existsSync(planFolder)) {
    await sendFolder(files, planFolder, `${STAGE}/plan`);
    return [];
  }
  const warning = `Il piano non è sulla cassetta: manca ${planFolder}. / The plan is not on the cassette.`;
  context.progress(warning);
  return [warning];
}

async function sendFolder(files: RemoteHost, folder: string, target: string): Promise<void> {
  const packed = await spawnReadable('tar', ['--create', '--exclude=./local', '--directory', folder, '.']);
  const outcome = await files.try(
    `mkdir -p ${target} && tar --extract --no-same-owner --directory ${target}`,
    {
      stdin: packed,
    },
  );
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
}

if (import.meta.main) {
  await runScript(
    'Scrive una copia completa sulla cassetta. / Writes a full backup to the cassette.',
    {
      'file-server': {
        type: 'string',
        required: true,
        help: 'file server, con la cassetta / with the cassette',
      },
      controller: { type: 'string', required: true, help: 'controller di dominio / domain controller' },
      label: { type: 'string', required: true, help: 'etichetta della cassetta / label of the cassette' },
      plan: { type: 'string', help: 'cartella del piano / folder of the plan' },
    },
    async (context, values) =>
      await backup(context, {
        fileServer: values['file-server'],
        controller: values.controller,
        label: values.label,
        plan: values.plan,
      }),
  );
}
