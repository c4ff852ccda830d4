# Undoes stop-serving.sh. Parameters: UNITS (words). A machine that was not stopped is left alone.
export SYSTEMCTL_SKIP_SYSV=1
mark=/var/lib/dr/stopped
if [ ! -e "$mark" ]; then echo '{"changed":false}'; exit 0; fi
for unit in $UNITS; do
  systemctl --quiet unmask "$unit"
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  systemctl --quiet enable --now "$unit"
done
rm -f "$mark"
echo '{"changed":true}'
