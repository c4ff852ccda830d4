# On the host, as an administrator would type it: into the domain. Nothing is looked at first, so it can be run once only.
# Variables: REALM WORKGROUP CONTROLLER_ADDRESS SMB_EXTRA SERVICES ADMINISTRATOR_PASSWORD.
set -euo pipefail
export SYSTEMCTL_SKIP_SYSV=1 # Debian would run the hooks of old init scripts
printf 'nameserver %s\nsearch %s\n' "$CONTROLLER_ADDRESS" "${REALM,,}" >/etc/resolv.conf
cat >/etc/krb5.conf <<CONFIG
[libdefaults]
  default_realm = $REALM
  dns_lookup_realm = false
  dns_lookup_kdc = true
  rdns = false
CONFIG
mkdir -p /var/lib/samba/private/msg.sock /var/cache/samba /run/samba
cat >/etc/samba/smb.conf <<CONFIG
[global]
  security = ads
  realm = $REALM
  workgroup = $WORKGROUP
  kerberos method = secrets and keytab
  idmap config * : backend = tdb
  idmap config * : range = 3000-7999
  idmap config $WORKGROUP : backend = rid
  idmap config $WORKGROUP : range = 10000-999999
  template shell = /bin/bash
  template homedir = /home/%U
  interfaces = lo eth0
  bind interfaces only = yes
  disable netbios = yes
$SMB_EXTRA
CONFIG
kinit "Administrator@$REALM" <<<"$ADMINISTRATOR_PASSWORD" >/dev/null
net ads join --use-kerberos=required --no-pass </dev/null >/dev/null
kdestroy
systemctl --quiet --no-reload enable $SERVICES
systemctl restart $SERVICES
until wbinfo -t >/dev/null 2>&1; do sleep 0.05; done
