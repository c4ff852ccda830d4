# One snapshot of everything. Parameters: LABEL PATHS (words) TAG ENTRIES BYTES (of the shares, as the manifest counted) APPLICATIONS (bytes of their
# dumps); secret: passphrase.
# Prints restic's summary line.
point="/media/$LABEL"
export RESTIC_PASSWORD="$DR_SECRET" RESTIC_PROGRESS_FPS=2
tags=(--tag "$TAG" --tag "entries=$ENTRIES" --tag "bytes=$BYTES" --tag "applications=$APPLICATIONS")
# A repository whose last writer died keeps its lock; restic removes only locks that are stale (restic manual, "unlock").
restic --repo "$point/restic" --no-cache --quiet unlock >&2 || exit 1
summary=$(restic --repo "$point/restic" --no-cache --json backup --exclude lost+found "${tags[@]}" $PATHS |
  while IFS= read -r line; do
    case $line in
      *'"message_type":"summary"'*) printf '%s\n' "$line" ;;
      *'"message_type":"status"'*) jq -r '"\((.percent_done // 0) * 100 | floor)%"' <<< "$line" >&2 ;;
    esac
  done)
# The tags again, in clear: so a restore knows what room it needs without opening the repository. Nothing else hangs on it.
snapshot=$(basename "$point/restic/snapshots/$(jq -r .snapshot_id <<< "$summary")"*) # older restics say the id's beginning only
note="$point/sizes/$snapshot.json"
mkdir -p "$point/sizes" && printf '{"entries":%s,"bytes":%s,"applications":%s}\n' "$ENTRIES" "$BYTES" "$APPLICATIONS" > "$note.new" && mv "$note.new" "$note" ||
  echo "Dimensioni non annotate / sizes not noted: $note" >&2
sync -f "$point"
printf '%s\n' "$summary"
