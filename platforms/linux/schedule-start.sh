# Starts the timers, anew where CHANGED is true. Parameters: TIMERS CHANGED; prints {"changed": bool}.
changed=$CHANGED
systemctl daemon-reload
for timer in $TIMERS; do
  if ! systemctl is-enabled --quiet "$timer" || ! systemctl is-active --quiet "$timer"; then changed=true; fi
  systemctl enable --quiet "$timer"
  if [ "$changed" = true ]; then systemctl restart "$timer"; else systemctl start "$timer"; fi
done
printf '{"changed":%s}\n' "$changed"
