# The ledgers of custody on a medium, those set aside included: one JSON object a line. Parameters: POINT. Reads only.
for file in "$POINT"/custody.jsonl "$POINT"/custody.damaged-*.jsonl; do
  if [ -f "$file" ]; then cat "$file" | jq -Rsc --arg name "${file##*/}" '{name: $name, text: .}'; fi # cat says why a file does not read
done
