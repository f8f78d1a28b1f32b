#!/usr/bin/env bash
# Everything that must hold before a change lands. Each step names itself; the first failure ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --workspace --all-targets --locked -- -D warnings

step "a newer fail2ban for the tests, where it can be had"
newer=$PWD/target/fail2ban-newer
if ! e2e/newer-fail2ban.sh "$newer"; then
  echo "The tests run against the installed fail2ban alone."
  newer=
fi

step "unit, router and contract tests"
cargo nextest run --workspace --locked --no-fail-fast

if [ -n "$newer" ]; then
  step "the tests that speak to a daemon or to its reader of configuration, against the newer fail2ban"
  # Without a flood and a hundred deaths, in which no version differs.
  # The whole workspace with a filter, not three packages: those would be built anew, with other features of their dependencies.
  BANGUI_TEST_FAIL2BAN_ROOT=$newer cargo nextest run --workspace --locked --no-fail-fast -E "(package(lab) | package(agent) | (package(server) & test(/^real_daemon::/)) | (package(fail2ban) & (binary(config) | binary(daemon) | binary(database)))) - test(flood::) - test(killed::)"
fi

step "generated files are fresh"
# By the program that the tests have built: built by itself, with other features, it would take three minutes more.
BANGUI=target/debug/bangui scripts/generate.sh --check

step "documentation tests"
cargo test --workspace --locked --doc --quiet

step "page: format, lints, messages, types"
(cd web && npm run --silent check)

step "page: unit tests"
(cd web && npm test --silent)

step "page: weight"
(cd web && npm run --silent budget)

step "end to end in Chromium, against a real daemon"
# The program that the Rust tests have built, which embeds the page as a release does: a release build would take five minutes more.
(cd e2e && BANGUI_TEST_BINARY=$PWD/../target/debug/bangui npm test --silent)

step "all passed"
