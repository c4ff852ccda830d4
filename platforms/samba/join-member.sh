# Makes this host a member of the domain: resolver, Kerberos, Samba's configuration, join, winbind.
# Parameters: REALM WORKGROUP CONTROLLER_ADDRESS SMB_EXTRA (more lines for [global]) SMB_SHARES (share sections) SERVICES; secret: administrator's password.
# idmap `rid` gives the same numbers on any host, so restored files keep their owners (smb.conf(5), idmap_rid(8)).
changed=false
write() { # write FILE: replaces it from standard input only when it differs
  content=$(cat)
  if [ "$content" != "$(cat "$1" 2>/dev/null)" ]; then printf '%s\n' "$content" > "$1.dr-new"; mv "$1.dr-new" "$1"; changed=true; return 0; fi
}
mkdir -p /var/lib/samba/private/msg.sock /var/cache/samba /run/samba
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
before=$(cksum /etc/samba/smb.conf 2>/dev/null || true)
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
if ! net ads testjoin >/dev/null 2>&1; then
  echo 'Ingresso nel dominio / joining the domain' >&2
  export KRB5CCNAME=FILE:/run/dr-join.ccache
  kinit "Administrator@$REALM" <<< "$DR_SECRET" >/dev/null 2>/run/dr-join.log || { tail -2 /run/dr-join.log >&2; exit 1; }
  net ads join --use-kerberos=required --no-pass </dev/null >/run/dr-join.log 2>&1 || { tail -2 /run/dr-join.log >&2; kdestroy; exit 1; }
  kdestroy
  unset KRB5CCNAME
  changed=true
  joined=true
fi
systemctl unmask $SERVICES >/dev/null 2>&1
systemctl enable $SERVICES >/dev/null 2>&1
if [ "${joined:-}" = true ] || [ "$before" != "$(cksum /etc/samba/smb.conf)" ]; then systemctl restart $SERVICES; else systemctl start $SERVICES; fi
for _ in $(seq 200); do wbinfo -t >/dev/null 2>&1 && break; sleep 0.05; done
wbinfo -t >/dev/null || { echo 'La fiducia con il dominio non funziona / the trust with the domain does not work' >&2; exit 1; }
