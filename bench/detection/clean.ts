/** Cassettes with nothing wrong, in the states in which an office's cassette really is: none may alarm. */
import { CANARY_NAME } from '../../platforms/samba/canary.ts';
import { SHARES_ROOT } from '../../scripts/serve-shares.ts';
import { applyPython } from './remote-python.ts';
import type { DetectionSite } from './site.ts';

type Ending = { id: string; prepare: (site: DetectionSite) => Promise<void> };

/** What the last thing was that happened to it. */
export const cleanEndings: readonly Ending[] = [
  { id: 'as it was left', prepare: async () => undefined },
  { id: 'a backup more, nothing changed', prepare: backup },
  {
    id: 'the lock of a backup that died',
    prepare: async (site) => {
      await site.restic(`backup /srv/detection >/dev/null & pid=$!
until [ -n "$(ls ${site.mountPoint}/restic/locks)" ]; do read -rt 0.01 <> <(:) || :; done
kill -9 $pid; wait $pid 2>/dev/null || true`);
    },
  },
  {
    id: 'old backups forgotten and pruned',
    prepare: async (site) => {
      await backup(site);
      await site.restic(`forget --prune --keep-last 1 --group-by ''`);
    },
  },
  {
    id: 'taken out and plugged in again',
    prepare: async ({ lab, golden, host }) => {
      await lab.unplugCassette(golden.label);
      await lab.plugCassette(golden.label, host.name);
    },
  },
];

/** None is a possible number of them. With as many endings as there are, every pair of both comes. */
const MOST_DAYS = 2;

/** Brings the cassette into the state that the site's seed says: some days' work, other work for each seed, then an ending. Gives its name. */
export async function makeClean(site: DetectionSite): Promise<string> {
  const days = site.seed % (MOST_DAYS + 1);
  const ending = cleanEndings[site.seed % cleanEndings.length];
  await site.resetSource();
  for (let day = 0; day < days; day += 1) {
    const seed = `${site.seed}-${day}`;
    await applyPython(site, 'days_work.py', { root: SHARES_ROOT, canary: CANARY_NAME, seed });
    await backup(site);
  }
  await ending?.prepare(site);
  return `${days} days' work, ${ending?.id}`;
}

async function backup(site: DetectionSite): Promise<void> {
  await site.writeManifest();
  await site.writeSnapshot();
}
