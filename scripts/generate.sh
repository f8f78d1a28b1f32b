#!/usr/bin/env bash
# Regenerates what is made from code. With --check nothing is left changed, and a stale file is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

# `BANGUI` names a program that is built already.
if [ -z "${BANGUI:-}" ]; then
  cargo build --quiet --locked -p bangui
  BANGUI=target/debug/bangui
fi
"$BANGUI" openapi >"$fresh/openapi.json"
"$BANGUI" words >"$fresh/words.json"
"$BANGUI" settings-example >"$fresh/env.example"
web/node_modules/.bin/openapi-typescript "$fresh/openapi.json" -o "$fresh/schema.d.ts" --default-non-nullable=false >/dev/null

stale=0
place() {
  if [ "${check:-}" = yes ]; then
    if ! diff -u "$2" "$1" >&2; then
      echo "$2 is stale: run \`make generate\` and commit it." >&2
      stale=1
    fi
  else
    cp "$1" "$2"
  fi
}
check=no
[ "${1:-}" = --check ] && check=yes
place "$fresh/openapi.json" docs/openapi.json
place "$fresh/words.json" web/src/api/words.json
place "$fresh/env.example" .env.example
place "$fresh/schema.d.ts" web/src/api/schema.d.ts
exit $stale
