#!/bin/sh
# Makes a checkout ready: npm packages (with a Node 24 of its own where the machine's is older) and, with --lab,
# the Debian packages of the lab. Says what it installs, installs only what is missing, starts and removes nothing.
set -eu
cd "$(dirname "$0")/.."

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "setup: installing the npm packages of package-lock.json"
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi

node=node_modules/.bin/node
[ -x "$node" ] || node=$(command -v node)
case $("$node" -p 'process.versions.node.split(".")[0]') in
  2[4-9] | [3-9]*) ;;
  *) echo "setup: Node 24 or newer is needed here and none could be installed; see README" >&2; exit 1 ;;
esac

[ "${1:-}" = --lab ] || exit 0
exec "$node" infra/setup/machine.ts
