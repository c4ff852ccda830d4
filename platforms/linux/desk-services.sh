# What a desk must have besides log-on and share: one JSON object. Parameters: PRINTER UNITS (words). Looks only.
units=$(for unit in $UNITS; do systemctl is-active --quiet "$unit" || echo "$unit"; done | jq -R . | jq -sc .)
jq -nc --argjson inactive "$units" --arg printer "$(lpstat -p "$PRINTER" 2>&1 | head -1)" \
  --arg shortcuts "$(find /usr/share/applications -name 'infocamere-*.desktop' | wc -l)" --arg trust "$(wbinfo -t 2>&1)" \
  '{inactive: $inactive, printer: $printer, shortcuts: ($shortcuts | tonumber), trust: $trust}'
