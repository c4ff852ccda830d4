# Samba must find its ports free; a program that has one is named. Parameters: PORTS (words), OWN (names of Samba's own programs).
for port in $PORTS; do
  pid=$(ss --no-header --listening --numeric --tcp --processes "sport = :$port" | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -1)
  [ -n "$pid" ] || continue
  # By its file: Samba's processes call themselves after their tasks.
  holder=$(basename "$(readlink "/proc/$pid/exe")")
  case " $OWN " in *" $holder "*) continue ;; esac
  refuse PORT_IN_USE \
    "La porta $port è occupata da $holder (pid $pid): Samba non può partire. / Port $port is taken by $holder (pid $pid): Samba cannot start." \
    'Fermare quel programma ("systemctl status PID" dice quale servizio è) e ripetere. / Stop that program ("systemctl status PID" names its service) and run again.'
done
