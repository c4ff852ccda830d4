# What is plugged in at this host: one JSON object. Parameters: LABEL.
# States: absent, wrong-label (another cassette is there), blank (nothing was ever written), unidentified (backups without a
# readable identity: never to be taken for blank, because a blank one is written over), ready.
point="/media/$LABEL"
others=$(for p in /media/*/; do p=${p%/}; [ "$p" != "$point" ] && mountpoint -q "$p" && basename "$p"; done | tr '\n' ' ' || true)
if ! mountpoint -q "$point"; then
  if [ -n "$others" ]; then printf '{"state":"wrong-label","found":"%s"}\n' "${others% }"; else printf '{"state":"absent"}\n'; fi
  exit 0
fi
size=$(df --output=used -B1 "$point" | tail -1 | tr -d ' ')
free=$(df --output=avail -B1 "$point" | tail -1 | tr -d ' ')
identity='if .format == 1 and all(.label, .serial, .initialisedAtUtc, .repositoryId; type == "string") then . else error("?") end'
if ! identity=$(jq -ce "$identity" "$point/cassette.json" 2>/dev/null); then
  written=$(find "$point/restic/data" "$point/restic/snapshots" -type f -print -quit 2>/dev/null || true)
  printf '{"state":"%s","usedBytes":%s,"freeBytes":%s}\n' "$([ -n "$written" ] && echo unidentified || echo blank)" "$size" "$free"
  exit 0
fi
printf '{"state":"ready","usedBytes":%s,"freeBytes":%s,"identity":%s}\n' "$size" "$free" "$identity"
