# What kit is on the cassette: one JSON object. Parameters: LABEL FOLDER (there); secret: passphrase, or empty when only the clear part is to be looked at.
# States: absent; broken (what is wrong with it); whole (every digest right). Reads only, and by this host's own restic:
# a program that lies on a medium is not run before it is known to be ours.
kit="/media/$LABEL/$FOLDER"
broken() { jq -n --arg why "$1" '{state: "broken", why: $why}'; exit 0; }
[ -e "$kit" ] || { echo '{"state":"absent"}'; exit 0; }
for name in kit.json SHA256SUMS start.sh restic tool.deb; do [ -s "$kit/$name" ] || broken "$name: manca / missing"; done
said=$(cd "$kit" && sha256sum --check --strict --quiet SHA256SUMS 2>&1) || broken "$said"
manifest=$(jq -c . "$kit/kit.json") || broken "kit.json"
sums=$(<"$kit/SHA256SUMS")
unsealed() { jq -n --arg why "$1" '{intact: false, why: $why}'; }
# Every byte of a restic repository is in a file that has its digest for a name; only config is not, and opens nothing when it is wrong.
# To open it takes half a second of a processor, so it is opened once, for all that is asked of it.
look_into_sealed() {
  local turned said seal content
  turned=$(cd "$kit/private" && find data index keys snapshots -type f -exec sha256sum {} + | awk '{name = $2; sub(/.*\//, "", name)} name != $1 {print $2}') || turned=private
  [ -z "$turned" ] || { unsealed "private: $turned"; return; }
  said=$(mktemp)
  if seal=$(restic --repo "$kit/private" --no-cache --no-lock dump latest /private.tar 2>"$said" | tar --extract --to-stdout ./SHA256SUMS ./CONTENT 2>/dev/null; exit "${PIPESTATUS[0]}"); then
    content=${seal#"$sums"}
    # The whole list, not its beginning: whoever leaves a line out could change that file.
    if [ "$sums$content" = "$seal" ] && [[ $content =~ ^($'\n'[0-9a-f]{64})?$ ]]; then
      jq -n --arg content "${content#$'\n'}" '{intact: true, content: $content}'
    else unsealed SHA256SUMS; fi
  else unsealed "$(tail -3 "$said")"; fi
  rm -f "$said"
}
sealed=null
if [ -n "$DR_SECRET" ]; then sealed=$(RESTIC_PASSWORD="$DR_SECRET" look_into_sealed); fi
jq -n --argjson manifest "$manifest" --argjson sealed "$sealed" --arg sums "$sums" \
  --argjson bytes "$(du -sbL "$kit" | cut -f1)" '{state: "whole", manifest: $manifest, sums: ($sums + "\n"), sealed: $sealed, sizeBytes: $bytes}'
