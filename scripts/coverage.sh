#!/usr/bin/env bash
# Runs the tests with counters in the code and prints how much of it they reach, a line a file and a sum. Not part of `make test`: it compiles everything once more.
set -euo pipefail
cd "$(dirname "$0")/.."

rustup component list --installed 2>/dev/null | grep -q '^llvm-tools' || rustup component add llvm-tools
cargo llvm-cov --version >/dev/null 2>&1 || cargo install --locked cargo-llvm-cov

cargo llvm-cov nextest --workspace --locked --no-report
cargo llvm-cov report --summary-only
