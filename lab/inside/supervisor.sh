# Process 1 of a lab: makes what all hosts share (networks, root image), says "ready", then reaps what dies.
# Environment: LAB_DIRECTORY LAB_IMAGE LAB_RESTIC LAB_CGROUP; {PRIMARY,SECONDARY}_{SITE,GATEWAY} (the gateway with its prefix length).
set -euo pipefail

mount -n -t proc proc /proc
# A copy of the machine's os-release, because nspawn shows it to its hosts together with the path it comes from.
release=$(cat /etc/os-release)
restic=/run/restic
mount -n -t tmpfs -o mode=0755,nosuid,nodev lab /mnt
mkdir -p /mnt/lab/{state,image,common/up,common/work,common/root,hosts,cassettes} /mnt/netns
mkdir -m 0700 /mnt/lab/authority
mount -n --bind "$LAB_DIRECTORY" /mnt/lab/state
mount -n --bind -o ro "$LAB_IMAGE" /mnt/lab/image
[ -z "$LAB_RESTIC" ] || cp "$LAB_RESTIC" /mnt/restic
mount -n --move /mnt /run
printf '%s\n' "$release" >/run/lab/os-release
mount -n --bind /run/lab/os-release /etc/os-release
# The unified hierarchy alone, so that a lab is the same on every machine.
mount -n -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/$LAB_CGROUP"
printf '%s' "$LAB_CGROUP" >/run/lab/cgroup

# --- what all hosts have in common: one layer between the image and each host's own
common=/run/lab/common
mount -n -t overlay overlay -o "lowerdir=/run/lab/image,upperdir=$common/up,workdir=$common/work" $common/root
root=$common/root
: >"$root/etc/resolv.conf"
mkdir -p -m 0700 "$root/root/.ssh"
install -m 0600 /run/lab/state/id_ed25519.pub "$root/root/.ssh/authorized_keys"
[ -z "$LAB_RESTIC" ] || install -m 0755 $restic "$root/usr/local/bin/restic"
cat >"$root/etc/ssh/sshd_config" <<'CONFIG'
# Root by key only. Many sessions at once: provisioning runs several scripts over one connection.
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
# For set-clock.sh.
PermitUserEnvironment LD_PRELOAD,FAKETIME
MaxSessions 100
MaxStartups 100:30:200
SetEnv LANG=C.UTF-8
Subsystem sftp internal-sftp
CONFIG
# What a container has no use for, so that ten hosts are on in two seconds.
units=$root/etc/systemd/system
rm -f "$root/lib/systemd/system/multi-user.target.wants/systemd-logind.service" # the message bus starts it when it is asked for
for unit in getty.target console-getty.service systemd-pstore.service systemd-update-utmp.service \
  systemd-update-utmp-runlevel.service systemd-journal-flush.service systemd-random-seed.service systemd-binfmt.service \
  dev-hugepages.mount systemd-udevd.service systemd-udev-trigger.service ldconfig.service \
  systemd-boot-system-token.service systemd-ask-password-console.path systemd-ask-password-wall.path; do
  ln -sfn /dev/null "$units/$unit"
done
# The kernel names the files behind all loop devices of this machine there.
cat >"$units/sys-devices-virtual-block.mount" <<'UNIT'
[Unit]
DefaultDependencies=no
Before=sysinit.target
[Mount]
What=tmpfs
Where=/sys/devices/virtual/block
Type=tmpfs
Options=ro
UNIT
mkdir -p "$units/sysinit.target.wants"
ln -s ../sys-devices-virtual-block.mount "$units/sysinit.target.wants/"
# Who signs for the lab's suppliers; every host trusts it as an authority of its own. Its key never is where a host could see it.
mount --bind /run/lab/authority "$root/mnt"
chroot "$root" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 365 -keyout /mnt/key.pem \
  -out /mnt/certificate.pem -subj '/O=Laboratorio/CN=Autorita dei fornitori del laboratorio' 2>/dev/null
umount "$root/mnt"
trusted=usr/local/share/ca-certificates/lab-suppliers.crt
mkdir -p "$root/${trusted%/*}" "$root/etc/ssl/certs"
install -m 0644 /run/lab/authority/certificate.pem "$root/$trusted"
cat "$root/$trusted" >>"$root/etc/ssl/certs/ca-certificates.crt"
ln -s "/$trusted" "$root/etc/ssl/certs/$(chroot "$root" openssl x509 -noout -hash -in "/$trusted").0"
umount "$root"

# --- networks. This namespace is the router of the secondary site, and the laptop from which the work is done.
site_router() { # namespace gateway
  local namespace=$1 gateway=$2
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link add cabinet type bridge
  ip -n "$namespace" addr add "$gateway" dev cabinet
  ip -n "$namespace" link set cabinet up
  ip netns exec "$namespace" sh -c '
    echo 1 >/proc/sys/net/ipv4/ip_forward
    [ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
}
ip netns attach "$SECONDARY_SITE" 1
ip netns add "$PRIMARY_SITE"
site_router "$SECONDARY_SITE" "$SECONDARY_GATEWAY"
site_router "$PRIMARY_SITE" "$PRIMARY_GATEWAY"
# The desks' switch, joined to the cabinet by an uplink that takes none of its ports.
ip link add desks type bridge
ip link add uplink master desks type veth peer name desks-uplink
ip link set desks-uplink master cabinet up
ip link set uplink up
ip link set desks up
ip link add wan type veth peer name wan netns "$PRIMARY_SITE"
ip addr add 169.254.55.2/30 dev wan
ip -n "$PRIMARY_SITE" addr add 169.254.55.1/30 dev wan

touch /run/lab/ready
echo ready
cd /
while :; do
  sleep 86400 &
  wait $! || :
done
