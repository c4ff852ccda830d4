# What one vantage point sees of other machines. Looks only, and needs bash and coreutils; ping is used where there is one.
# Parameters: GATEWAY (of its own site) NEIGHBOURS (addresses of machines at its own site) TARGETS (words NAME=ADDRESS)
# LANDMARKS (words NAME=ADDRESS: no servers; reached, they show that a way leads there)
# PORTS (words SERVICE=PORT) PRESENCE (true: a sign of life that is no service counts too) DNS_DOMAIN WAIT (whole seconds).
# Prints lines: "gateway", "neighbour ADDRESS" (reached: its own network works), then "answer NAME SERVICE".
knock() { # knock ADDRESS PORT: open, refused (nothing listens, but somebody is there) or silent
  local said
  if said=$(LC_ALL=C timeout "$WAIT" bash -c ": </dev/tcp/$1/$2" 2>&1); then echo open
  elif [[ $said == *'Connection refused'* ]]; then echo refused
  else echo silent; fi
}
pings() { ping -c1 -W"$WAIT" "$1" >/dev/null 2>&1; }
there() { [ "$(knock "$1" 22)" != silent ] || pings "$1"; }
# A DNS question written by hand (RFC 1035), as a bare machine has no program for it: who serves the domain's directory?
question() {
  local label
  printf '\x2a\x2a\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00'
  for label in _ldap _tcp ${DNS_DOMAIN//./ }; do printf "\\x$(printf %02x "${#label}")%s" "$label"; done
  printf '\x00\x00\x21\x00\x01'
}
records() { # records ADDRESS: the number of records in the answer, then its text; nothing where nobody answers
  (
    answer=$(mktemp)
    trap 'rm -f "$answer"' EXIT
    exec 3<>"/dev/udp/$1/53"
    question | dd bs=512 iflag=fullblock >&3
    timeout "$WAIT" dd bs=4096 count=1 <&3 >"$answer"
    [ -s "$answer" ] || exit 0
    echo "$(od -An -tu1 -j7 -N1 "$answer") $(tr '[:upper:]' '[:lower:]' <"$answer" | tr -cd '[:alnum:]-')"
  ) 2>/dev/null || true
}
ask_port() { # ask_port NAME ADDRESS SERVICE PORT
  case $(knock "$2" "$4") in
    open) echo "answer $1 $3" ;;
    refused) [ "$PRESENCE" = false ] || echo "answer $1 refusal" ;;
  esac
}
ask_records() { # ask_records NAME ADDRESS: is it a DNS server, and does it still name a controller of the domain?
  local count text
  read -r count text <<< "$(records "$2")"
  [ -z "$count" ] || echo "answer $1 dns"
  [ "${count:-0}" = 0 ] || echo "answer $1 srv"
}
ask_resolver() { # ask_resolver ADDRESS: does the DNS server that this machine uses still name one of them?
  local found target
  found=$(records "$1")
  for target in $TARGETS; do
    [[ $found != *"${target%%=*}"* ]] || echo "answer ${target%%=*} srv"
  done
}
there "$GATEWAY" && echo gateway &
for neighbour in $NEIGHBOURS; do there "$neighbour" && echo "neighbour $neighbour" & done
wait
for target in $TARGETS; do
  name=${target%%=*} address=${target#*=}
  for port in $PORTS; do ask_port "$name" "$address" "${port%%=*}" "${port#*=}" & done
  ask_records "$name" "$address" &
  if [ "$PRESENCE" = true ]; then pings "$address" && echo "answer $name ping" & fi
done
for landmark in $LANDMARKS; do there "${landmark#*=}" && echo "answer ${landmark%%=*} way" & done
for resolver in $(sed -n 's/^nameserver *//p' /etc/resolv.conf 2>/dev/null); do ask_resolver "$resolver" & done
wait
