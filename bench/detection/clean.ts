/** Cassettes with nothing wrong, each in another of the states in which an office's cassette really is: none may alarm. */
import type { DetectionSite } from './site.ts';

export type CleanState = { id: string; prepare: (site: DetectionSite) => Promise<void> };

export const cleanStates: readonly CleanState[] = [
  { id: 'as it came', prepare: async () => undefined },
  {
    id: 'a second backup, nothing changed',
    prepare: async (site) => {
      await site.resetSource();
      await site.writeManifest();
      await site.writeSnapshot();
    },
  },
  {
    id: "a second backup after a day's work",
    prepare: async (site) => {
      await site.resetSource();
      await site.shell(aDaysWork);
      await site.writeManifest();
      await site.writeSnapshot();
    },
  },
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
      await site.resetSource();
      await site.shell(aDaysWork);
      await site.writeManifest();
      await site.writeSnapshot();
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

/** A few files edited, added, renamed and deleted in each share; new ones get the rights of their folder, as Samba gives them. */
const aDaysWork = `cd /srv/shares
for share in */; do
  find "$share" -type f -size +2k ! -name 'LEGGIMI*' | LC_ALL=C sort | sed -n 1,4p > /run/dr-files
  { IFS= read -r edited; IFS= read -r copied; IFS= read -r renamed; IFS= read -r deleted; } < /run/dr-files || true
  [ -z "$edited" ] || printf 'riga in più\\n' >> "$edited"
  [ -z "$copied" ] || cp -a "$copied" "$copied.bak"
  [ -z "$renamed" ] || mv "$renamed" "$renamed.vecchio"
  [ -z "$deleted" ] || rm -f "$deleted"
done`;
