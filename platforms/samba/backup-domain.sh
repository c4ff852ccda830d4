# Offline backup of the domain database, SYSVOL and secrets. Prints the folder's one archive as JSON.
# Source: samba-tool(8) "domain backup offline". The archive holds password hashes: root only, removed by the caller after copying.
umask 077
folder=/var/lib/dr/domain-backup
rm -rf "$folder"; mkdir -p "$folder"
samba-tool domain backup offline --targetdir="$folder" >/var/log/dr-domain-backup.log 2>&1 \
  || { tail -3 /var/log/dr-domain-backup.log >&2; exit 1; }
archive=$(ls "$folder"/*.tar.bz2)
printf '{"archive":"%s","sizeBytes":%s,"sha256":"%s"}\n' "$archive" "$(stat -c %s "$archive")" "$(sha256sum "$archive" | cut -d' ' -f1)"
