# Tries what accounts may and may not do on shares, each with its own Kerberos ticket. Parameters: REALM SERVER PROBES (JSON list of
# {id, account, verb: read|list|write, share, path}); secret: the accounts' password. Prints one JSON object a line: {id, ok, said}.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for account in $(jq -r '[.[].account] | unique | .[]' <<< "$PROBES"); do
  kinit -c "FILE:$folder/$account.ccache" "$account@$REALM" <<< "$DR_SECRET" >/dev/null 2>"$folder/$account.kinit" || true
done
smb() { KRB5CCNAME="FILE:$folder/$1.ccache" smbclient "//$SERVER/$2" --use-kerberos=required --no-pass -c "$3" 2>&1; }
probe() {
  said=
  if [ -s "$folder/$account.kinit" ] && [ ! -s "$folder/$account.ccache" ]; then said="kinit: $(tail -1 "$folder/$account.kinit")"; return 1; fi
  case $verb in
    read) said=$(smb "$account" "$share" "get \"$path\" \"$folder/$id\"") || return 1; said=$(base64 -w0 < "$folder/$id") ;;
    list) said=$(smb "$account" "$share" "cd \"$path\"; ls") || return 1 ;;
    write)
      printf 'prova di scrittura %s' "$id" > "$folder/in"
      said=$(smb "$account" "$share" "put \"$folder/in\" \"$path\"; get \"$path\" \"$folder/out\"; del \"$path\"") || return 1
      cmp -s "$folder/in" "$folder/out" || { said="riletto diverso / read back differently: $said"; return 1; } ;;
  esac
}
count=$(jq length <<< "$PROBES")
for ((i = 0; i < count; i++)); do
  IFS=$'\t' read -r id account verb share path < <(jq -r ".[$i] | [.id, .account, .verb, .share, .path] | @tsv" <<< "$PROBES")
  if probe; then ok=true; else ok=false; fi
  # NT_STATUS errors inside a session do not always show in smbclient's exit status.
  if grep -q NT_STATUS_ <<< "$said"; then ok=false; fi
  jq -nc --arg id "$id" --argjson ok "$ok" --arg said "$said" '{id: $id, ok: $ok, said: $said}'
done
