#!/bin/sh
# A walk through Baton with curl alone: save a recipe, start it, watch it, find out why it waits, repair it, retry it.
# Without variables it uses the Baton that npm start runs here. Else:
#   BATON_URL      address of a Baton, such as http://127.0.0.1:8787
#   BATON_API_KEY  an API key of it with the role admin
#   TARGET_URL     an API that answers /status/503 with 503 and /status/200 with 200, as the demo API of npm start and
#                  npm run dev does; the Baton must be allowed to call it
set -eu

fail() { # MESSAGE
  echo "$1" >&2
  exit 3
}

command -v curl >/dev/null || fail "walk.sh needs curl, and there is none on the PATH."

# A member of local.json, which has one on each line.
local_member() { sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$info"; }

if [ -z "${BATON_URL:-}" ]; then
  info="${BATON_DATA_DIR:-$(dirname "$0")/../.baton}/local.json"
  [ -r "$info" ] || fail "No Baton runs here: start one with npm start, or set BATON_URL, BATON_API_KEY and TARGET_URL."
  BATON_URL="$(local_member url)"
  BATON_API_KEY="$(local_member apiKey)"
  TARGET_URL="${TARGET_URL:-$(local_member demoUrl)}"
fi
: "${BATON_API_KEY:?set it to an API key of the Baton at $BATON_URL with the role admin}"
: "${TARGET_URL:?set it to an API with the paths /status/503 and /status/200, such as the demo API (npm start and npm run dev print its address)}"

curl --silent --output /dev/null --max-time 5 "$BATON_URL/api/health" || fail "No Baton answers at $BATON_URL."

api() { # METHOD PATH [more arguments of curl]
  method="$1"
  path="$2"
  shift 2
  curl --silent --show-error --fail-with-body --max-time 30 --request "$method" \
    --header "Authorization: Bearer $BATON_API_KEY" "$@" "$BATON_URL/api$path"
}

# The first member of that name in a JSON text whose value is a text.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# What one question says about the run.
why() { api GET "/runs/$run/why" | sed -n 's/.*"sentence":"\(\([^"\\]\|\\.\)*\)".*/\1/p' | sed 's/\\"/"/g'; }

status() { api GET "/runs/$run/why" | sed -n 's/^{"status":"\([A-Z]*\)".*/\1/p'; }

until_status() { # STATUS
  tries=0
  while [ "$(status)" != "$1" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      echo "the run is $(status), and not $1: $(why)" >&2
      exit 1
    fi
    sleep 0.2
  done
}

echo "1. Save a recipe"
api POST /workflows --header "Content-Type: application/yaml" --data-binary "
name: walk
input:
  type: object
  properties: { path: { type: string } }
  required: [path]
steps:
  - id: call
    type: http
    with: { url: '$TARGET_URL\${{ input.path }}' }
    retry: { attempts: 2, delay: 3s, backoff: fixed, jitter: none }
output: \${{ steps.call.status }}
"
echo

echo "2. Start it, with an input that makes the call fail"
started="$(api POST /workflows/walk/runs --header "Content-Type: application/json" \
  --data '{"input":{"path":"/status/503"},"labels":{"from":"walk"}}')"
run="$(echo "$started" | member id)"
echo "run $run"

echo "3. Watch it for a while"
api GET "/runs/$run/events" --header "Accept: text/event-stream" --no-buffer --max-time 2 2>/dev/null |
  sed -n 's/.*"seq":\([0-9]*\).*"type":"\([A-Z_]*\)".*/   \1 \2/p' || true

echo "4. Why does it wait?"
echo "   $(why)"

echo "5. It gives up"
until_status FAILED
echo "   $(why)"

echo "6. Repair its input and retry it"
api POST "/runs/$run/retry" --header "Content-Type: application/json" --data '{"input":{"path":"/status/200"}}' >/dev/null
until_status COMPLETED
echo "   output: $(api GET "/runs/$run/output")"

echo "7. Check the audit log of all that"
api GET "/runs/$run/verify"
echo
