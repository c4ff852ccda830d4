# All snapshots, and those that can't be read, as one JSON object. Parameters: LABEL; secret: passphrase. Reads only (a locked
# repository can be read).
repository="/media/$LABEL/restic"
export RESTIC_PASSWORD="$DR_SECRET"
if ! list=$(restic --repo "$repository" --no-cache --no-lock --json snapshots); then
  # A key file is named by its own digest; a changed one would only look like a wrong passphrase.
  for key in "$repository"/keys/*; do
    [ "$(sha256sum < "$key" | cut -d' ' -f1)" = "$(basename "$key")" ] || echo "DR_KEY_DAMAGED $key" >&2
  done
  exit 1
fi
# restic leaves out what it can't read, and still says that all went well.
jq -c --arg files "$(ls "$repository/snapshots")" '(. // []) | {snapshots: ., unreadable: (($files | split("\n")) - map(.id))}' <<< "$list"
