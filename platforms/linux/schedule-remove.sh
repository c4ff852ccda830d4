# Takes the scheduled job away, with its settings, secrets and history. Parameters: UNITS TOOL SETTINGS STATE CACHE USER_NAME; prints {"changed": bool}.
changed=false
gone() { for path in "$@"; do if [ -e "$path" ]; then rm -rf --one-file-system "$path"; changed=true; fi; done; }
for unit in $UNITS; do
  if [ -e "/etc/systemd/system/$unit" ]; then systemctl disable --quiet --now "$unit"; systemctl reset-failed "$unit" 2>/dev/null || true; fi
  gone "/etc/systemd/system/$unit" "/etc/systemd/system/$unit.d" "/var/lib/systemd/timers/stamp-$unit"
done
[ "$changed" = false ] || systemctl daemon-reload
gone "$TOOL" "$SETTINGS" "$STATE" "$CACHE" /etc/sysusers.d/lucca-dr.conf
if getent passwd "$USER_NAME" >/dev/null; then userdel "$USER_NAME"; changed=true; fi
printf '{"changed":%s}\n' "$changed"
