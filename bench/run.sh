#!/usr/bin/env bash
# Builds what is measured, measures it, prints a table. Exits 1 when a limit is broken.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked -p bangui -p bench
broken=0
target/release/bench target/release/bangui || broken=1
# What only a browser can tell; it needs the packages of e2e/, which `make bench` installs.
BANGUI_TEST_BINARY=$PWD/target/release/bangui node bench/page.mjs || broken=1
exit $broken
