/**
 * `dr services`: do the suppliers' services answer at the desks, through each line, and which desk can open? Exit status: 0 all is well,
 * 1 something fails, 3 something could not be looked at, 2 the command could not be carried out.
 */
import type { Command } from 'commander';
import { findServices } from '../scripts/services.ts';
import { statusOf } from './checks.ts';
import { servicesText } from './services-text.ts';
import { type PlaceFlags, surroundingsOf, tellProgress, withPlaceOptions } from './surroundings.ts';

type ServicesFlags = PlaceFlags & { site: string; desk?: string; line?: string; json?: boolean };

/** Adds `dr services`. */
export function registerServices(program: Command): void {
  withPlaceOptions(
    program
      .command('services')
      .description(
        "I servizi dei fornitori visti dalle postazioni, per linea, e chi può aprire. / Suppliers' services as the desks see them, by line, and which desk can open.",
      )
      .option('--site <site>', 'sede / site', 'viareggio')
      .option('--desk <desk>', 'solo questa postazione / this desk only')
      .option('--line <line>', 'solo questa linea / this line only')
      .option('--json', 'un oggetto JSON / one JSON object'),
  ).action(async ({ site, desk, line, json, ...place }: ServicesFlags) => {
    const { context } = await surroundingsOf(place, tellProgress);
    const found = await findServices(context, { site, desk, line });
    process.stdout.write(
      json === true ? `${JSON.stringify(found)}\n` : servicesText(context.inventory, found),
    );
    process.exitCode = statusOf(found.checks);
  });
}
