#!/bin/bash
# What a careful administrator would type to bring Viareggio back, as one sequence over plain ssh: files and domain at the same time,
# then the file server and the desks at the same time.
# Usage: restore-site.sh FOLDER; there: ssh_config, and one program a step and host, its variables in front.
set -euo pipefail
cd "$1"
source ./names # CONTROLLER FILE_SERVER DESKS
on() { ssh -F ssh_config "$1" bash -s <"$2"; }
all() { for pid in "$@"; do wait "$pid"; done; }

on "$FILE_SERVER" files.sh &
files=$!
on "$CONTROLLER" isolation.sh &
isolated=($!)
on "$FILE_SERVER" isolation.sh &
isolated+=($!)
on "${DESKS%% *}" isolation.sh &
isolated+=($!)
bash -s <isolation.sh & # the laptop itself
isolated+=($!)
all "${isolated[@]}"
on "$FILE_SERVER" dump-domain.sh | ssh -F ssh_config "$CONTROLLER" 'umask 077; mkdir -p /var/lib/dr; cat >/var/lib/dr/domain.tar.bz2'
on "$CONTROLLER" restore-domain.sh
on "$CONTROLLER" prune.sh
on "$CONTROLLER" start-domain.sh
waiting=()
for desk in $DESKS; do
  on "$desk" "desk-$desk.sh" &
  waiting+=($!)
done
wait "$files"
on "$FILE_SERVER" serve-shares.sh
all "${waiting[@]}"
