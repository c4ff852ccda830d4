# One snapshot of everything. Parameters: LABEL PATHS (words) TAGS (words); secret: passphrase. Prints restic's summary line.
point="/media/$LABEL"
export RESTIC_PASSWORD="$DR_SECRET" RESTIC_PROGRESS_FPS=2
tags=(); for tag in $TAGS; do tags+=(--tag "$tag"); done
# A repository whose last writer died keeps its lock; restic removes only locks that are stale (restic manual, "unlock").
restic --repo "$point/restic" --no-cache --quiet unlock >&2 || exit 1
restic --repo "$point/restic" --no-cache --json backup --exclude lost+found "${tags[@]}" $PATHS |
  while IFS= read -r line; do
    case $line in
      *'"message_type":"summary"'*) printf '%s\n' "$line" ;;
      *'"message_type":"status"'*) jq -r '"\((.percent_done // 0) * 100 | floor)%"' <<< "$line" >&2 ;;
    esac
  done
sync -f "$point"
