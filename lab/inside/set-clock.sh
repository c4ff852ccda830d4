# Sets a host's clock so many seconds before ours (a negative number: behind), 0 for right again. Args: HOST SECONDS.
# All hosts share the kernel's clock. This one's is that of the C library (libfaketime), so it is wrong in what is started over SSH, and in
# services that start, from now on. What runs already keeps the time, and so does restic, which asks the kernel.
source "$(dirname "$0")/lib.sh"
host=$1 seconds=$2
lock_lab
leader=$(leader_of "$host")
[ -n "$leader" ] || fail "$host: off"
in_host sh -ec '
  environment=/root/.ssh/environment
  if [ "$1" = 0 ]; then
    [ -e $environment ] || exit 0
    rm $environment
    systemctl unset-environment LD_PRELOAD FAKETIME
  else
    printf "LD_PRELOAD=%s\nFAKETIME=%+d\n" /usr/lib/*/faketime/libfaketime.so.1 "$1" >$environment
    systemctl set-environment $(cat $environment)
  fi
' set-clock "$seconds"
