# What a snapshot says: the manifest of its shares, its copy of the domain and what there is of each application, summed up. Reads only.
# Parameters: LABEL SNAPSHOT PREVIOUS (may be empty) STAGE MANIFEST APPLICATIONS (folder, or empty) EXPECTED (JSON) CONTENTS_PY; secret: passphrase.
export RESTIC_PASSWORD="$DR_SECRET"
repository=(restic --repo "/media/$LABEL/restic" --no-cache --no-lock --quiet)
work=$(mktemp -d "${DR_RUN:-/run}"/dr-contents.XXXXXX)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
if [ -n "$PREVIOUS" ]; then "${repository[@]}" dump "$PREVIOUS" "$MANIFEST" > "$work/previous.gz" & before=$!; fi
# Of the dumps themselves only names and lengths: reading them is for the levels after this one.
if [ -n "$APPLICATIONS" ]; then
  "${repository[@]}" ls --json --recursive "$SNAPSHOT" "$APPLICATIONS" > "$work/applications.jsonl" & listing=$!
  "${repository[@]}" restore "$SNAPSHOT" --target "$work/applications" --include "$APPLICATIONS/*/manifest.json" >&2 & manifests=$!
fi
if ! "${repository[@]}" dump "$SNAPSHOT" "$STAGE" > "$work/stage.tar" 2> "$work/said"; then
  # A snapshot of something else reads well, and holds nothing of ours: that is for the checks to say.
  if ! grep -q 'not found in snapshot' "$work/said"; then cat "$work/said" >&2; exit 1; fi
  tar --create --file="$work/stage.tar" --files-from=/dev/null
fi
if [ -n "$PREVIOUS" ] && ! wait "$before"; then rm -f "$work/previous.gz"; fi
if [ -n "$APPLICATIONS" ]; then wait "$listing"; wait "$manifests"; fi
python3 -c "$CONTENTS_PY" "$work" "$STAGE" "$EXPECTED"
