# An empty folder for a new kit, with this host's restic. Parameters: LABEL NEW ARCHIVE (sha256) BYTES; secret: passphrase.
# Prints {"restic": sha256, "archiveThere": whether the old kit had the same archive, which then needs no second copy}.
point="/media/$LABEL"
cd "$point"
archive_there=false
if [ -f kit/tool.deb ] && [ "$(sha256sum < kit/tool.deb | cut -d' ' -f1)" = "$ARCHIVE" ]; then archive_there=true; fi
restic=$(command -v restic) || refuse NO_RESTIC "Manca restic. / restic is missing." 'apt-get install restic'
needed=$(stat -Lc %s "$restic")
[ "$archive_there" = true ] || needed=$((needed + BYTES))
free=$(df --output=avail -B1 . | tail -1 | tr -d ' ')
[ "$free" -gt $((needed + 4194304)) ] || refuse KIT_NO_ROOM \
  "Sulla cassetta $LABEL non c'è posto per il kit: liberi $((free / 1048576)) MiB, servono $((needed / 1048576 + 4)). / There is no room for the kit." \
  'Usare un supporto più grande: le copie che contiene restano intatte. / Use a larger medium: the backups on it are intact.'
mkdir "$NEW"
cp "$restic" "$NEW/restic"
chmod 0755 "$NEW/restic"
[ "$archive_there" = false ] || ln kit/tool.deb "$NEW/tool.deb"
RESTIC_PASSWORD="$DR_SECRET" restic --repo "$NEW/private" --no-cache --quiet init >&2
printf '{"restic":"%s","archiveThere":%s}\n' "$(sha256sum < "$NEW/restic" | cut -d' ' -f1)" "$archive_there"
