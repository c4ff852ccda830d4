# How the scheduled job stands: one JSON object. Parameters: TOOL VERIFY VERIFY_TIMER WATCH WATCH_TIMER.
show() { systemctl show --timestamp=utc --property "$2" --value "$1" 2>/dev/null || true; }
epoch() { [ -n "$1" ] && date --utc --date "$1" +%Y-%m-%dT%H:%M:%SZ || true; }
unit() { # key service timer
  printf '"%s":{"timer":"%s","nextUtc":"%s","lastStartUtc":"%s","service":"%s","result":"%s"}' "$1" \
    "$(show "$3" ActiveState)" "$(epoch "$(show "$3" NextElapseUSecRealtime)")" "$(epoch "$(show "$2" ExecMainStartTimestamp)")" \
    "$(show "$2" ActiveState)" "$(show "$2" Result)"
}
installed=false
[ ! -e "$TOOL/bin/dr" ] || installed=true
printf '{"installed":%s,%s,%s}\n' "$installed" "$(unit verify "$VERIFY" "$VERIFY_TIMER")" "$(unit watch "$WATCH" "$WATCH_TIMER")"
