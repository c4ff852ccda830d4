# The ledgers of custody on a medium, those set aside included: one JSON object a line. Parameters: POINT. Reads only.
for file in "$POINT"/custody.jsonl "$POINT"/custody.damaged-*.jsonl; do
  if [ -f "$file" ]; then jq -Rsc --arg name "${file##*/}" '{name: $name, text: .}' < "$file"; fi
done
