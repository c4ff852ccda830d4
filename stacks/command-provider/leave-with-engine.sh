# Read by both shell files that start a provider, before they become it. The engine ends its providers itself; only a killed engine
# leaves one behind, and the official plugin asks no more often than every five minutes whether its engine is there
# (rpcutil.Healthcheck in Pulumi's provider main). A command that the provider still runs is waited for.
leave_with_engine() {
  engine=$PPID
  (
    watch=$(exec sh -c 'echo "$PPID"')
    while [ "$(parent_of "$$")" = "$engine" ]; do sleep 2; done
    while [ "$(children_of_provider)" -gt 1 ]; do sleep 2; done # the one is this watch
    # It may have ended meanwhile, and its number be another's.
    [ "$(parent_of "$watch")" != "$$" ] || kill "$$"
  ) </dev/null >/dev/null 2>&1 &
}

# Nothing once it is gone.
parent_of() {
  sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status"
}

children_of_provider() {
  cat "/proc/$$/task/"*/children | wc -w
}
