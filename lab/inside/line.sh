# Cuts a line to the suppliers, or mends it. Args: LINE up|down
source "$(dirname "$0")/internet-lib.sh"
set_line "$1" "$2"
