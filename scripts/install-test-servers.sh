#!/usr/bin/env bash
# Installs the real servers that tests under test/real start on loopback: Prometheus and Alertmanager, as Debian packages
# them. What is there stays as it is. Asks nothing; needs root where something is missing.
set -euo pipefail

PACKAGES=(prometheus prometheus-alertmanager)
missing=()
for package in "${PACKAGES[@]}"; do
  command -v "$package" >/dev/null || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  echo "install-test-servers: ${PACKAGES[*]} are installed; nothing to do"
  exit 0
fi
if (($(id -u) != 0)); then
  echo "install-test-servers: ${missing[*]} are missing, and only root can install them: run 'sudo $0'" >&2
  exit 1
fi

echo "install-test-servers: installing ${missing[*]} with apt-get"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
echo "install-test-servers: installed ${missing[*]}"
