#!/usr/bin/env bash
# Clients and caches that live on while their provider is killed and started again: `ci/soak.sh SECONDS [--seed N]`.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || { echo "usage: ci/soak.sh SECONDS [--seed N]" >&2; exit 2; }
cargo test --release -p netipc-tests --test soak -- "$@"
