# Plugs a cassette into a host, as a USB disk: a device in /dev and, where it holds a file system, a mount in /media/LABEL.
# Args: LABEL HOST. Prints device|mount point, the latter empty for a blank or damaged one.
source "$(dirname "$0")/lib.sh"
label=$1 host=$2
lock_lab

leader=$(leader_of "$host")
[ -n "$leader" ] || fail "$host: off"
slot=$LAB/cassettes/$label
[ ! -e "$slot" ] || fail "$label: plugged"

device=$(losetup --find --show "$STATE/cassettes/$label.img")
# From here on the kernel frees the loop device as soon as nobody has it open; the sleeper stands for the plug.
exec 9<>"$device"
losetup --detach "$device"
sleep infinity 8>&- </dev/null >/dev/null 2>&1 &
holder=$!
exec 9>&-
trap 'kill "$holder"; rm -rf "$slot.new"' ERR

in_host() { nsenter "--target=$leader" --mount --pid "$@"; }
in_host sh -c '[ -b "$1" ] || mknod "$1" b 7 "${1#/dev/loop}"' mknod "$device"
mount_point=
if kind=$(blkid --probe --match-tag TYPE --output value "$device"); then
  volume=$(blkid --probe --match-tag LABEL --output value "$device" || :)
  [[ $volume =~ ^[A-Za-z0-9._-]+$ ]] || volume=$label
  in_host mkdir -p "/media/$volume"
  if in_host mount -t "$kind" -o nosuid,nodev,noatime "$device" "/media/$volume"; then mount_point=/media/$volume; fi
fi

mkdir "$slot.new"
printf '%s' "$holder" >"$slot.new/holder"
printf '%s' "$device" >"$slot.new/device"
printf '%s' "$host" >"$slot.new/host"
mv "$slot.new" "$slot"
printf '%s|%s\n' "$device" "$mount_point"
