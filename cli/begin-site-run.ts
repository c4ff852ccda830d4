/** What `dr restore` and `dr return` have in common: a run on real hosts is begun, and followed to its end. */
import { resolve } from 'node:path';
import { toErrorRecord } from '../core/errors.ts';
import { defaultReportsDirectory, newRunId } from '../lab/drill.ts';
import type { Locale } from '../report/texts.ts';
import { requireAccess } from '../scripts/context.ts';
import { runSession } from './session.ts';
import { lastingPlace, type SiteRunSettings } from './site-run.ts';
import type { PlaceFlags } from './surroundings.ts';

export type SiteRunFlags = PlaceFlags & { page?: number; lang: Locale; reports?: string; json?: boolean };
type Shared = 'locale' | 'reportsDirectory' | 'place';
type Own<Settings extends SiteRunSettings> = Settings extends SiteRunSettings
  ? Omit<Settings, Shared>
  : never;

/** `firstStep`: the first that needs the hosts. Gives the exit status. */
export async function beginSiteRun(
  own: Own<SiteRunSettings>,
  flags: SiteRunFlags,
  firstStep: string,
): Promise<number> {
  const place = lastingPlace(flags);
  if (place.lab === undefined) await warnOfHosts(place.access, firstStep);
  const { lang: locale, reports, json = false, page = 0 } = flags;
  const reportsDirectory = resolve(reports ?? defaultReportsDirectory());
  return await runSession({
    runId: newRunId(own.kind),
    settings: { ...own, locale, reportsDirectory, place },
    resumed: false,
    json,
    page,
  });
}

/** The hosts are not needed before the first machine step, hours later: whoever begins must hear now what would stop him then. */
async function warnOfHosts(access: string | undefined, firstStep: string): Promise<void> {
  try {
    await requireAccess(access);
  } catch (error) {
    const { code, message, hint } = toErrorRecord(error);
    if (code !== 'ACCESS_FILE') throw error;
    process.stderr.write(
      `ATTENZIONE / WARNING: ${message}\n  → ${hint}\n  Si comincia lo stesso: il file serve dal passo ${firstStep} in poi e si può correggere fino ad allora. / The run begins all the same: the file is needed from step ${firstStep} on and can be mended until then.\n`,
    );
  }
}
