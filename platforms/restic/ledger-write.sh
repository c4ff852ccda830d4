# Puts the ledger of custody from standard input onto a medium, whole or not at all. Arguments: POINT BYTES NAME, the last of them where
# the one that is there must be set aside under that name.
set -euo pipefail
point=$1 bytes=$2 aside=$3
mountpoint -q "$point"
ledger=$point/custody.jsonl
cat > "$ledger.new"
[ "$(stat -c %s "$ledger.new")" = "$bytes" ] || { rm -f "$ledger.new"; echo 'cut off' >&2; exit 1; }
sync "$ledger.new"
if [ -n "$aside" ] && [ -e "$ledger" ]; then mv "$ledger" "$point/$aside"; fi
mv "$ledger.new" "$ledger"
sync -f "$point"
