# Tries what accounts may and may not do on shares, each with its own Kerberos ticket. Parameters: REALM SERVER PROBES (JSON list of
# {id, account, verb: read|list|write, share, path}, a read with what is written to the same share, {id, path}, as `write`);
# secret: the accounts' password. Prints one JSON object a line: {id, ok, said}.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for account in $(jq -r '[.[].account] | unique | .[]' <<< "$PROBES"); do
  kinit -c "FILE:$folder/$account.ccache" "$account@$REALM" <<< "$DR_SECRET" >/dev/null 2>"$folder/$account.kinit" &
done
wait
smb() { KRB5CCNAME="FILE:$folder/$1.ccache" smbclient "//$SERVER/$2" --use-kerberos=required --no-pass -c "$3" 2>&1; }
writing() { # writing ID PATH: what writes, reads back and deletes
  printf 'prova di scrittura %s' "$1" > "$folder/$1.in"
  printf 'put "%s" "%s"; get "%s" "%s"; del "%s"' "$folder/$1.in" "$2" "$2" "$folder/$1.out" "$2"
}
probe() {
  said=
  if [ -s "$folder/$account.kinit" ] && [ ! -s "$folder/$account.ccache" ]; then said="kinit: $(tail -1 "$folder/$account.kinit")"; return 1; fi
  case $verb in
    read) said=$(smb "$account" "$share" "get \"$path\" \"$folder/$id\"") || return 1; said=$(base64 -w0 < "$folder/$id") ;;
    list) said=$(smb "$account" "$share" "cd \"$path\"; ls") || return 1 ;;
    write)
      said=$(smb "$account" "$share" "$(writing "$id" "$path")") || return 1
      cmp -s "$folder/$id.in" "$folder/$id.out" || { said="riletto diverso / read back differently: $said"; return 1; } ;;
  esac
}
answer() { # answer: tries one, and says how it went in a line: id, ok, and what was said in base64
  local ok=true
  probe </dev/null || ok=false
  # NT_STATUS errors inside a session do not always show in smbclient's exit status.
  if grep -q NT_STATUS_ <<< "$said"; then ok=false; fi
  tell
}
tell() { printf '%s\t%s\t%s\n' "$id" "$ok" "$(base64 -w0 <<< "$said")"; }
# To log on takes longer than what is done then, so an account reads and writes on a share at once. Where that did not go well, each is
# tried by itself, so that what is said is about that one.
both() { # both WRITE_ID WRITE_PATH
  local ok=true
  said=$(smb "$account" "$share" "get \"$path\" \"$folder/$id\"; $(writing "$1" "$2")" </dev/null) &&
    ! grep -q NT_STATUS_ <<< "$said" && cmp -s "$folder/$1.in" "$folder/$1.out" || return 1
  said=$(base64 -w0 < "$folder/$id")
  tell
  id=$1 said=
  tell
}
all() { # all [WRITE_ID WRITE_PATH]
  [ -n "$1" ] || { answer; return; }
  if both "$@"; then return; fi
  answer
  id=$1 verb=write path=$2
  answer
}
# jq takes longer to start than a probe: one reads all of them, one writes all the answers. Four are tried at a time.
jq -r '.[] | [.id, .account, .verb, .share, .path, .write.id, .write.path] | @tsv' <<< "$PROBES" > "$folder/probes"
while IFS=$'\t' read -r id account verb share path write_id write_path; do
  [ "$(jobs -rp | wc -l)" -lt 4 ] || wait -n || true
  all "$write_id" "$write_path" &
done < "$folder/probes" > "$folder/answers"
wait
jq -Rc 'split("\t") | {id: .[0], ok: (.[1] == "true"), said: (.[2] | @base64d | rtrimstr("\n"))}' "$folder/answers"
