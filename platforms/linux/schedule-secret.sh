# Puts one secret ($DR_SECRET) where only the units' manager reads it. Parameters: FILE; prints {"changed": bool}.
if [ "$(cat "$FILE" 2>/dev/null || true)" = "$DR_SECRET" ]; then echo '{"changed":false}'; exit 0; fi
(umask 077; printf '%s\n' "$DR_SECRET" >"$FILE.new")
mv "$FILE.new" "$FILE"
echo '{"changed":true}'
