#!/usr/bin/env bash
# Installs what tests start on loopback, as Debian packages it: Prometheus, Alertmanager and a node exporter (test/real),
# Chromium with fonts for the languages of the console (test/e2e); and scikit-learn, which detectors are measured against
# (bench). What is there stays as it is. Asks nothing; needs root where something is missing.
set -euo pipefail

PACKAGES=(
  prometheus prometheus-alertmanager prometheus-node-exporter chromium fonts-dejavu-core fonts-wqy-zenhei python3-sklearn
)

# A program may come from elsewhere; a font is no command.
is_there() { command -v "$1" >/dev/null || dpkg -s "$1" >/dev/null 2>&1; }

missing=()
for package in "${PACKAGES[@]}"; do
  is_there "$package" || missing+=("$package")
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
