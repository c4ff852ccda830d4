# The host is spare hardware again; its applications went before. Parameters: KIND (of the inventory's hosts).
changed=false
gone() { for path in "$@"; do if [ -e "$path" ]; then rm -rf --one-file-system "$path"; changed=true; fi; done; }
for unit in smbd winbind samba-ad-dc cups; do
  if systemctl is-enabled --quiet "$unit" 2>/dev/null; then systemctl disable --now "$unit" >/dev/null 2>&1; changed=true; fi
done
gone /etc/samba/smb.conf /etc/krb5.conf /etc/krb5.keytab /var/lib/samba/restored
find /var/lib/samba /var/cache/samba -mindepth 1 -delete 2>/dev/null || true
case $KIND in
  file-server) gone /srv/shares /srv/.dr-restoring /srv/.dr-restored ;;
  workstation) gone /usr/local/bin/office-share /etc/profile.d/office-share.sh; rm -f /usr/share/applications/infocamere-*.desktop ;;
esac
if [ "$(systemctl is-enabled samba-ad-dc 2>/dev/null)" = masked ]; then systemctl --quiet unmask samba-ad-dc; changed=true; fi # see restore-domain.sh
if [ -e /var/lib/dr/stopped ]; then # see stop-serving.sh; last, when there is nothing left that could be served
  systemctl --quiet unmask smbd winbind
  gone /var/lib/dr/stopped
fi
: > /etc/resolv.conf
printf '{"changed":%s}\n' "$changed"
