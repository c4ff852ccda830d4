# What is really there, one fact a line. Args: DESK_SWITCH HOST...
source "$(dirname "$0")/lib.sh"
desk_switch=$1
shift

uptime_of() { # process id; the kernel counts start times in hundredths of a second
  local stat now fields
  stat=$(<"/proc/$1/stat")
  read -r now _ </proc/uptime
  read -ra fields <<<"${stat##*) }"
  printf '%s' $((${now%.*} - fields[19] / 100))
}

for name in "$@"; do
  leader=$(leader_of "$name")
  if [ -n "$leader" ]; then
    printf 'host|%s|running|%s\n' "$name" "$(uptime_of "$leader")"
  elif [ -e "$LAB/hosts/$name/made" ]; then
    printf 'host|%s|stopped|\n' "$name"
  else
    printf 'host|%s|destroyed|\n' "$name"
  fi
done
for slot in "$LAB"/cassettes/*/; do
  [ -e "$slot/host" ] || continue
  device=$(<"$slot/device")
  [ -e "/sys/block/${device#/dev/}/loop/backing_file" ] || continue # its host was restarted
  printf 'cassette|%s|%s|%s\n' "$(basename "$slot")" "$(<"$slot/host")" "$device"
done
ip -o link show dev wan | grep -q ' state UP ' && echo 'wan|up' || echo 'wan|down'
for line in "$LAB"/internet/lines/*/; do
  [ -e "$line/namespace" ] || continue
  state=down
  ! ip -n "$(<"$line/namespace")" -o link show dev outside | grep -q ' state UP ' || state=up
  printf 'line|%s|%s\n' "$(basename "$line")" $state
done
echo "ports|$(ip -json link show master "$desk_switch")"
