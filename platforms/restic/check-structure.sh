# Is the repository whole? Reads index, snapshots and folders, no file contents; writes nothing, and no lock stands in its way.
# Parameters: LABEL; secret: passphrase. One JSON object: {"gone": bool, "status": n, "repositoryId": id or null, "said": [lines], "locks": [...]}.
point="/media/$LABEL"
export RESTIC_PASSWORD="$DR_SECRET"
device=$(findmnt -no SOURCE "$point" || true)
repository=(restic --repo "$point/restic" --no-cache --no-lock)
work=$(mktemp -d "${DR_RUN:-/run}"/dr-check.XXXXXX)
log=$work/log
checker= namer=
trap 'kill $checker $namer 2>/dev/null || true; rm -rf "$work"' EXIT
cassette_gone() { { [[ $device = /dev/* ]] && [ ! -e "$device" ]; } || ! mountpoint -q "$point"; }
hopeless() { [ "$(grep -c 'returned error, retrying' "$log")" -ge 4 ]; }

# A lock is a file that says who wrote it. Its process is alive only here: the cassette is in this host and in no other.
locks() {
  local lock text pid
  for lock in "$point"/restic/locks/*; do
    [ -e "$lock" ] || continue
    text=$("${repository[@]}" --quiet cat lock "${lock##*/}" 2>/dev/null) || text='{}'
    pid=$(jq -r --arg here "$(hostname)" 'if .hostname == $here then .pid else "" end' <<< "$text")
    [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = restic ] && alive=true || alive=false
    jq -c --arg id "${lock##*/}" --argjson alive "$alive" '{id: $id, alive: $alive, host: (.hostname // "?"), pid: (.pid // 0), atUtc: (.time // "?")}' <<< "$text"
  done
}

locks > "$work/locks"
# What the repository says of itself; the identity file beside it may be another's.
"${repository[@]}" --quiet cat config > "$work/config" 2>/dev/null &
namer=$!
"${repository[@]}" check > "$log" 2>&1 &
checker=$!
gone=false
while kill -0 "$checker" 2>/dev/null; do
  if cassette_gone; then gone=true; kill "$checker"; break; fi
  if hopeless; then kill "$checker"; break; fi
  read -rt 0.1 <> <(:) || true
done
status=0
wait "$checker" || status=$?
checker=
if [ "$status" -ne 0 ] && cassette_gone; then gone=true; fi
$gone || wait "$namer" || true
# One that began meanwhile explains what was found half written.
[ "$status" -eq 0 ] || locks >> "$work/locks"
{ grep -vE '^(load indexes|check |\[|no errors|using temporary cache|created new cache|$)' "$log" || true; } | cut -c1-300 | head -12 |
  jq -Rsc --argjson gone "$gone" --argjson status "$status" --slurpfile config "$work/config" --slurpfile locks "$work/locks" \
    '{gone: $gone, status: $status, repositoryId: ($config[0].id // null), said: (split("\n") | map(select(. != ""))), locks: ($locks | unique_by(.id))}'
