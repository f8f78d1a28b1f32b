#!/usr/bin/env bash
# Builds what is measured, measures it, prints a table. Exits 1 when a limit is broken.
# `bench/run.sh history` measures only the history, with a million events and with ten (3 GB under target/, made in some minutes the first time).
# `bench/run.sh lists` measures only blocklists; that needs to be root, for network namespaces, and nft, ipset and fail2ban.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked -p bangui -p bench
broken=0
history() {
    for events in "$@"; do
        echo "== history: $events events, load $(cut -d' ' -f1-3 /proc/loadavg)"
        target/release/bench history --events "$events" || broken=1
    done
    echo "== history over HTTP: a million and ten million events in turn, load $(cut -d' ' -f1-3 /proc/loadavg)"
    target/release/bench history --http || broken=1
}
lists() {
    echo "== lists, load $(cut -d' ' -f1-3 /proc/loadavg)"
    target/release/bench lists || broken=1
}
if [ "${1:-}" = lists ]; then
    lists
    exit $broken
fi
if [ "${1:-}" = history ]; then
    history 1000000 10000000
    exit $broken
fi
target/release/bench target/release/bangui || broken=1
history 1000000 10000000
if [ "$(id -u)" = 0 ]; then lists; else echo "lists are not measured: that needs to be root"; fi
# What only a browser can tell; it needs the packages of e2e/, which `make bench` installs.
BANGUI_TEST_BINARY=$PWD/target/release/bangui node bench/page.mjs || broken=1
exit $broken
