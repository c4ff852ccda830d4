# Before a lab is taken away: its disks forget what was not written yet, which would otherwise go to this machine's disk first.
# Does nothing where it cannot.
source "$(dirname "$0")/lib.sh"

for disk in "$LAB"/hosts/*/data; do
  mountpoint -q "$disk" || continue
  exec 7<"$disk"
  chroot "$LAB/image" python3 -c "$SHUT_DOWN" || :
  exec 7<&-
done
for slot in "$LAB"/cassettes/*/; do
  leader=$(leader_of "$(cat "$slot/host" 2>/dev/null)")
  [ -n "$leader" ] || continue
  mount_points "$leader" "$(<"$slot/device")" | while read -r mount_point; do
    nsenter "--target=$leader" --mount --pid bash -c 'exec 7<"$1"; python3 -c "$2"' discard "$mount_point" "$SHUT_DOWN" || :
  done
done
