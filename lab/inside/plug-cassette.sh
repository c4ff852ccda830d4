# Plugs a cassette into a host, as a USB disk: a device in /dev, its serial in udev's database and, where it holds a file system, a
# mount in /media/LABEL.
# Args: LABEL HOST [BYTES], so many a second where the medium is a slow one. Prints device|mount point, the latter empty for a blank or
# damaged one.
source "$(dirname "$0")/lib.sh"
label=$1 host=$2 rate=${3:-}
lock_lab

leader=$(leader_of "$host")
[ -n "$leader" ] || fail "$host: off"
slot=$LAB/cassettes/$label
[ ! -e "$slot" ] || fail "$label: plugged"

image=$STATE/cassettes/$label.img
if [ -n "$rate" ]; then
  # The image seen through sshfs in the host, whose server's answers are held back. The server reaches the file by its descriptor, as
  # hosts do not see the images.
  exec 7<>"$image"
  in_host bash -c "$(cat "$(dirname "$0")/slow-medium.sh")" slow-medium "$label" "$rate" 8>&- </dev/null >/dev/null
  exec 7>&-
  image=/proc/$leader/root/run/slow-medium/$label/7
fi

device=$(losetup --find --show "$image")
# From here on the kernel frees the loop device as soon as nobody has it open; the sleeper stands for the plug.
exec 9<>"$device"
losetup --detach "$device"
sleep infinity 8>&- </dev/null >/dev/null 2>&1 &
holder=$!
exec 9>&-
trap 'kill "$holder"; rm -rf "$slot.new"' ERR

in_host sh -c '[ -b "$1" ] || mknod "$1" b 7 "${1#/dev/loop}"' mknod "$device"
# Of this machine's loop devices a host sees its own only (see supervisor.sh). One has no serial, and no udev runs in a host: the
# image's own is noted where udev would have put it.
serial=$(cat "$STATE/cassettes/$label.serial" 2>/dev/null || :)
in_host sh -ec '
  block=/sys/devices/virtual/block
  mount -o remount,rw $block; mkdir -p "$block/$1"; mount -o remount,ro $block
  mkdir -p /run/udev/data /run/sysfs
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /run/sysfs
  mount --bind "/run/sysfs/devices/virtual/block/$1" "$block/$1"
  umount /run/sysfs; rmdir /run/sysfs
  [ -z "$3" ] || printf "E:ID_SERIAL_SHORT=%s\n" "$3" >"/run/udev/data/b7:$2"' identify "${device#/dev/}" "${device#/dev/loop}" "$serial"
mount_point=
if kind=$(blkid --probe --match-tag TYPE --output value "$device"); then
  volume=$(blkid --probe --match-tag LABEL --output value "$device" || :)
  [[ $volume =~ ^[A-Za-z0-9._-]+$ ]] || volume=$label
  # As udisks does it: a second one of the same label gets a number.
  name=$volume
  for ((n = 1; ; n++)); do
    in_host mountpoint -q "/media/$name" || break
    name=$volume$n
  done
  volume=$name
  in_host mkdir -p "/media/$volume"
  if in_host mount -t "$kind" -o nosuid,nodev,noatime "$device" "/media/$volume"; then mount_point=/media/$volume; fi
fi

mkdir "$slot.new"
printf '%s' "$holder" >"$slot.new/holder"
printf '%s' "$device" >"$slot.new/device"
printf '%s' "$host" >"$slot.new/host"
mv "$slot.new" "$slot"
printf '%s|%s\n' "$device" "$mount_point"
