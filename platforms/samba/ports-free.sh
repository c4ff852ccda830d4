# Samba must find its ports free; a program that has one is named. Parameters: PORTS (words), OWN (names of Samba's own programs).
for port in $PORTS; do
  holder=$(ss --no-header --listening --numeric --tcp --processes "sport = :$port" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | head -1)
  case " $OWN " in *" ${holder%% *} "*) continue ;; esac
  [ -z "$holder" ] || refuse PORT_IN_USE \
    "La porta $port è occupata da $holder: Samba non può partire. / Port $port is taken by $holder: Samba cannot start." \
    'Fermare quel programma ("systemctl status PID" dice quale servizio è) e ripetere. / Stop that program ("systemctl status PID" names its service) and run again.'
done
