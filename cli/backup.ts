/** `dr backup`: everything that a restore needs, onto the cassette. */
import type { Command } from 'commander';
import { formatBytes } from '../core/sizes.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import { serverAt } from '../inventory/lookup.ts';
import { backup } from '../scripts/backup.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type BackupFlags = PlaceFlags & { label: string; site: string; plan?: string; json?: boolean };

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
      .option('--json', 'un oggetto JSON / one JSON object'),
  ).action(async (flags: BackupFlags) => {
    const { context } = await surroundingsOf(flags, tellProgress);
    const done = await backup(context, {
      fileServer: serverAt(context.inventory, flags.site, 'file-server').name,
      controller: serverAt(context.inventory, flags.site, 'domain-controller').name,
      label: flags.label,
      plan: flags.plan,
    });
    if (flags.json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
    else {
      process.stdout.write(
        `Cassetta / Cassette ${done.cassette.label} (${done.cassette.serial})\n` +
          `  snapshot ${done.snapshotId}, ${formatRome(done.takenAtUtc)}\n` +
          `  ${done.manifest.entries} file e cartelle / files and folders, ${formatBytes(done.manifest.sizeBytes)}\n` +
          `  snapshot sulla cassetta / on the cassette: ${done.snapshots}\n` +
          `  durata / duration: ${formatDurationMs(done.durationMs)}\n`,
      );
    }
  });
}
