# A machine that was stopped for the return must not serve an old state of the domain again by a script run out of turn.
if [ -e /var/lib/dr/stopped ]; then
  refuse STOPPED_SERVING \
    "$(hostname) ha smesso di servire il dominio il $(cat /var/lib/dr/stopped): l'altra sede può averlo già. / It stopped serving the domain then: the other site may have it by now." \
    'Per tornare a servire da qui: "dr return resume". Per cancellare ciò che vi era: "dr return standby". / To serve from here again: "dr return resume"; to erase it: "dr return standby".'
fi
