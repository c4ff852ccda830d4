# What programs that change a host have in common: whether anything was changed is known at their end.
changed=false
write() { # write FILE: replaces it from standard input only when it differs
  local content
  content=$(</dev/stdin)
  if [ -r "$1" ] && [ "$content" = "$(<"$1")" ]; then return 0; fi
  printf '%s\n' "$content" > "$1.dr-new"
  mv "$1.dr-new" "$1"
  changed=true
}
# Without it, enabling a unit runs Debian's hook for init scripts: half a second of processor time for links that nothing reads.
export SYSTEMCTL_SKIP_SYSV=1
enable_units() { # enable_units UNIT...: they start with the machine; those that do already are left alone
  local states
  states=$(systemctl is-enabled "$@" 2>/dev/null || true)
  case $states in *masked*) systemctl --quiet unmask "$@" ;; esac
  case $states in *masked* | *disabled*) systemctl --quiet --no-reload enable "$@" ;; esac
}
