/**
 * What a lab host's root file system is made of. The recipe is here, not in setup/, because its digest names the folder
 * in the cache: whoever changes the recipe gets a new image, and two checkouts never overwrite each other's.
 */
import { createHash } from 'node:crypto';

/** Where the image holds what {@link trytonDatabase} makes. */
export const TRYTON_DATABASE = '/usr/local/share/tryton-attendance.sql';

export type LabImageRecipe = { suite: string; packages: readonly string[]; customise: string };

/**
 * Turns a fresh Debian into a host of no role: nothing of the machine that built it (host name, resolver, package
 * sources), nothing that must differ between hosts (keys, machine id), and no service that only a role should start.
 * It runs with the root folder as `$1`, outside it.
 */
const noTraces = `set -eu
root=$1

: >"$root/etc/hostname"
: >"$root/etc/machine-id"
printf '127.0.0.1 localhost\\n' >"$root/etc/hosts"
printf 'LANG=C.UTF-8\\n' >"$root/etc/default/locale"
rm -rf "$root/etc/resolv.conf" "$root/etc/krb5.keytab" "$root/etc/samba/smb.conf" "$root/var/lib/dbus/machine-id"
rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d" "$root/etc/apt/apt.conf.d" "$root/etc/apt/auth.conf.d"
rm -rf "$root"/etc/ssh/ssh_host_* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/*.log "$root"/var/log/apt
rm -rf "$root"/etc/ssl/*/ssl-cert-snakeoil.* "$root"/tmp/* "$root"/var/tmp/*
`;

const noDomain = `find "$root/var/lib/samba" "$root/var/cache/samba" -type f -delete
`;

const smallEngines = `find "$root/etc/ssl/certs" -xtype l -delete
# PostgreSQL compiles no queries where it finds no compiler, which is 160 MB of the image; its key is one of each host's.
rm -rf "$root"/usr/lib/*/libLLVM* "$root"/usr/lib/*/libz3* "$root"/usr/lib/postgresql/*/lib/llvmjit* "$root"/usr/lib/postgresql/*/lib/bitcode
sed -i 's/^ssl = on/ssl = off/' "$root"/etc/postgresql/*/main/postgresql.conf
mkdir -p "$root/etc/apt/apt.conf.d" "$root/media"

sysctl() { chroot "$root" systemctl --quiet "$@"; }
`;

const servicesOff = `sysctl disable smbd nmbd winbind samba-ad-dc cups cups.socket cups.path
sysctl disable postgresql mariadb tryton-server tt-rss php8.2-fpm nginx dnsmasq
sysctl mask phpsessionclean.timer nmbd apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer
sysctl unmask samba-ad-dc
sysctl enable ssh pcscd.socket
`;

/**
 * Tryton's empty database with the attendance module, as a file for whoever installs it at Lucca: making it takes forty seconds of a
 * processor, and here it is made once. The engine that does it lives in namespaces of its own and is gone with them.
 */
const trytonDatabase = `
tryton='
mount -t proc proc /proc
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
export LC_ALL=C.UTF-8 HOME=/tmp PGHOST=/tmp TRYTONPASSFILE=/tmp/password
export PGDATA=/tmp/data PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"
as() { runuser -u tryton -- "$@" >>/tmp/log 2>&1 || { cat /tmp/log >&2; exit 1; }; }
as initdb --no-sync --auth=trust --encoding=UTF8
as pg_ctl --wait --options="-F -k /tmp -c listen_addresses=" start
as createdb tryton
echo "[database]\nuri = postgresql://" >/tmp/trytond.conf
head -c 24 /dev/urandom | base64 >/tmp/password
as trytond-admin --config /tmp/trytond.conf --database tryton --update attendance --activate-dependencies --email root@localhost
runuser -u tryton -- pg_dump --no-owner --no-privileges tryton >/tmp/tryton.sql
mv /tmp/tryton.sql ${TRYTON_DATABASE}
as pg_ctl --mode=immediate stop
'
unshare --mount --pid --net --ipc --fork --kill-child chroot "$root" sh -euc "$tryton"
`;

/** Debian packages by purpose; the roles turn on the services that they need. */
const packages = {
  machine: 'systemd systemd-sysv dbus iproute2 iputils-ping openssh-server nftables procps libfaketime',
  domain: 'samba samba-ad-dc samba-ad-provision samba-vfs-modules samba-dsdb-modules ldb-tools dnsutils',
  member: 'winbind libnss-winbind libpam-winbind smbclient krb5-user attr acl',
  restore: 'restic rsync tar jq python3 fuse3 smbnetfs sshfs',
  desk: 'pcscd cups cups-bsd cups-client',
  // Engines first; then the products that stand in for the Chamber's own (dbconfig-no-thanks: no database is made here).
  application:
    'postgresql mariadb-server dbconfig-no-thanks tryton-server-postgresql tryton-modules-attendance tt-rss php php8.2-fpm php-mysql nginx',
  internet: 'dnsmasq openssl ca-certificates',
};

export const labImageRecipe: LabImageRecipe = {
  suite: 'bookworm',
  packages: Object.values(packages).join(' ').split(' '),
  customise: noTraces + noDomain + smallEngines + servicesOff + trytonDatabase,
};

/**
 * The next Debian with its newer engines, for one host: a spare server that is younger than Lucca's. Tests restore applications onto it
 * (`DR_LAB_IMAGE`).
 */
export const newerLabImageRecipe: LabImageRecipe = {
  suite: 'trixie',
  packages:
    'systemd systemd-sysv dbus iproute2 openssh-server openssl ca-certificates nftables procps tar acl attr python3 postgresql mariadb-server'.split(
      ' ',
    ),
  customise: `${noTraces}${smallEngines}sysctl disable postgresql mariadb
sysctl mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer
sysctl enable ssh
`,
};

/** Twelve hexadecimal digits that change when anything of the recipe does. */
export function labImageDigest(recipe: LabImageRecipe = labImageRecipe): string {
  const parts = [recipe.suite, process.arch, ...recipe.packages, recipe.customise];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
