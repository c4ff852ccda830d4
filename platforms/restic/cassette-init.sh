# Gives a blank cassette its identity and an encrypted repository. Parameters: LABEL SERIAL INITIALISED_AT AGAIN (true: what is on it is
# deleted); secret: passphrase.
# The identity file is written last: a cassette cut off here is still blank and is begun again.
point="/media/$LABEL"
export RESTIC_PASSWORD="$DR_SECRET"
if [ "$AGAIN" = true ]; then rm -rf "$point/cassette.json" "$point/restic" "$point/sizes"; fi
if [ -n "$(find "$point/restic/data" "$point/restic/snapshots" -type f -print -quit 2>/dev/null)" ]; then echo DR_CASSETTE_UNIDENTIFIED >&2; exit 1; fi
rm -rf "$point/restic"
restic --repo "$point/restic" --no-cache --quiet init >&2
id=$(restic --repo "$point/restic" --no-cache cat config | jq -r .id)
jq -n --arg name "$LABEL" --arg serial "$SERIAL" --arg at "$INITIALISED_AT" --arg id "$id" \
  '{format: 1, label: $name, serial: $serial, initialisedAtUtc: $at, repositoryId: $id}' > "$point/cassette.json.new"
mv "$point/cassette.json.new" "$point/cassette.json"
sync -f "$point"
cat "$point/cassette.json"
