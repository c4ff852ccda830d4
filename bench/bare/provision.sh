#!/bin/bash
# All desks at once, one ssh connection each. Usage: provision.sh FOLDER PROGRAM HOST...
set -euo pipefail
cd "$1"
program=$2
shift 2
waiting=()
for desk in "$@"; do
  ssh -F ssh_config "$desk" bash -s <"$program-$desk.sh" &
  waiting+=($!)
done
for pid in "${waiting[@]}"; do wait "$pid"; done
