# What is plugged in at this host: one JSON object. Parameters: LABEL.
# States: absent, wrong-label (another cassette is there), blank (file system without our identity), ready.
point="/media/$LABEL"
others=$(for p in /media/*/; do p=${p%/}; [ "$p" != "$point" ] && mountpoint -q "$p" && basename "$p"; done | tr '\n' ' ' || true)
if ! mountpoint -q "$point"; then
  if [ -n "$others" ]; then printf '{"state":"wrong-label","found":"%s"}\n' "${others% }"; else printf '{"state":"absent"}\n'; fi
  exit 0
fi
size=$(df --output=used -B1 "$point" | tail -1 | tr -d ' ')
free=$(df --output=avail -B1 "$point" | tail -1 | tr -d ' ')
if ! jq -e .repositoryId "$point/cassette.json" >/dev/null 2>&1; then printf '{"state":"blank","usedBytes":%s,"freeBytes":%s}\n' "$size" "$free"; exit 0; fi
printf '{"state":"ready","usedBytes":%s,"freeBytes":%s,"identity":%s}\n' "$size" "$free" "$(cat "$point/cassette.json")"
