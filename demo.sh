#!/usr/bin/env bash
# Shows what Baton does, in a terminal: five workflows, a kill in the middle of one, a double start. -h lists options.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v node >/dev/null 2>&1; then
  echo "demo.sh needs Node 20 or newer, and there is no node on the PATH: install it from https://nodejs.org" >&2
  exit 3
fi

major="$(node -p 'process.versions.node.split(".")[0]')"
if [ "$major" -lt 20 ]; then
  echo "demo.sh needs Node 20 or newer, and this is $(node --version): install a newer one from https://nodejs.org" >&2
  exit 3
fi

exec node scripts/demo.mjs "$@"
