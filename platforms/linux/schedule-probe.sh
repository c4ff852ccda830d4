# What is there of the scheduled job: one JSON object. Parameters: SETTINGS LOCK (held while a verification runs).
there() { [ -d "$1" ] && echo true || echo false; }
busy=false
if [ -e "$LOCK" ]; then flock --nonblock "$LOCK" true || busy=true; fi
printf '{"systemd":%s,"busy":%s,"inventory":"%s"}\n' "$(there /run/systemd/system)" "$busy" "$(cat "$SETTINGS/inventory/.digest" 2>/dev/null || true)"
