# Brings the domain back on this new controller, from the archive that `backup-domain.sh` made.
# Parameters: REALM ADDRESS CONTROLLER (new name; Samba refuses the old one) ARCHIVE SNAPSHOT.
# Source: samba-tool(8) "domain backup restore"; the wiki page on restoring an AD domain: every old controller is removed
# and all roles move here. Cut off at any point, it starts over: the mark is written last.
folder=/var/lib/samba/restored
mark="$folder/.dr-restored"
if [ "$(cat "$mark" 2>/dev/null)" = "$SNAPSHOT" ]; then
  changed=false
else
  if [ -e "$mark" ]; then
    echo "Qui c'è già un dominio, dallo snapshot $(cat "$mark"). Riportare prima la macchina a riposo. / A domain from another snapshot is here: stand the host down first." >&2
    exit 1
  fi
  if [ -f /var/lib/samba/private/sam.ldb ]; then
    echo 'Questa macchina è già un controller di dominio: non si sovrascrive. / This host already is a domain controller: not overwritten.' >&2
    exit 1
  fi
  systemctl stop samba-ad-dc 2>/dev/null || true
  rm -rf "$folder"
  mkdir -p /var/lib/samba /var/cache/samba
  echo 'Ripristino della base dati del dominio / restoring the domain database' >&2
  samba-tool domain backup restore --backup-file="$ARCHIVE" --newservername="$CONTROLLER" --host-ip="$ADDRESS" \
    --targetdir="$folder" >/var/log/dr-domain-restore.log 2>&1 || { tail -3 /var/log/dr-domain-restore.log >&2; exit 1; }
  # Samba does not start without them and does not make them.
  mkdir -p "$folder/private/tls" "$folder/cache" "$folder/bind-dns"
  chmod 700 "$folder/private/tls"
  cp "$folder/etc/smb.conf" /etc/samba/smb.conf
  cp "$folder/private/krb5.conf" /etc/krb5.conf
  printf '%s' "$SNAPSHOT" > "$mark"
  changed=true
fi
printf 'nameserver %s\nsearch %s\n' "$ADDRESS" "${REALM,,}" > /etc/resolv.conf
systemctl unmask samba-ad-dc >/dev/null 2>&1
systemctl enable samba-ad-dc >/dev/null 2>&1
systemctl is-active --quiet samba-ad-dc || systemctl start samba-ad-dc
echo 'Il controller si avvia / the controller starts' >&2
# Its DNS answers before its directory does; members need both.
answers() {
  host -t SRV "_ldap._tcp.${REALM,,}" "$ADDRESS" >/dev/null 2>&1 && ldbsearch -H "ldap://$ADDRESS" -s base -b '' dnsHostName >/dev/null 2>&1
}
for _ in $(seq 600); do answers && break; sleep 0.1; done
answers || { echo 'Il dominio non risponde / the domain does not answer' >&2; exit 1; }
if [ "$changed" = true ]; then samba_dnsupdate >/dev/null 2>&1 || samba_dnsupdate >&2; fi
host -t A "$CONTROLLER.${REALM,,}" "$ADDRESS" >/dev/null || { echo "Il DNS del dominio non conosce $CONTROLLER / the domain's DNS does not know $CONTROLLER" >&2; exit 1; }
rm -f "$ARCHIVE"
printf '{"changed":%s}\n' "$changed"
