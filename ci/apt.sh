#!/usr/bin/env bash
# Installs packages of Debian's: patient with whoever else installs some, and with a mirror that stutters.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
options=(-q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
apt-get "${options[@]}" update
apt-get "${options[@]}" install -y --no-install-recommends "$@"
