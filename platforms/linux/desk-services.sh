# What a desk must have besides log-on and share: lines of a word, a tab and a text. Parameters: PRINTER UNITS (words). Looks only.
# No jq: it takes longer to start than all of this, and all desks are asked at once.
for unit in $UNITS; do systemctl is-active --quiet "$unit" || printf 'inactive\t%s\n' "$unit"; done
printf 'printer\t%s\n' "$(lpstat -p "$PRINTER" 2>&1 | head -1)"
printf 'printerUri\t%s\n' "$(lpstat -v "$PRINTER" 2>/dev/null | sed 's/^[^:]*: //;q')"
printf 'trust\t%s\n' "$(wbinfo -t 2>&1 | tr '\n\t' '  ')"
shopt -s nullglob
for file in /usr/share/applications/infocamere-*.desktop; do
  name='' url=''
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in Name=*) name=${line#Name=} ;; URL=*) url=${line#URL=} ;; esac
  done < "$file"
  printf 'shortcut\t%s\t%s\n' "$name" "$url"
done
