# On the host: the shares out of the repository. Variables: LABEL SNAPSHOT RESTIC_PASSWORD.
set -euo pipefail
restic --repo "/media/$LABEL/restic" --no-cache --no-lock --quiet restore "$SNAPSHOT" --target /srv/.restoring --include /srv/shares
sync -f /srv
mv /srv/.restoring/srv/shares /srv/shares
rm -rf /srv/.restoring
