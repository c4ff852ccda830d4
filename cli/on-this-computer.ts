/** A run that is gone on with elsewhere: the folders and files that were named where it began need not be there. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultReportsDirectory } from '../lab/drill.ts';
import type { RunSettings } from './run-settings.ts';
import { lastingPlace } from './site-run.ts';

/** For who only looks: that of this computer, where the one that the run names is not here. */
export function inventoryHere(settings: RunSettings): string | undefined {
  const named = settings.kind === 'drill' ? undefined : settings.place.inventory;
  return named !== undefined && existsSync(named) ? named : undefined;
}

/** What may be named anew. */
export type OwnPaths = { reports?: string; access?: string; secrets?: string; inventory?: string };

/**
 * The settings as they hold here; they are kept with the run in their turn. Only the folder of reports is replaced without being asked:
 * an access file that is missing must stop the run, and not lead it to other hosts.
 */
export function onThisComputer(settings: RunSettings, { reports, ...paths }: OwnPaths): RunSettings {
  const known = existsSync(settings.reportsDirectory) ? settings.reportsDirectory : defaultReportsDirectory();
  const reportsDirectory = reports === undefined ? known : resolve(reports);
  if (settings.kind === 'drill') return { ...settings, reportsDirectory };
  return { ...settings, reportsDirectory, place: { ...settings.place, ...lastingPlace(paths) } };
}
