# Unpacks the domain for this new controller, from the archive that `backup-domain.sh` made. Nothing is served by it, also not after
# a start of the machine: that is start-domain.sh's, once nobody else serves the domain.
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
  systemctl --quiet mask samba-ad-dc
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
rm -f "$ARCHIVE"
printf '{"changed":%s}\n' "$changed"
