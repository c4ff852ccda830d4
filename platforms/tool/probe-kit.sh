# What kit is on the cassette: one JSON object. Parameters: LABEL; secret: passphrase, or empty when only the clear part is to be looked at.
# States: absent; broken (what is wrong with it); whole (every digest right). Reads only, and by this host's own restic:
# a program that lies on a medium is not run before it is known to be ours.
kit="/media/$LABEL/kit"
broken() { jq -n --arg why "$1" '{state: "broken", why: $why}'; exit 0; }
[ -e "$kit" ] || { echo '{"state":"absent"}'; exit 0; }
for name in kit.json SHA256SUMS start.sh restic tool.deb; do [ -s "$kit/$name" ] || broken "$name: manca / missing"; done
said=$(cd "$kit" && sha256sum --check --strict --quiet SHA256SUMS 2>&1) || broken "$said"
manifest=$(jq -c . "$kit/kit.json") || broken "kit.json"
sealed=null
if [ -n "$DR_SECRET" ]; then
  export RESTIC_PASSWORD="$DR_SECRET"
  repository=(restic --repo "$kit/private" --no-cache --no-lock)
  if said=$("${repository[@]}" --quiet check --read-data 2>&1) &&
    content=$("${repository[@]}" --json snapshots latest | jq -r '.[-1].tags[0]') &&
    "${repository[@]}" dump latest /private.tar | tar --extract --to-stdout ./SHA256SUMS | cmp -s - "$kit/SHA256SUMS"; then
    sealed=$(jq -n --arg content "$content" '{intact: true, content: $content}')
  else sealed=$(jq -n --arg why "${said:-SHA256SUMS}" '{intact: false, why: $why}'); fi
fi
jq -n --argjson manifest "$manifest" --argjson sealed "$sealed" --rawfile sums "$kit/SHA256SUMS" \
  --argjson bytes "$(du -sbL "$kit" | cut -f1)" '{state: "whole", manifest: $manifest, sums: $sums, sealed: $sealed, sizeBytes: $bytes}'
