#!/bin/sh
# From the recovery kit on the cassette to a working `dr`, on a bare Debian 12 without a network:
#   sh /media/LABEL/kit/start.sh [--to FOLDER] [--passphrase-file FILE]
# The passphrase comes from DR_CASSETTE_PASSPHRASE, from the file, or from the keyboard (standard input where that is no terminal).
set -eu
umask 077
here=$(dirname "$(readlink -f "$0")")
target=/opt/lucca-dr
file=

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "ERRORE / ERROR: $1"
  say "  -> $2"
  exit "${3:-2}"
}

while [ $# -gt 0 ]; do
  case $1 in
    --to) target=${2:-} && shift 2 ;;
    --passphrase-file) file=${2:-} && shift 2 ;;
    *) fail "argomento sconosciuto / unknown argument: $1" "sh $here/start.sh [--to CARTELLA/FOLDER] [--passphrase-file FILE]" ;;
  esac
done
case $target in
  /*) ;;
  *) fail "\"$target\" non è un percorso assoluto / is not an absolute path" '--to /opt/lucca-dr' ;;
esac
target=${target%/}

# 1. Can this machine do it?
for program in sha256sum tar dpkg-deb readlink df; do
  command -v $program >/dev/null || fail "manca / missing: $program" 'Serve una Debian 12 o più recente. / Debian 12 or newer is needed.'
done
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" "$here/kit.json"; }
mkdir -p "$(dirname "$target")" 2>/dev/null && [ -w "$(dirname "$target")" ] ||
  fail "non si può scrivere in / cannot write to $(dirname "$target")" "sudo sh $here/start.sh     (oppure / or: --to \$HOME/lucca-dr)"

# 2. Is the kit whole? Nothing of it is run before its digest is found right.
say 'Controllo il kit / checking the kit ...'
[ -s "$here/SHA256SUMS" ] && [ -s "$here/kit.json" ] && [ -d "$here/private" ] ||
  fail 'il kit non è completo / the kit is not whole' "Usare il kit di un'altra cassetta. / Use another cassette's kit."
(cd "$here" && sha256sum --check --strict --quiet SHA256SUMS >&2) ||
  fail 'un file del kit non è quello scritto / a file of the kit is not what was written' "Il kit è danneggiato: usare quello di un'altra cassetta. / The kit is damaged: use another cassette's."
for name in restic start.sh tool.deb kit.json; do
  grep -q "  $name\$" "$here/SHA256SUMS" || fail "$name: non è in / is not in SHA256SUMS" "Usare il kit di un'altra cassetta. / Use another cassette's kit."
done
machine=$(uname -m)
[ "$(field machine)" = "$machine" ] ||
  fail "il kit è per / the kit is for $(field machine), non per / not for $machine" 'Usare un computer con quel processore. / Use a computer with that processor.'
needed=$(($(field unpackedBytes) / 1024 + 51200))
free=$(df --output=avail -k "$(dirname "$target")" | tail -1 | tr -d ' ')
[ "$free" -ge "$needed" ] ||
  fail "spazio insufficiente / too little room: $((free / 1024)) MiB, servono / needed $((needed / 1024))" '--to CARTELLA / FOLDER'

# 3. The passphrase opens what is confidential; it also vouches for the rest, because the sealed list of digests is in there.
work=$target.new
trap 'rm -rf "$work"; stty echo 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM HUP
rm -rf "$work"
mkdir "$work"
opens() {
  RESTIC_PASSWORD=$passphrase "$here/restic" --repo "$here/private" --no-cache --no-lock dump latest /private.tar \
    >"$work/private.tar" 2>"$work/said"
}
ask() {
  if [ -t 0 ]; then
    stty -echo # before it is asked for: somebody may type at once
    printf 'Frase segreta della cassetta (non si vede) / passphrase (not shown): ' >&2
    IFS= read -r passphrase || passphrase=
    stty echo
    say ''
  else IFS= read -r passphrase || [ -n "$passphrase" ] || fail 'manca la frase segreta / no passphrase' '--passphrase-file FILE'; fi
}
passphrase=${DR_CASSETTE_PASSPHRASE:-}
tries=3
if [ -n "$file" ]; then
  [ -r "$file" ] || fail "\"$file\" non si legge / cannot be read" '--passphrase-file FILE'
  IFS= read -r passphrase <"$file" || [ -n "$passphrase" ] || fail "\"$file\" è vuoto / is empty" '--passphrase-file FILE'
fi
if [ -n "$passphrase" ] || [ ! -t 0 ]; then tries=1; fi
[ -n "$passphrase" ] || ask
until opens; do
  grep -qi 'wrong password\|no key found' "$work/said" ||
    fail "la parte cifrata non si legge / the encrypted part cannot be read: $(tail -2 "$work/said")" "Usare il kit di un'altra cassetta. / Use another cassette's kit."
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] ||
    fail 'la frase segreta non apre il kit / the passphrase does not open the kit' 'Prenderla dalla busta custodita in sede e ripetere. / Take it from its envelope and run again.' 1
  say 'Non è questa, riprovare. / Not that one, try again.'
  ask
done

# 4. Unpack beside the target; it gets its name when it is complete.
say 'Apro il kit, meno di un minuto / unpacking, less than a minute ...'
mkdir "$work/tool"
tar --extract --no-same-owner --file "$work/private.tar" --directory "$work/tool" || fail 'tar' "$target"
cmp -s "$work/tool/SHA256SUMS" "$here/SHA256SUMS" ||
  fail 'i programmi del kit non sono quelli sigillati con la frase segreta: qualcuno li ha cambiati / the programs are not those that were sealed with the passphrase: somebody changed them' \
    "Non usare questo kit; conservare la cassetta per l'analisi. / Do not use this kit; keep the cassette for analysis." 1
dpkg-deb --fsys-tarfile "$here/tool.deb" >"$work/tool.tar" || fail 'dpkg-deb' 'Serve una Debian 12 o più recente. / Debian 12 or newer is needed.'
tar --extract --no-same-owner --file "$work/tool.tar" --directory "$work/tool"
rm "$work/tool.tar" "$work/private.tar"
chmod 0755 "$work/tool"
mkdir -p "$work/tool/inventory/local/secrets"
printf '%s\n' "$passphrase" >"$work/tool/inventory/local/secrets/$(field key)"
"$work/tool/bin/dr" check >"$work/said" 2>&1 ||
  fail "dr non parte / does not start: $(tail -3 "$work/said")" 'Conservare questo messaggio. / Keep this message.'
# The runs of an earlier unpacking are gone on with.
if [ -d "$target/.state" ]; then mv "$target/.state" "$work/tool/.state"; fi
rm -rf "$target.old"
if [ -e "$target" ]; then mv "$target" "$target.old"; fi
mv "$work/tool" "$target"
rm -rf "$target.old"
dr=$target/bin/dr
if [ -w /usr/local/bin ] && ln -sfn "$dr" /usr/local/bin/dr 2>/dev/null; then dr=dr; fi

label=$(field label)
cat <<END

Pronto / ready: $target

ITALIANO
  Il piano passo per passo:        $dr restore
  Solo domini e cartelle:          $dr stack up viareggio --role active --label $label
  Prova senza conseguenze:         $dr stack up viareggio --role exercise --label $label
  Da stampare, con un browser:     $target/runbook/ripristino.html
  Finito, per cancellare tutto:    rm -r $target     (contiene segreti e dati personali)

ENGLISH
  The plan, step by step:          $dr restore
  Domain and shares only:          $dr stack up viareggio --role active --label $label
  An exercise:                     $dr stack up viareggio --role exercise --label $label
  To be printed, in a browser:     $target/runbook/ripristino.html
  Afterwards, to delete it all:    rm -r $target     (it holds secrets and personal data)
END
