# After the join: the share folders exist, open to all on the file system so that the NT ACL alone decides (vfs_acl_xattr(8)),
# and the shares answer. Parameters: FOLDERS (words, absolute).
for folder in $FOLDERS; do mkdir -p "$folder"; [ "$(stat -c %a "$folder")" = 777 ] || chmod 0777 "$folder"; done
for _ in $(seq 200); do smbclient --no-pass -L localhost >/dev/null 2>&1 && break; sleep 0.05; done
smbclient --no-pass -L localhost >/dev/null 2>&1 || { echo 'Le condivisioni non rispondono / the shares do not answer' >&2; exit 1; }
printf '{"changed":%s}\n' "$changed"
