# Creates the domain on its first controller. Parameters: REALM WORKGROUP ADDRESS; secret: the administrator's password.
# Done already (the database of this realm is there): says so and changes nothing.
if [ -e /var/lib/samba/restored ]; then
  refuse DOMAIN_RESTORED \
    "Su $(hostname) c'è il dominio ripristinato da una copia: uno nuovo lo cancellerebbe. / The domain restored from a backup is here: a new one would erase it." \
    'Indicare allo stack la cassetta e lo snapshot da cui viene (--label, --snapshot). / Name to the stack the cassette and the snapshot that it came from.'
fi
if [ -f /var/lib/samba/private/sam.ldb ] && grep -qi "realm = $REALM" /etc/samba/smb.conf 2>/dev/null; then
  changed=false
else
  systemctl stop samba-ad-dc 2>/dev/null || true
  rm -rf /var/lib/samba /var/cache/samba /etc/samba/smb.conf
  mkdir -p /var/lib/samba/private /var/cache/samba
  echo 'Creazione del dominio / creating the domain' >&2
  # A password must never be an argument: provision makes a random one, which is replaced below and never shown.
  said=$(samba-tool domain provision --server-role=dc --use-rfc2307 --dns-backend=SAMBA_INTERNAL \
    --realm="$REALM" --domain="$WORKGROUP" --host-ip="$ADDRESS" \
    --option='interfaces=lo eth0' --option='bind interfaces only=yes' 2>&1) \
    || { grep -v -i password <<< "$said" | tail -3 >&2; exit 1; }
  cp /var/lib/samba/private/krb5.conf /etc/krb5.conf
  changed=true
fi
printf '%s\n%s\n' "$DR_SECRET" "$DR_SECRET" | samba-tool user setpassword Administrator >/dev/null 2>&1
printf 'nameserver %s\nsearch %s\n' "$ADDRESS" "${REALM,,}" > /etc/resolv.conf
systemctl unmask samba-ad-dc >/dev/null 2>&1
systemctl enable --now samba-ad-dc >/dev/null 2>&1
# Its DNS answers before its directory does; members need both.
answers() {
  host -t SRV "_ldap._tcp.${REALM,,}" "$ADDRESS" >/dev/null 2>&1 && ldbsearch -H "ldap://$ADDRESS" -s base -b '' dnsHostName >/dev/null 2>&1
}
for _ in $(seq 300); do answers && break; sleep 0.1; done
answers || { echo 'Il dominio non risponde / the domain does not answer' >&2; exit 1; }
printf '{"changed":%s}\n' "$changed"
