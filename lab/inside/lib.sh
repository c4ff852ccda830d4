# Shared by the scripts that run inside a lab's namespaces. /run is the lab's own tmpfs, gone with the lab.
# The paths are neutral on purpose: a lab host can see the source of its mounts, and must not learn where the project is.
set -euo pipefail

LAB=/run/lab
STATE=$LAB/state

# One change at a time, also after the program that asked for the earlier one was killed.
lock_lab() {
  exec 8>"$LAB/lock"
  flock 8
}

# A pause in a loop that waits for a condition; a builtin, so that ten waiting hosts do not fork a hundred times a second.
nap() { read -rt 0.03 <> <(:) || :; }

# A host that is on is three processes: the loop that starts nspawn again when the host asks for a restart (its id is in machine.pid),
# nspawn, and the host's own init, the leader. Between two runs the last two are missing.
machine_of() {
  local pid
  pid=$(cat "$LAB/hosts/$1/machine.pid" 2>/dev/null) || return 0
  [ ! -d "/proc/$pid" ] || printf '%s' "$pid"
}
nspawn_of() { first_child "$(machine_of "$1")"; }
leader_of() { first_child "$(nspawn_of "$1")"; }
is_on() { [ -n "$(machine_of "$1")" ]; }

first_child() {
  local children=
  [ -z "$1" ] || read -r children _ 2>/dev/null <"/proc/$1/task/$1/children" || :
  printf '%s' "${children%% *}"
}

# Runs a program in the host whose init is $leader.
in_host() { nsenter "--target=$leader" --mount --pid "$@"; }

# Where a host has mounted a loop device, the deepest place first. Args: leader's process id, device.
mount_points() { awk -v id="7:${2#/dev/loop}" '$3 == id { print $5 }' "/proc/$1/mountinfo" | tac; }

# What the kernel does to a file system whose disk has gone: EXT4_IOC_SHUTDOWN, the log not flushed, on file descriptor 7.
SHUT_DOWN='import fcntl, struct; fcntl.ioctl(7, 0x8004587D, struct.pack("I", 2))'

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}
