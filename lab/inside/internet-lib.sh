# What makes and breaks the lab's internet (internet.sh, line.sh, break-supplier.sh).
source "$(dirname "$0")/lib.sh"

INTERNET=$LAB/internet
ROOT=$INTERNET/root
SUPPLIERS=$ROOT/srv/suppliers

# In the hosts' own image: this machine need not have these programs.
openssl_in() { chroot "$ROOT" openssl "$@" 2>"$INTERNET/openssl.log" || fail "openssl $1: $(tail -n 3 "$INTERNET/openssl.log")"; }
server() { ip netns exec internet chroot "$ROOT" "$@" 8>&-; }

certify() { # host: a certificate by the lab's authority
  openssl_in req -x509 -new -key /srv/suppliers/key.pem -CA /mnt/certificate.pem -CAkey /mnt/key.pem -subj "/CN=$1" \
    -addext "subjectAltName=DNS:$1" -days 90 -out "/srv/suppliers/$1.pem"
}

# A server answers at its own address only, as on the internet: who is sent elsewhere meets another one's certificate.
write_server() { # host port address
  cat >"$SUPPLIERS/$1-$2.conf" <<CONFIG
server {
  listen $3:$2 ssl;
  server_name $1;
  ssl_certificate /srv/suppliers/$1.pem;
  include /srv/suppliers/$1-$2.page-*;
}
CONFIG
}

write_page() { # host port path status text
  local text=${5//&/&amp;}
  text=${text//</&lt;} text=${text//\"/&quot;} text=${text//\$/&#36;} text=${text//\\/&#92;}
  printf 'location = %s { return %s "<!doctype html><meta charset=utf-8><title>%s</title><h1>%s</h1>"; }\n' \
    "${3%%\?*}" "$4" "$text" "$text" >"$SUPPLIERS/$1-$2.page-$(md5sum <<<"$3" | cut -c1-8)"
}

start_web() {
  cat >"$SUPPLIERS/nginx" <<'CONFIG'
pid /srv/suppliers/nginx.pid;
error_log /srv/suppliers/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  default_type text/html;
  server_names_hash_bucket_size 128;
  ssl_certificate_key /srv/suppliers/key.pem;
  include /srv/suppliers/*.conf;
}
CONFIG
  server nginx -q -c /srv/suppliers/nginx -g 'user root;' 2>"$INTERNET/nginx.log" || fail "nginx: $(tail -n 3 "$INTERNET/nginx.log")"
}

start_resolver() { # line
  cp "$SUPPLIERS/hosts" "$SUPPLIERS/$1.hosts"
  run_resolver "$1"
}

run_resolver() { # line; args beyond it are dnsmasq's
  local id=$1
  shift
  server dnsmasq --conf-file=/dev/null --user=root --group=root --no-resolv --no-hosts --bind-interfaces --except-interface=lo \
    "--listen-address=$(<"$INTERNET/lines/$id/resolver")" "--pid-file=/srv/suppliers/$id.pid" "--addn-hosts=/srv/suppliers/$id.hosts" "$@"
}

stop_server() { # pid file: returns when it is gone, so that its port is free
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || :
  while [ -d "/proc/$pid" ]; do nap; done
  rm -f "$1"
}

kill_servers() {
  local file
  for file in "$SUPPLIERS"/*.pid; do stop_server "$file"; done
}

set_line() { # line up|down: what is cut is the way outside; its router stays
  local home=$INTERNET/lines/$1 name number
  [ -e "$home/namespace" ] || fail "$1: line"
  name=$(<"$home/namespace") number=$(<"$home/number")
  ip -n "$name" link set outside "$2"
  [ "$2" = down ] || ip -n "$name" route replace default via "100.64.$number.1" # goes away with the link
}
