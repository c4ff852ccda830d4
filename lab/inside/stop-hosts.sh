# Turns hosts off. Args: off|destroy HOST...
# off: an orderly shutdown, or a power cut where it takes too long; the disks stay.
# destroy: a power cut; the system disk, the cable and the cassettes' connections go (the caller deletes the images).
source "$(dirname "$0")/lib.sh"
SHUTDOWN_TIMEOUT_SECONDS=20
how=$1
shift
lock_lab

ask_to_power_off() { kill -s "$(($(kill -l RTMIN) + 4))" "$1"; }

wait_until_gone() { # seconds, process id...
  local deadline=$((SECONDS + $1)) pid
  shift
  for pid in "$@"; do
    while [ -d "/proc/$pid" ]; do
      [ $SECONDS -lt "$deadline" ] || return 1
      nap
    done
  done
}

power_off() {
  local leader
  leader=$(leader_of "$name")
  if [ -n "$leader" ]; then ask_to_power_off "$leader"; fi
  wait_until_gone $SHUTDOWN_TIMEOUT_SECONDS $(machine_of "$name") || cut_power
}

# The loop first, so that nothing starts the host again; nspawn may take a moment to show that it has a child.
cut_power() {
  local machine nspawn leader
  machine=$(machine_of "$name")
  [ -n "$machine" ] || return 0
  kill -STOP "$machine"
  nspawn=$(nspawn_of "$name")
  leader=$(leader_of "$name")
  kill -KILL "$machine" $leader $nspawn 2>/dev/null || :
  wait_until_gone $SHUTDOWN_TIMEOUT_SECONDS "$machine" $leader $nspawn || fail "$name"
}

# A cassette falls out of a host that goes off: it has to be plugged in again.
release_cassettes() {
  local slot
  for slot in "$LAB"/cassettes/*/; do
    [ "$(cat "$slot/host" 2>/dev/null)" = "$name" ] || continue
    kill "$(<"$slot/holder")" 2>/dev/null || :
    rm -r "$slot"
  done
}

release() {
  release_cassettes
  rm -f "$LAB/hosts/$name/machine.pid"
  ! mountpoint -q "$LAB/hosts/$name/data" || umount "$LAB/hosts/$name/data"
  [ ! -e "$LAB/hosts/$name/cabled" ] || ip -n "$name" link set eth0 down
}

discard() {
  local home=$LAB/hosts/$name
  [ ! -e "$home/cabled" ] || ip netns del "$name"
  ! mountpoint -q "$home" || umount --recursive "$home"
  rm -rf --one-file-system "$home"
}

stop() {
  if [ "$how" = destroy ]; then cut_power; else power_off; fi
  release
  [ "$how" = off ] || discard
}

pids=()
for name in "$@"; do
  stop 8>&- &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit $failed
