#!/bin/sh
# The first stage of every command: runs where only Node 20 and npm are, makes Node 24 and the npm packages available,
# then hands over to setup/main.ts (the other stages) and at last to the command itself.
#   sh setup/run.sh drill|test|bench|chaos|detection|lint [arguments of the command]
set -eu
cd "$(dirname "$0")/.."

fail() {
  printf '\nERRORE / ERROR: %s\n  -> %s\n' "$1" "$2" >&2
  exit 2
}

command=${1:-}
case $command in
  drill | test | bench | chaos | detection | lint) shift ;;
  *) fail "comando sconosciuto / unknown command: \"$command\"" 'npm run drill | npm test | npm run bench | npm run chaos | npm run detection | npm run lint' ;;
esac

# Said before anything is installed: a laboratory of network namespaces and disks is root's business.
if [ "$command" != lint ] && [ "$(id -u)" -ne 0 ]; then
  fail "serve root: il laboratorio crea reti, dischi e macchine / root is needed: the lab makes networks, disks and machines" \
    "sudo npm run $command"
fi

# One set-up at a time in one checkout; the kernel drops the lock with the process, whatever ends it.
mkdir -p .state
exec 9>.state/setup.lock
if ! flock --nonblock 9; then
  echo "Un'altra preparazione è in corso: attendo. / Another set-up is under way: waiting for it." >&2
  flock 9
fi

# "npm ci" would refuse a lock file that lacks the optional packages of other platforms, and begins by deleting everything;
# "npm install --no-save" installs exactly what the lock file names (versions and digests) and leaves the lock file alone.
stamp=node_modules/.lucca-dr-lock
if ! cmp -s package-lock.json "$stamp"; then
  command -v npm >/dev/null || fail 'manca npm / npm is missing' 'apt-get install nodejs npm (Node 20 o più recente / or newer)'
  begun=$(date +%s)
  echo "Preparazione / Set-up: pacchetti npm e Node 24, circa mezzo minuto / npm packages and Node 24, about half a minute ..." >&2
  npm install --no-save --ignore-scripts --loglevel=error 9>&- >&2 ||
    fail 'npm install non è riuscito / failed' 'leggere il messaggio qui sopra; serve la rete o un registro npm / read the message above; the network or an npm registry is needed'
  cp package-lock.json "$stamp"
  echo "  fatto / done: pacchetti npm e Node 24 / npm packages and Node 24, $(($(date +%s) - begun)) s" >&2
fi

# Node 24 and the tools first on PATH, also where npm did not start this script.
PATH=$PWD/node_modules/.bin:$PATH
# What Node made of our modules the last time: every program that tests and drill start begins in half the time (bin/dr names the same folder).
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-${DR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/lucca-dr}/node-compile-cache}
export PATH NODE_COMPILE_CACHE
node -e 'process.exit(process.versions.node.startsWith("24.") ? 0 : 1)' 9>&- ||
  fail "Node 24 non è in node_modules (processore $(uname -m)?) / Node 24 is not in node_modules" \
    'rm -r node_modules, poi ripetere / then run again; linux x64 e/and arm64'

if [ "$command" != lint ]; then
  # NODE_USE_ENV_PROXY: a download goes through the proxy that the machine uses for everything else.
  NODE_USE_ENV_PROXY=1 node setup/main.ts "$command" 9>&-
fi
exec 9>&-

case $command in
  drill) exec node cli/main.ts drill --unattended "$@" ;;
  test) exec vitest run "$@" ;;
  bench) exec node bench/main.ts "$@" ;;
  chaos) exec node bench/chaos.ts "$@" ;;
  detection) exec node bench/detection.ts "$@" ;;
  lint)
    status=0
    tsc --noEmit -p . || status=1
    tsc --noEmit -p report/live/client || status=1
    oxlint || status=1
    biome ci . || status=1
    exit $status
    ;;
esac
