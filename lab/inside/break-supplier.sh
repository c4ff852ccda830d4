# What goes wrong between a desk and its suppliers. internet.sh makes everything whole again.
# Args: expired HOST | page HOST | portal LINE | poison LINE HOST ADDRESS | silent-resolver LINE | dead-router LINE |
#   other-time SECONDS [HOST]
source "$(dirname "$0")/internet-lib.sh"

restart_web() {
  stop_server "$SUPPLIERS/nginx.pid"
  start_web
}

# `openssl req` knows no end in the past: the authority signs it as it would have a month ago.
expired() { # host
  cat >"$SUPPLIERS/ca" <<'CONFIG'
[ca]
default_ca = lab
[lab]
database = /srv/suppliers/issued
new_certs_dir = /srv/suppliers
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
CONFIG
  : >"$SUPPLIERS/issued"
  printf 'subjectAltName=DNS:%s\n' "$1" >"$SUPPLIERS/extensions"
  openssl_in req -new -key /srv/suppliers/key.pem -subj "/CN=$1" -out /srv/suppliers/request
  openssl_in ca -batch -notext -config /srv/suppliers/ca -cert /mnt/certificate.pem -keyfile /mnt/key.pem -in /srv/suppliers/request \
    -extfile /srv/suppliers/extensions -startdate "$(date -u -d '-40 days' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d '-10 days' +%Y%m%d%H%M%SZ)" \
    -out "/srv/suppliers/$1.pem"
  restart_web
}

# The right server, and not the supplier's page.
page() { # host
  local file
  for file in "$SUPPLIERS/$1"-*.page-*; do
    sed -Ei 's/return [0-9]+ ".*"/return 200 "<!doctype html><title>Accesso alla rete<\/title>"/' "$file"
  done
  restart_web
}

PORTAL=203.0.113.250
# Whoever goes through the line gets the portal, whatever he asks for; its certificate is its own.
portal() { # line
  ip -n internet addr replace "$PORTAL/32" dev lo
  openssl_in req -x509 -new -key /srv/suppliers/key.pem -subj '/O=Wi-Fi ospiti/CN=login.portale.example' \
    -addext 'subjectAltName=DNS:login.portale.example' -days 90 -out /srv/suppliers/portal.pem
  cat >"$SUPPLIERS/portal.conf" <<CONFIG
server {
  listen $PORTAL:443 ssl;
  ssl_certificate /srv/suppliers/portal.pem;
  location / { return 200 "<!doctype html><title>Accesso alla rete</title>\n"; }
}
CONFIG
  restart_web
  ip netns exec "$(<"$INTERNET/lines/$1/namespace")" nft -f - <<RULES
table ip portal {
  chain arriving {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "site" tcp dport 443 dnat to $PORTAL
  }
}
RULES
}

poison() { # line host address
  sed -i "/ $2\$/d" "$SUPPLIERS/$1.hosts"
  printf '%s %s\n' "$3" "$2" >>"$SUPPLIERS/$1.hosts"
  stop_server "$SUPPLIERS/$1.pid"
  run_resolver "$1"
}

# The same pages, with the time of a clock that is so many seconds before ours: nginx can't tell another time, what stands behind it can.
other_time() { # seconds [host]
  local file pid
  for file in "$SUPPLIERS/"${2:-*}-*.conf; do
    sed -Ei 's|^ *include .*|  location / { proxy_pass http://127.0.0.1:8; proxy_pass_header Date; proxy_set_header Host $host; }|' "$file"
  done
  cp "${BASH_SOURCE[0]%/*}/other-time.py" "$SUPPLIERS/"
  server python3 /srv/suppliers/other-time.py "$1" </dev/null >/dev/null 2>"$INTERNET/other-time.log" &
  pid=$! # a nap changes it
  until [ -s "$SUPPLIERS/other-time.pid" ]; do
    [ -d "/proc/$pid" ] || fail "other-time: $(tail -n 3 "$INTERNET/other-time.log")"
    nap
  done
  restart_web
}

case $1 in
  other-time) other_time "${@:2}" ;;
  expired | page | portal | poison) "$@" ;;
  silent-resolver) stop_server "$SUPPLIERS/$2.pid" ;;
  dead-router) ip -n "$(<"$INTERNET/lines/$2/namespace")" link set site down ;;
  *) fail "$1" ;;
esac
