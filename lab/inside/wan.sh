# Sets the link between the sites.
# Args: up|down RATE_MBIT LOSS_IN_100000 PRIMARY_SITE PRIMARY_CIDR SECONDARY_SITE SECONDARY_CIDR
source "$(dirname "$0")/lib.sh"
state=$1 rate=$2 loss=$3 primary=$4 primary_cidr=$5 secondary=$6 secondary_cidr=$7
lock_lab

# Each end drops its share of what arrives, so a loss of 1 % is 1 % in each direction.
shape() { # namespace
  tc -n "$1" qdisc replace dev wan root tbf rate "${rate}mbit" burst 256kb latency 100ms
  local drop=
  case $loss in
    0) ;;
    100000) drop='iifname "wan" drop' ;;
    *) drop="iifname \"wan\" numgen random mod 100000 < $loss drop" ;;
  esac
  ip netns exec "$1" nft -f - <<RULES
table inet wan
delete table inet wan
table inet wan {
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    $drop
  }
}
RULES
}
shape "$primary"
shape "$secondary"
for site in "$primary" "$secondary"; do ip -n "$site" link set wan "$state"; done
if [ "$state" = up ]; then # routes go away with the link
  ip -n "$primary" route replace "$secondary_cidr" via 169.254.55.2
  ip -n "$secondary" route replace "$primary_cidr" via 169.254.55.1
fi
