# After the join: the share folders exist, open to all on the file system so that the NT ACL alone decides (vfs_acl_xattr(8)),
# and the shares answer. Parameters: FOLDERS (words, absolute).
mkdir -p $FOLDERS
chmod 0777 $FOLDERS
answers() { smbclient --no-pass -L localhost >/dev/null 2>&1; }
for _ in $(seq 200); do answers && answered=true && break; sleep 0.05; done
[ "${answered:-}" = true ] || { echo 'Le condivisioni non rispondono / the shares do not answer' >&2; exit 1; }
printf '{"changed":%s}\n' "$changed"
