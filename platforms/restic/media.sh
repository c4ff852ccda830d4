# Every medium that is plugged in here and mounted in /media: one JSON object a line. Reads only, and opens no repository.
# The serial is what the hardware says (lsblk reads it from udev's database); of a partition, that of the disk which it lies on.
serial_of() { lsblk --inverse --noheadings --raw --output SERIAL "$1" 2>/dev/null | grep . | tail -1 || true; }
identity='if .format == 1 and all(.label, .serial, .initialisedAtUtc, .repositoryId; type == "string") then . else null end'
for point in /media/*/; do
  point=${point%/}
  mountpoint -q "$point" || continue
  device=$(findmnt --noheadings --first-only --output SOURCE --mountpoint "$point")
  # The file system's own label: of two that bear the same one, the second is mounted under another name.
  volume=$(blkid --probe --match-tag LABEL --output value "$device" 2>/dev/null || true)
  read -r used free < <(df --output=used,avail -B1 "$point" 2>/dev/null | tail -1) || { used=0 free=0; }
  known=$(jq -ce "$identity" "$point/cassette.json" 2>/dev/null) || known=null
  snapshots=$(ls "$point/restic/snapshots" 2>/dev/null | grep -xE '[0-9a-f]{64}' | jq -Rsc 'split("\n") | map(select(. != ""))') || snapshots='[]'
  # Of the file system, not of this mount, which a sandbox may have made read-only for itself.
  writable=$(findmnt --noheadings --first-only --output FS-OPTIONS --mountpoint "$point" | grep -qw ro && echo false || echo true)
  holds=$([ -n "$(find "$point/restic/data" "$point/restic/snapshots" -type f -print -quit 2>/dev/null)" ] && echo true || echo false)
  jq -nc --arg volume "${volume:-${point##*/}}" --arg mountPoint "$point" --arg device "$device" --arg serial "$(serial_of "$device")" \
    --argjson usedBytes "${used:-0}" --argjson freeBytes "${free:-0}" --argjson identity "$known" --argjson snapshotIds "${snapshots:-[]}" \
    --argjson holdsBackups "$holds" --argjson writable "$writable" '{label: $volume, mountPoint: $mountPoint, device: $device,
      mediumSerial: (if $serial == "" then null else $serial end), identity: $identity, holdsBackups: $holdsBackups,
      snapshotIds: $snapshotIds, writable: $writable, usedBytes: $usedBytes, freeBytes: $freeBytes}'
done
