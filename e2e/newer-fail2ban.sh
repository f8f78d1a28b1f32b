#!/bin/sh
# Unpacks a newer fail2ban (Debian trixie's, 1.1.0) into DEST, without installing it and
# without touching the machine's package lists.
# Usage: newer-fail2ban.sh DEST
# Exit codes: 0 it is there, 2 wrong usage, 3 it cannot be had here.
set -eu

if [ $# -ne 1 ] || [ -z "$1" ]; then
  echo "usage: $0 DEST" >&2
  exit 2
fi
destination=$1
suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

give_up() {
  echo "newer-fail2ban: $1" >&2
  exit 3
}

# The marker is written last: a folder without it is one that was left half done.
if [ -f "$destination/.complete" ]; then
  exit 0
fi

for program in apt-get dpkg python3; do
  command -v "$program" >/dev/null || give_up "$program is missing, this needs a Debian-like machine"
done
[ -r "$keyring" ] || give_up "$keyring is missing, install debian-archive-keyring"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
# As root, apt downloads as the user _apt, who must be able to write here.
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$work"
  chown _apt "$work/lists/partial" "$work/cache/archives/partial" 2>/dev/null || true
fi
cat >"$work/debian.sources" <<SOURCES
Types: deb
URIs: http://deb.debian.org/debian
Suites: $suite
Components: main
Signed-By: $keyring
SOURCES

private_apt() {
  apt-get -q \
    -o Dir::Etc::sourcelist="$work/debian.sources" -o Dir::Etc::sourceparts=/nonexistent \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o Acquire::Languages=none -o Acquire::Retries=2 -o APT::Sandbox::User=root "$@"
}

cd "$work"
private_apt update >"$work/log" 2>&1 || give_up "the package list of $suite cannot be had: $(tail -n 3 "$work/log")"
private_apt download "fail2ban/$suite" >"$work/log" 2>&1 || give_up "the package cannot be had: $(tail -n 3 "$work/log")"
dpkg -x "$work"/fail2ban_*.deb "$work/root" || give_up "the package cannot be unpacked"
cd - >/dev/null

version=$(PYTHONPATH="$work/root/usr/lib/python3/dist-packages" "$work/root/usr/bin/fail2ban-server" --version 2>&1) ||
  give_up "its daemon does not run with this machine's Python: $version"
mkdir -p "$destination"
cp -a "$work/root/." "$destination/"
touch "$destination/.complete"
echo "$version in $destination"
