# Makes this host a member of the domain: resolver, Kerberos, Samba's configuration, join, winbind.
# Parameters: REALM WORKGROUP CONTROLLER_ADDRESS SMB_EXTRA (more lines for [global]) SMB_SHARES (share sections) SERVICES; secret: administrator's password.
# idmap `rid` gives the same numbers on any host, so restored files keep their owners (smb.conf(5), idmap_rid(8)).
changed=false
write() { # write FILE: replaces it from standard input only when it differs
  local content
  content=$(</dev/stdin)
  if [ -r "$1" ] && [ "$content" = "$(<"$1")" ]; then return 0; fi
  printf '%s\n' "$content" > "$1.dr-new"
  mv "$1.dr-new" "$1"
  changed=true
}
# Without it, enabling a unit runs Debian's hook for init scripts: half a second of processor time for links that nothing reads.
export SYSTEMCTL_SKIP_SYSV=1
enable_units() { # enable_units UNIT...: they start with the machine; those that do already are left alone
  local states
  states=$(systemctl is-enabled "$@" 2>/dev/null || true)
  case $states in *masked*) systemctl --quiet unmask "$@" ;; esac
  case $states in *masked* | *disabled*) systemctl --quiet --no-reload enable "$@" ;; esac
}
trusts_domain() { wbinfo -t >/dev/null 2>&1; }
mkdir -p /var/lib/samba/private/msg.sock /var/cache/samba /run/samba
write /etc/samba/smb.conf <<E
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
$SMB_SHARES
E
restart=$changed
write /etc/resolv.conf <<E
nameserver $CONTROLLER_ADDRESS
search ${REALM,,}
E
write /etc/krb5.conf <<E
[libdefaults]
  default_realm = $REALM
  dns_lookup_realm = false
  dns_lookup_kdc = true
  rdns = false
E
# A member whose trust works is joined; only where it does not is the join itself looked at.
trusted=false
if [ "$restart" = false ] && trusts_domain; then
  trusted=true
elif [ ! -e /var/lib/samba/private/secrets.tdb ] || ! net ads testjoin >/dev/null 2>&1; then
  echo 'Ingresso nel dominio / joining the domain' >&2
  export KRB5CCNAME=FILE:/run/dr-join.ccache
  # A controller that has just started may refuse for a moment; a wrong password is not asked again, so that no account gets locked.
  for _ in 1 2 3 4 5; do
    kinit "Administrator@$REALM" <<< "$DR_SECRET" >/dev/null 2>/run/dr-join.log &&
      net ads join --use-kerberos=required --no-pass </dev/null >/run/dr-join.log 2>&1 && joined=true && break
    grep -qi 'password incorrect\|preauthentication failed' /run/dr-join.log && break
    sleep 1
  done
  kdestroy 2>/dev/null || true
  [ "${joined:-}" = true ] || { tail -2 /run/dr-join.log >&2; exit 1; }
  unset KRB5CCNAME
  changed=true
  restart=true
fi
enable_units $SERVICES
if [ "$restart" = true ]; then systemctl restart $SERVICES; else systemctl start $SERVICES; fi
if [ "$trusted" = false ]; then
  for _ in $(seq 200); do trusts_domain && trusted=true && break; sleep 0.05; done
fi
[ "$trusted" = true ] || { echo 'La fiducia con il dominio non funziona / the trust with the domain does not work' >&2; exit 1; }
