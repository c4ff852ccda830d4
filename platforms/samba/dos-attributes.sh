# Marks files read-only or hidden as a person would, through SMB. Parameters: REALM SERVER COMMANDS (JSON: {share: [smbclient commands]});
# secret: administrator's password.
export KRB5CCNAME=FILE:/run/dr-attributes.ccache
kinit "Administrator@$REALM" <<< "$DR_SECRET" >/dev/null
trap 'kdestroy' EXIT
jq -r 'keys[]' <<< "$COMMANDS" | while IFS= read -r share; do
  said=$(jq -r --arg share "$share" '.[$share][]' <<< "$COMMANDS" | smbclient "//$SERVER/$share" --use-kerberos=required --no-pass 2>&1)
  if grep NT_STATUS_ <<< "$said" >&2; then exit 1; fi
done
