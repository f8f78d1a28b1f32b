#!/usr/bin/env bash
# Builds what is measured, measures it, prints a table. Exits 1 when a limit is broken.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked -p bangui -p bench
target/release/bench target/release/bangui
