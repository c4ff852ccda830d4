# Runs in a host: mounts the open file 7 on /run/slow-medium/7 by sshfs without a network, its answers held back to RATE bytes a second.
# Args: RATE. It ends with the host, or when it is unmounted.
set -e
mkdir -p /run/slow-medium
printf '#!/bin/sh\n/usr/lib/openssh/sftp-server | python3 -uc "$SLOWLY" %s\n' "$1" >/run/slow-sftp
chmod +x /run/slow-sftp
export SLOWLY='
import os, sys, time
rate = float(sys.argv[1])
while piece := os.read(0, 4096):
    os.write(1, piece)
    time.sleep(len(piece) / rate)
'
sshfs -o ssh_command=/run/slow-sftp,follow_symlinks,max_conns=1 medium:/proc/self/fd /run/slow-medium
