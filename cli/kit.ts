/** `dr kit`: the recovery kit on a cassette, with which a bare Debian machine restores from the cassette alone. */
import type { Command } from 'commander';
import { formatBytes } from '../core/sizes.ts';
import { formatDurationMs, formatRome } from '../core/time.ts';
import { serverAt } from '../inventory/lookup.ts';
import { writeKit } from '../kit/kit.ts';
import { withHost } from '../platforms/ssh.ts';
import { type KitManifest, probeKit } from '../platforms/tool/kit-probe.ts';
import { passphraseOf } from '../scripts/context.ts';
import { checkKit } from '../scripts/verify/kit.ts';
import { checkLines, statusOf } from './checks.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type KitFlags = PlaceFlags & { label: string; site: string; plan?: string; json?: boolean };

/** Adds `dr kit write | show | check`. */
export function registerKit(program: Command): void {
  const kit = program
    .command('kit')
    .description('Il kit di ripristino sulla cassetta. / The recovery kit on the cassette.');
  withKitOptions(
    kit
      .command('write')
      .description('Scrive il kit, o lo rinnova; se è già quello, non tocca nulla. / Writes or renews it.')
      .option(
        '--plan <dir>',
        "cartella con il documento del piano / folder of the plan's document (DR_PLAN)",
      ),
    'lucca',
  ).action(write);
  withKitOptions(
    kit
      .command('show')
      .description('Versione, impronta e data del kit. / Version, digest and date of the kit.'),
    'viareggio',
  ).action(show);
  withKitOptions(
    kit.command('check').description('Il kit è integro e autentico? / Is the kit whole and authentic?'),
    'viareggio',
  ).action(check);
}

function withKitOptions(command: Command, site: string): Command {
  return withPlaceOptions(
    command
      .requiredOption('--label <label>', 'etichetta della cassetta / label of the cassette')
      .option('--site <site>', 'sede in cui è inserita / site where it is plugged in', site)
      .option('--json', 'un oggetto JSON / one JSON object'),
  );
}

async function write(flags: KitFlags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const host = serverAt(context.inventory, flags.site, 'file-server').name;
  const done = await writeKit(context, { host, label: flags.label, plan: flags.plan });
  for (const warning of done.warnings) tellProgress(`ATTENZIONE / WARNING: ${warning}`);
  if (flags.json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
  else {
    const what = done.changed ? 'scritto / written' : 'già aggiornato / up to date';
    process.stdout.write(
      `Kit ${what}: ${formatBytes(done.sizeBytes)}, ${formatDurationMs(done.durationMs)}\n${manifestText(done.manifest)}`,
    );
  }
}

/** Exit status 1 where there is no whole kit. */
async function show(flags: KitFlags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const host = serverAt(context.inventory, flags.site, 'file-server').name;
  const found = await withHost(context.access, host, async (remote) => await probeKit(remote, flags.label));
  if (found.state !== 'whole') process.exitCode = 1;
  if (flags.json === true) process.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.state === 'whole')
    process.stdout.write(`Kit, ${formatBytes(found.sizeBytes)}\n${manifestText(found.manifest)}`);
  else {
    const why = found.state === 'absent' ? 'manca / missing' : found.why;
    process.stdout.write(`Kit su / on ${flags.label}: ${why}\n  → dr kit write --label ${flags.label}\n`);
  }
}

async function check(flags: KitFlags): Promise<void> {
  const { context } = await surroundingsOf(flags, tellProgress);
  const host = serverAt(context.inventory, flags.site, 'file-server').name;
  const passphrase = await passphraseOf(context, flags.label).catch(() => undefined);
  const checks = await withHost(
    context.access,
    host,
    async (remote) => await checkKit(remote, flags.label, passphrase),
  );
  process.stdout.write(flags.json === true ? `${JSON.stringify({ checks })}\n` : checkLines(checks));
  process.exitCode = statusOf(checks);
}

function manifestText({ version, digest, machine, writtenAtUtc }: KitManifest): string {
  return `  versione / version ${version}, impronta / digest ${digest.slice(0, 16)}, ${machine}\n  scritto / written ${formatRome(writtenAtUtc)}\n`;
}
