# Starts the domain that restore-domain.sh has unpacked here. Parameters: REALM ADDRESS CONTROLLER
# SNAPSHOT (its id or how that begins, or latest: whichever is here).
# Two sites must never serve the same domain: nothing but this starts it, and this only after the proof (prove-silence).
folder=/var/lib/samba/restored
restored=$(cat "$folder/.dr-restored" 2>/dev/null || true)
if [ -z "$restored" ] || { [ "$SNAPSHOT" != latest ] && [[ $restored != "$SNAPSHOT"* ]]; }; then
  refuse DOMAIN_NOT_RESTORED \
    "Su $(hostname) il dominio di quello snapshot non c'è. / The domain of that snapshot is not on this host." \
    'Eseguire prima "restore-domain". / Run "restore-domain" first.'
fi
mark="$folder/.dr-started" # written last: what was cut off is done again
changed=false
printf 'nameserver %s\nsearch %s\n' "$ADDRESS" "${REALM,,}" > /etc/resolv.conf
export SYSTEMCTL_SKIP_SYSV=1
systemctl --quiet unmask samba-ad-dc
systemctl --quiet enable samba-ad-dc
systemctl is-active --quiet samba-ad-dc || { systemctl start samba-ad-dc; changed=true; }
echo 'Il controller si avvia / the controller starts' >&2
# Its DNS answers before its directory does; members need both.
answers() {
  host -t SRV "_ldap._tcp.${REALM,,}" "$ADDRESS" >/dev/null 2>&1 && ldbsearch -H "ldap://$ADDRESS" -s base -b '' dnsHostName >/dev/null 2>&1
}
for _ in $(seq 600); do answers && break; sleep 0.1; done
answers || { echo 'Il dominio non risponde / the domain does not answer' >&2; exit 1; }
if [ ! -e "$mark" ]; then
  samba_dnsupdate >/dev/null 2>&1 || samba_dnsupdate >&2
  changed=true
fi
host -t A "$CONTROLLER.${REALM,,}" "$ADDRESS" >/dev/null || { echo "Il DNS del dominio non conosce $CONTROLLER / the domain's DNS does not know $CONTROLLER" >&2; exit 1; }
touch "$mark"
printf '{"changed":%s}\n' "$changed"
