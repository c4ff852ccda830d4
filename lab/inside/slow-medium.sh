# Runs in a host: mounts the open file 7 on /run/slow-medium/LABEL/7 by sshfs without a network, its answers held back to RATE bytes a
# second. Args: LABEL RATE. It ends with the host, or when it is unmounted.
set -e
folder=/run/slow-medium/$1
mkdir -p "$folder"
printf '#!/bin/sh\n/usr/lib/openssh/sftp-server | python3 -uc "$SLOWLY" %s\n' "$2" >"$folder.server"
chmod +x "$folder.server"
export SLOWLY='
import os, sys, time
rate = float(sys.argv[1])
while piece := os.read(0, 4096):
    os.write(1, piece)
    time.sleep(len(piece) / rate)
'
sshfs -o "ssh_command=$folder.server,follow_symlinks,max_conns=1" medium:/proc/self/fd "$folder"
