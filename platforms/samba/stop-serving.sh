# This machine serves the domain no more, also not after a restart; its data stay as they are. Parameters: UNITS (words).
# The mark says since when: a copy taken later holds everything. Scripts that would start the services again refuse while it is there.
export SYSTEMCTL_SKIP_SYSV=1
mark=/var/lib/dr/stopped
changed=false
for unit in $UNITS; do
  [ "$(systemctl is-enabled "$unit" 2>/dev/null)" != masked ] || ! systemctl is-active --quiet "$unit" || systemctl stop "$unit"
  [ "$(systemctl is-enabled "$unit" 2>/dev/null)" != masked ] || continue
  systemctl cat "$unit" >/dev/null 2>&1 || continue # an application that is not on this machine
  own=/etc/systemd/system/$unit # in the place that a mask would take
  if [ -f "$own" ] && [ "$(systemctl is-enabled "$unit")" = disabled ] && ! systemctl is-active --quiet "$unit"; then continue; fi
  systemctl --quiet disable --now "$unit"
  [ -f "$own" ] || systemctl --quiet mask "$unit"
  changed=true
done
if [ "$changed" = true ] || [ ! -e "$mark" ]; then
  mkdir -p -m 0700 /var/lib/dr
  date -u +%Y-%m-%dT%H:%M:%SZ > "$mark.new"
  mv "$mark.new" "$mark"
  changed=true
fi
printf '{"changed":%s,"stoppedAtUtc":"%s"}\n' "$changed" "$(cat "$mark")"
