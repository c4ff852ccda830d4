# What a desk must have besides log-on and share: one JSON object. Parameters: PRINTER UNITS (words). Looks only.
units=$(for unit in $UNITS; do systemctl is-active --quiet "$unit" || echo "$unit"; done | jq -R . | jq -sc .)
shopt -s nullglob
shortcuts=$(jq -Rnc '[inputs | capture("^(?<key>Name|URL)=(?<value>.*)") + {file: input_filename}] | group_by(.file)
  | map(map({(.key): .value}) | add | {name: (.Name // ""), url: (.URL // "")})' /usr/share/applications/infocamere-*.desktop </dev/null)
jq -nc --argjson inactive "$units" --arg printer "$(lpstat -p "$PRINTER" 2>&1 | head -1)" \
  --arg printerUri "$(lpstat -v "$PRINTER" 2>/dev/null | sed 's/^[^:]*: //;q')" --argjson shortcuts "$shortcuts" --arg trust "$(wbinfo -t 2>&1)" \
  '{inactive: $inactive, printer: $printer, printerUri: $printerUri, shortcuts: $shortcuts, trust: $trust}'
