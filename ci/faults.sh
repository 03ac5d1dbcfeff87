#!/usr/bin/env bash
# Every system call of each scenario fails once; and processes are killed at every step.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test -p netipc-tests --features faults --test faults --test killed
