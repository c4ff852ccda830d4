# The internet as the secondary site sees it: suppliers' servers over TLS, and lines that lead to them, each with a router on the site's
# network and a resolver. Nothing else leads there, and from there to no other site. Made anew each time it is called.
# Args: SECONDARY_SITE. On stdin, one fact a line:
#   line|id|router's address/prefix on the site's network|resolver
#   page|host|port|path|status|address|text
source "$(dirname "$0")/internet-lib.sh"
site=$1
exec 8>"$LAB/internet.lock" # not the hosts' lock: both start at the same time
flock 8

take_away() {
  local folder name
  kill_servers
  for folder in "$INTERNET"/lines/*/; do
    [ -e "$folder/namespace" ] || continue
    name=$(<"$folder/namespace")
    ip -n "$site" link del "$name" 2>/dev/null || :
    ip netns del "$name" 2>/dev/null || :
  done
  ip netns del internet 2>/dev/null || :
  ! mountpoint -q "$ROOT" || umount --recursive "$ROOT"
  rm -rf "$INTERNET"
}

make_servers_root() {
  mkdir -p "$ROOT" "$INTERNET"/{up,work,lines}
  mount -t overlay overlay -o "lowerdir=$LAB/image,upperdir=$INTERNET/up,workdir=$INTERNET/work" "$ROOT"
  mount --bind /dev "$ROOT/dev"
  mkdir -p "$SUPPLIERS"
  mount --bind "$LAB/authority" "$ROOT/mnt"
  openssl_in ecparam -name prime256v1 -genkey -noout -out /srv/suppliers/key.pem
}

make_namespace() {
  ip netns add "$1"
  ip -n "$1" link set lo up
  ip netns exec "$1" sh -c '
    [ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
}

# As a supplier's router does it: a leg in the office, one outside, and all behind one address, so that answers find their line.
make_line() { # number id router resolver
  local name=line-$1 home=$INTERNET/lines/$2
  mkdir -p "$home"
  printf '%s' "$name" >"$home/namespace"
  printf '%s' "$1" >"$home/number"
  printf '%s' "$4" >"$home/resolver"
  make_namespace "$name"
  ip -n "$site" link add "$name" master cabinet type veth peer name site netns "$name"
  ip -n "$site" link set "$name" up
  ip -n "$name" addr add "$3" dev site
  ip -n "$name" link set site up
  ip -n internet link add "$name" type veth peer name outside netns "$name"
  ip -n internet addr add "100.64.$1.1/30" dev "$name"
  ip -n internet link set "$name" up
  ip -n "$name" addr add "100.64.$1.2/30" dev outside
  ip -n internet addr add "$4/32" dev lo
  ip netns exec "$name" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  ip netns exec "$name" nft -f - <<'RULES'
table ip line {
  chain leaving {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "outside" masquerade
  }
}
RULES
  set_line "$2" up
}

make_page() { # host port path status address text
  [ -e "$SUPPLIERS/$1.pem" ] || certify "$1"
  write_server "$1" "$2" "$5"
  write_page "$1" "$2" "$3" "$4" "$6"
  ip -n internet addr replace "$5/32" dev lo
  printf '%s %s\n' "$5" "$1" >>"$SUPPLIERS/hosts"
}

take_away
make_servers_root
make_namespace internet
number=0
while IFS='|' read -r kind fields; do
  case $kind in
    line)
      IFS='|' read -r id router resolver <<<"$fields"
      number=$((number + 1))
      make_line $number "$id" "$router" "$resolver"
      ;;
    page)
      IFS='|' read -r host port path status address text <<<"$fields"
      make_page "$host" "$port" "$path" "$status" "$address" "$text"
      ;;
  esac
done
start_web
for folder in "$INTERNET"/lines/*/; do start_resolver "$(basename "$folder")"; done
