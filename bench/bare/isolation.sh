# On the host: no server of the lost site answers. Variables: OTHERS (addresses).
for address in $OTHERS; do
  (ping -c1 -W0.7 "$address" >/dev/null 2>&1 && echo "$address") &
  for port in 53 88 389 445 22; do
    (timeout 0.7 bash -c ": </dev/tcp/$address/$port" 2>/dev/null && echo "$address") &
  done
done >/run/answered
wait
[ ! -s /run/answered ]
