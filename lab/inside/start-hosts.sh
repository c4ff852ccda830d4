# Turns hosts on, all at once, and waits until sshd answers on each. One host a line on stdin:
#   name|address/prefix|gateway|site|bridge|port|data image or -|machine id|dns domain
# A host that is on is left alone; one that was never made, or was destroyed, is made with empty disks.
source "$(dirname "$0")/lib.sh"
BOOT_TIMEOUT_SECONDS=60
lock_lab

make_system_disk() { # an interrupted one is made again
  [ ! -e "$LAB/hosts/$name/made" ] || return 0
  local home=$LAB/hosts/$name
  ! mountpoint -q "$home" || umount --recursive "$home"
  mkdir -p "$home"
  mount -t tmpfs -o size=4g,mode=0755 "$name" "$home"
  mkdir -p "$home"/{work,root,up/etc/ssh}
  # Open to every user, as on any Debian; this machine's own may be root's alone.
  mknod -m 0666 "$home/fuse" c 10 229
  printf '%s\n' "$name" >"$home/up/etc/hostname"
  printf '%s\n' "$machine_id" >"$home/up/etc/machine-id"
  printf '127.0.0.1 localhost\n%s %s.%s %s\n' "${address%/*}" "$name" "$domain" "$name" >"$home/up/etc/hosts"
  install -m 0600 "$STATE/host-keys/$name" "$home/up/etc/ssh/ssh_host_ed25519_key"
  install -m 0644 "$STATE/host-keys/$name.pub" "$home/up/etc/ssh/ssh_host_ed25519_key.pub"
  mount -t overlay overlay -o "lowerdir=$LAB/common/up:$LAB/image,upperdir=$home/up,workdir=$home/work" "$home/root"
  touch "$home/made"
}

plug_cable() {
  [ ! -e "$LAB/hosts/$name/cabled" ] || return 0
  ip netns del "$name" 2>/dev/null || :
  ip -n "$site" link del "$port" 2>/dev/null || :
  ip netns add "$name"
  # The same address for the same host, so that a new machine in its place is found at once.
  local mac
  mac=02:$(sed 's/../&:/g' <<<"${machine_id:0:10}")
  ip -n "$site" link add "$port" master "$bridge" type veth peer name eth0 address "${mac%:}" netns "$name"
  ip -n "$site" link set "$port" alias "$name"
  ip netns exec "$name" sh -c '
    [ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
  ip -n "$name" link set lo up
  ip -n "$name" addr add "$address" dev eth0
  touch "$LAB/hosts/$name/cabled"
}

attach_data_disk() {
  [ "$data" != - ] || return 0
  local disk=$LAB/hosts/$name/data
  ! mountpoint -q "$disk" || return 0
  mkdir -p "$disk"
  # No barriers: a lab's disk never has to survive the loss of this machine's power.
  mount -o loop,nobarrier,noinit_itable "$STATE/disks/$data" "$disk"
}

boot() {
  ip -n "$site" link set "$port" up
  ip -n "$name" link set eth0 up
  ip -n "$name" route replace default via "$gateway"
  local group
  group=/sys/fs/cgroup/$(cat "$LAB/cgroup")/$name
  mkdir -p "$group"
  local options=(--quiet --boot --register=no --keep-unit "--network-namespace-path=/run/netns/$name"
    "--directory=$LAB/hosts/$name/root" "--machine=$name" --console=pipe --resolv-conf=off --timezone=off --link-journal=no
    --drop-capability=CAP_MKNOD --capability=CAP_NET_ADMIN "--bind=$LAB/hosts/$name/fuse:/dev/fuse")
  [ "$data" = - ] || options+=("--bind=$LAB/hosts/$name/data:/srv")
  (
    status=133 # nspawn's way to say that the host asked for a reboot
    while [ $status = 133 ]; do
      status=0
      bash -c 'echo $$ >"$1/cgroup.procs"; shift; exec env -i PATH="$PATH" systemd-nspawn "$@"' nspawn "$group" "${options[@]}" || status=$?
    done
  ) 8>&- </dev/null >>"$STATE/logs/$name.log" 2>&1 &
  echo $! >"$LAB/hosts/$name/machine.pid"
}

wait_for_sshd() {
  export -f nap
  nsenter "--net=/run/netns/$name" timeout "$BOOT_TIMEOUT_SECONDS" bash -c '
    until { IFS= read -rt 1 banner <"/dev/tcp/$1/22"; } 2>/dev/null && [ "${banner#SSH-}" != "$banner" ]; do
      [ -d "/proc/$2" ] || exit 1 # it went off again
      nap
    done' wait "${address%/*}" "$(<"$LAB/hosts/$name/machine.pid")"
}

start() {
  make_system_disk
  plug_cable
  attach_data_disk
  is_on "$name" || boot
  wait_for_sshd || fail "$name: sshd"
}

pids=()
while IFS='|' read -r name address gateway site bridge port data machine_id domain; do
  start 8>&- &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit $failed
