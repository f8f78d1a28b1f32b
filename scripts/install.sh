#!/usr/bin/env bash
# Installs what BanGUI needs from Debian, if it is missing. `run`: to try it; `test`: to run every test.
set -euo pipefail

case "${1:-}" in
  run) packages=(fail2ban nftables util-linux gcc libc6-dev make) ;;
  test) packages=(fail2ban nftables ipset iptables util-linux iproute2 gcc libc6-dev make chromium fonts-dejavu-core systemd systemd-journal-remote) ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Install these packages as root: ${missing[*]}" >&2; exit 1; }
    root=(sudo)
  fi
  echo "Installing from Debian: ${missing[*]}"
  "${root[@]}" apt-get update -qq
  # The package of fail2ban would start its service, now and at each boot: a lab needs only the programs, and a machine that wants the service has it.
  # systemd goes by whether the unit is masked, the older way by the run level. A unit that is there already is somebody's own, and is left alone.
  keep_off=
  if [[ " ${missing[*]} " == *" fail2ban "* ]] && [ -d /run/systemd/system ] && ! systemctl cat fail2ban.service >/dev/null 2>&1; then
    keep_off=yes
    trap '"${root[@]}" systemctl unmask --quiet fail2ban.service' EXIT
    "${root[@]}" systemctl mask --quiet fail2ban.service
  fi
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  if [ -n "$keep_off" ]; then
    trap - EXIT
    "${root[@]}" systemctl unmask --quiet fail2ban.service
    "${root[@]}" systemctl disable --quiet fail2ban.service
  fi
fi

for program in cargo node npm; do
  command -v "$program" >/dev/null || { echo "Install $program first: see the README." >&2; exit 1; }
done
if [ "$1" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
  cargo install --locked cargo-nextest
fi
