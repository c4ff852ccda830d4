# Restores the shares. Parameters: LABEL SNAPSHOT SOURCE (path inside the snapshot) TARGET DISK (mount point); secret: passphrase.
# Everything goes to a folder beside the target that is renamed when complete: nothing half restored ever looks whole.
mark="$DISK/.dr-restored"
if [ -d "$TARGET" ]; then
  if [ "$(cat "$mark" 2>/dev/null)" = "$SNAPSHOT" ]; then echo '{"changed":false}'; exit 0; fi
  if [ -n "$(ls -A "$TARGET")" ]; then
    echo "DR_TARGET_NOT_EMPTY $TARGET" >&2
    exit 1
  fi
  rmdir "$TARGET"
fi
staging="$DISK/.dr-restoring"
rm -rf "$staging"
free_bytes() { df --output=avail -B1 "$DISK" | tail -1 | tr -d ' '; }
free=$(free_bytes)
cassette="/media/$LABEL"
device=$(findmnt -no SOURCE "$cassette" || true)
export RESTIC_PASSWORD="$DR_SECRET"
repository=(restic --repo "$cassette/restic" --no-cache --no-lock --quiet)
log=/run/dr-restore.log
# A cassette that is read from another host has no device here.
cassette_gone() { { [[ $device = /dev/* ]] && [ ! -e "$device" ]; } || ! mountpoint -q "$cassette"; }
# restic goes on after an error, and asks ten times for what can't be read: minutes, for a restore that is thrown away anyhow.
hopeless() { [ -s "$log" ] && { grep -q 'ignoring error' "$log" || [ "$(grep -c 'returned error, retrying' "$log")" -ge 4 ]; }; }
# The room for {bytes, entries}: folders, ACLs and the file system take some more. 0 where they are unknown.
room() { jq '(.bytes // 0) * 1.05 + (.entries // 0) * 4096 | ceil' 2>/dev/null | grep -xE '[0-9]{1,18}' || echo 0; }
noted_room() { if [ -e "$cassette/sizes/$SNAPSHOT.json" ]; then room < "$cassette/sizes/$SNAPSHOT.json"; else echo 0; fi; }
tagged_room() {
  "${repository[@]}" --json snapshots "$SNAPSHOT" 2>/dev/null |
    jq '.[0].tags // [] | map(capture("^(?<key>bytes|entries)=(?<value>[0-9]+)$")) | from_entries | map_values(tonumber)' | room
}
watch() { # ends a restore that can't succeed, and tells how far it is; waits by a builtin, so that nothing outlives it
  while true; do
    if cassette_gone || hopeless; then kill "$restic"; return; fi
    done_percent=$(( needed > 0 ? (free - $(free_bytes)) * 100 / needed : 0 ))
    echo "$(( done_percent > 99 ? 99 : done_percent < 0 ? 0 : done_percent ))%" >&2
    read -rt 0.5 <> <(:) || true
  done
}
# restic derives its key on one processor for half a second (scrypt) before it reads anything: the cassette need not idle meanwhile.
# What can't be read is for restic to complain of.
read_ahead() { exec timeout 0.6 find "$cassette/restic/index" "$cassette/restic/data" -type f -exec cat {} + >/dev/null 2>&1; }
mkdir -p "$staging"
read_ahead &
reader=$!
# Four packs at a time, and the garbage collector less often, keep both processors on decryption; memory stays far under 1 GB.
# In a lab, where all hosts share the processors, the domain goes first: everybody waits for it, and for the files only their server.
GOGC=400 nice "${repository[@]}" -o local.connections=4 restore "$SNAPSHOT" --target "$staging" --include "$SOURCE" >"$log" 2>&1 &
restic=$!
trap 'kill $restic $reader ${watcher:-} 2>/dev/null || true' EXIT
needed=$(noted_room)
# The note is in clear and may be missing or wrong: nobody is refused on its word. The repository's takes another opening of it.
if [ "$needed" -eq 0 ] || [ "$free" -lt "$needed" ]; then needed=$(tagged_room); fi
if [ "$free" -lt "$needed" ]; then
  kill "$restic" && wait "$restic" || true
  rm -rf "$staging"
  echo "DR_DISK_TOO_SMALL $free $needed" >&2
  exit 1
fi
watch &
watcher=$!
wait "$restic" && restored=true || restored=false
kill "$watcher" "$reader" 2>/dev/null || true
trap - EXIT
if [ "$restored" = false ]; then
  if cassette_gone; then echo DR_CASSETTE_GONE >&2
  elif grep -qi 'no space left' "$log"; then echo "DR_DISK_TOO_SMALL $free" >&2
  else grep -v '^$' "$log" | head -20 >&2; fi
  rm -rf "$staging"
  exit 1
fi
if [ ! -d "$staging$SOURCE" ]; then echo "DR_SNAPSHOT_WITHOUT_SHARES $SOURCE" >&2; rm -rf "$staging"; exit 1; fi
sync -f "$DISK"
# The mark comes first: without the target it means nothing, so being cut off between the two lines is harmless.
printf '%s' "$SNAPSHOT" > "$mark"
mv "$staging$SOURCE" "$TARGET"
rm -rf "$staging"
echo '{"changed":true}'
