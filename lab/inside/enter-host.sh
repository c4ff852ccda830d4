# Runs a program in a host, without the network between. Args: HOST PROGRAM [its arguments].
source "$(dirname "$0")/lib.sh"
leader=$(leader_of "$1")
[ -n "$leader" ] || fail "$1: off"
shift
in_host "$@"
