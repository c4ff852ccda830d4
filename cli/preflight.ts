/** `dr preflight`: would a restore fit, in time, at this site, with this hardware? Looked at before the day. */
import type { Command } from 'commander';
import { requireInventory } from '../inventory/load.ts';
import { type Capacity, checkCapacity } from '../scripts/preflight/capacity.ts';
import { checkOffer, loadOffer, offerTemplate } from '../scripts/preflight/offer.ts';
import { checkSite } from '../scripts/preflight/site.ts';
import { checkLines, statusOf } from './checks.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type PreflightFlags = PlaceFlags & {
  label?: string;
  site: string;
  offer?: string;
  template?: boolean;
  json?: boolean;
};

/** Adds `dr preflight`. */
export function registerPreflight(program: Command): void {
  withPlaceOptions(
    program
      .command('preflight')
      .description(
        "Disco, durata, postazioni, porte, gruppo di continuità e offerta del fornitore bastano? / Are disk, time, desks, ports, UPS and the supplier's offer enough?",
      )
      .option('--label <label>', 'cassetta inserita nel file server / cassette in the file server')
      .option('--site <site>', 'sede / site', 'viareggio')
      .option('--offer <file>', "offerta compilata / the supplier's offer, filled in")
      .option('--template', "scrive un'offerta da compilare / writes an offer to fill in")
      .option('--json', 'un oggetto JSON / one JSON object'),
  ).action(async (flags: PreflightFlags) => {
    if (flags.template === true) process.stdout.write(await offerTemplate());
    else await preflight(flags);
  });
}

/** Without a label no machine is looked at: inventory and offer are enough for the rest. */
async function preflight(flags: PreflightFlags): Promise<void> {
  const offer = flags.offer === undefined ? undefined : await loadOffer(flags.offer);
  const inventory = await requireInventory(flags.inventory);
  const site = await checkSite(inventory, flags.site);
  const { checks: capacity, size } = await capacityOf(flags);
  const offered = offer === undefined ? [] : await checkOffer(inventory, flags.site, offer, size);
  const checks = [...capacity, ...site, ...offered];
  process.stdout.write(flags.json === true ? `${JSON.stringify({ checks })}\n` : checkLines(checks));
  process.exitCode = statusOf(checks);
}

async function capacityOf(flags: PreflightFlags): Promise<Capacity> {
  if (flags.label === undefined) return { checks: [], size: undefined };
  const { context } = await surroundingsOf(flags, tellProgress);
  return await checkCapacity(context, flags.site, flags.label);
}
