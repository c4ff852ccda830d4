# The user, the settings and the units of the scheduled job; timers are started. Parameters: USER_NAME SETTINGS STATE ACCESS and, for each
# unit, its file name in UNITS and its text in UNIT_1, UNIT_2 ...; prints {"changed": bool}.
changed=false
put() { # mode group path, content on standard input
  local new=$3.new
  (umask 077; cat >"$new")
  chgrp "$2" "$new" && chmod "$1" "$new"
  if cmp -s "$new" "$3"; then rm "$new"; else mv "$new" "$3"; changed=true; fi
}
getent passwd "$USER_NAME" >/dev/null || changed=true
mkdir -p /etc/sysusers.d
put 0644 root /etc/sysusers.d/lucca-dr.conf <<<"u $USER_NAME - \"Lucca DR\" $STATE"
systemd-sysusers /etc/sysusers.d/lucca-dr.conf >&2
install -d -m 0750 -g "$USER_NAME" "$SETTINGS"
install -d -m 0700 "$SETTINGS/secrets"
put 0640 "$USER_NAME" "$SETTINGS/access.yaml" <<<"$ACCESS"
number=0
for unit in $UNITS; do
  number=$((number + 1)) text=UNIT_$number
  put 0644 root "/etc/systemd/system/$unit" <<<"${!text}"
done
printf '{"changed":%s}\n' "$changed"
