# All snapshots as restic's JSON list. Parameters: LABEL; secret: passphrase. Reads only (a locked repository can be read).
export RESTIC_PASSWORD="$DR_SECRET"
restic --repo "/media/$LABEL/restic" --no-cache --no-lock --json snapshots
