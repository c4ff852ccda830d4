/** `dr backup`: everything that a restore needs, onto the cassette. */
import type { Command } from 'commander';
import { toErrorRecord } from '../core/errors.ts';
import { formatBytes } from '../core/sizes.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import { serverAt } from '../inventory/lookup.ts';
import { writeKit } from '../kit/kit.ts';
import { type BackupOutcome, backup } from '../scripts/backup.ts';
import type { ScriptContext } from '../scripts/context.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type BackupFlags = PlaceFlags & { label: string; site: string; plan?: string; kit: boolean; json?: boolean };

/** Adds `dr backup`. */
export function registerBackup(program: Command): void {
  withPlaceOptions(
    program
      .command('backup')
      .description(
        'Copia cartelle, dominio, inventario e piano sulla cassetta inserita nel file server. / Backs shares, domain, inventory and plan up to the cassette in the file server.',
      )
      .requiredOption('--label <label>', 'etichetta della cassetta / label of the cassette')
      .option('--site <site>', 'sede da copiare / site to back up', 'lucca')
      .option('--plan <dir>', "cartella con il documento del piano / folder of the plan's document (DR_PLAN)")
      .option('--no-kit', 'non rinnova il kit di ripristino / does not renew the recovery kit')
      .option('--json', 'un oggetto JSON / one JSON object'),
  ).action(async (flags: BackupFlags) => {
    const { context } = await surroundingsOf(flags, tellProgress);
    const done = await backup(context, {
      fileServer: serverAt(context.inventory, flags.site, 'file-server').name,
      controller: serverAt(context.inventory, flags.site, 'domain-controller').name,
      label: flags.label,
      plan: flags.plan,
    });
    if (flags.kit) await renewKit(context, flags);
    if (flags.json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
    else process.stdout.write(backupText(done));
  });
}

/** What a backup did, for people. */
export function backupText({
  cassette,
  snapshotId,
  takenAtUtc,
  manifest,
  snapshots,
  durationMs,
}: BackupOutcome): string {
  return (
    `Cassetta / Cassette ${cassette.label} (${cassette.serial})\n` +
    `  snapshot ${snapshotId}, ${formatRome(takenAtUtc)}\n` +
    `  ${manifest.entries} file e cartelle / files and folders, ${formatBytes(manifest.sizeBytes)}\n` +
    `  snapshot sulla cassetta / on the cassette: ${snapshots}\n` +
    `  durata / duration: ${formatDurationMs(durationMs)}\n`
  );
}

/** A cassette whose kit is missing or old restores on a prepared computer only. The backup is good without it, so a failure is a warning. */
async function renewKit(context: ScriptContext, { site, label, plan }: BackupFlags): Promise<void> {
  try {
    const host = serverAt(context.inventory, site, 'file-server').name;
    const { changed, warnings } = await writeKit(context, { host, label, plan });
    for (const warning of warnings) tellProgress(warning);
    tellProgress(
      `Kit di ripristino / recovery kit: ${changed ? 'rinnovato / renewed' : 'già aggiornato / up to date'}`,
    );
  } catch (error) {
    const { message, hint } = toErrorRecord(error);
    tellProgress(
      `ATTENZIONE: la copia è buona, ma il kit di ripristino non è aggiornato. / WARNING: the backup is good, the recovery kit is not up to date. ${message}\n  → ${hint}\n  → dr kit write --label ${label}`,
    );
  }
}
