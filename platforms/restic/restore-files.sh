# Restores the shares. Parameters: LABEL SNAPSHOT SOURCE (path inside the snapshot) TARGET DISK (mount point) NEEDED_BYTES; secret: passphrase.
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
free=$(df --output=avail -B1 "$DISK" | tail -1 | tr -d ' ')
if [ "$free" -lt "$NEEDED_BYTES" ]; then
  echo "DR_DISK_TOO_SMALL $free $NEEDED_BYTES" >&2
  exit 1
fi
export RESTIC_PASSWORD="$DR_SECRET"
log=/run/dr-restore.log
cassette_gone() { ! mountpoint -q "/media/$LABEL" || [ ! -e "$(findmnt -no SOURCE "/media/$LABEL")" ]; }
# restic goes on after an error, and asks ten times for what can't be read: minutes, for a restore that is thrown away anyhow.
hopeless() { grep -q 'ignoring error' "$log" || [ "$(grep -c 'returned error, retrying' "$log")" -ge 4 ]; }
mkdir -p "$staging"
start=$free
restic --repo "/media/$LABEL/restic" --no-cache --no-lock restore "$SNAPSHOT" --target "$staging" --include "$SOURCE" >"$log" 2>&1 &
restic=$!
trap 'kill $restic 2>/dev/null || true' EXIT
while kill -0 "$restic" 2>/dev/null; do
  if cassette_gone || hopeless; then kill "$restic" || true; break; fi
  now=$(df --output=avail -B1 "$DISK" | tail -1 | tr -d ' ')
  done_percent=$(( NEEDED_BYTES > 0 ? (start - now) * 100 / NEEDED_BYTES : 0 ))
  echo "$(( done_percent > 99 ? 99 : done_percent < 0 ? 0 : done_percent ))%" >&2
  timeout 0.5 tail --pid="$restic" -f /dev/null || true
done
trap - EXIT
if ! wait "$restic"; then
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
