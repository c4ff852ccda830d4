# Takes a cassette out of its host. Args: LABEL safely|force
# safely: unmounted first; ends with status 16 where something on it is in use.
# force: pulled out, whatever is reading or writing: what is open gives I/O errors, what was not written yet is lost.
source "$(dirname "$0")/lib.sh"
label=$1 how=$2
lock_lab

slot=$LAB/cassettes/$label
[ -e "$slot" ] || exit 0
device=$(<"$slot/device")
leader=$(leader_of "$(<"$slot/host")")

is_attached() { [ -e "/sys/block/${device#/dev/}/loop/backing_file" ]; }

wait_until_free() { # tenths of a second
  local tries=$(($1 * 3))
  while is_attached; do
    [ $((tries--)) -gt 0 ] || return 1
    nap
  done
}

# Out of the folder tree first, because a file system without a disk has no path.
tear_out() {
  in_host bash -ec 'exec 7<"$1"; umount --lazy "$1"; python3 -c "$2"' tear "$1" "$SHUT_DOWN"
}

# Somebody still has the disk open: it goes on with a copy that is cut off under it, and the cassette is free.
cut_off() {
  local image=$STATE/cassettes/$label.img
  cp --sparse=always "$image" "$image.new"
  exec 7<>"$image"
  mv "$image.new" "$image"
  truncate --size 0 /dev/fd/7
}

if [ -n "$leader" ]; then
  while read -r mount_point; do
    if [ "$how" = force ]; then
      tear_out "$mount_point"
    else
      in_host umount "$mount_point" || exit 16
    fi
    in_host rmdir "$mount_point" 2>/dev/null || :
  done < <(mount_points "$leader" "$device")
  in_host umount "/sys/devices/virtual/block/${device#/dev/}" 2>/dev/null || :
  in_host rm -f "$device" "/run/udev/data/b7:${device#/dev/loop}"
fi
kill "$(<"$slot/holder")" 2>/dev/null || :
rm -r "$slot"
# A slow one's file system (slow-medium.sh) has nothing to show any more.
[ -z "$leader" ] || in_host umount --lazy "/run/slow-medium/$label" 2>/dev/null || :
if [ "$how" = force ]; then wait_until_free 3 || cut_off; else wait_until_free 30 || exit 16; fi
