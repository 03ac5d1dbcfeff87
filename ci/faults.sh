#!/usr/bin/env bash
# Every system call of each scenario fails once; and processes are killed at every step.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo clippy -p netipc-transport -p netipc-tests --features netipc-tests/faults --all-targets -- -D warnings
cargo test -p netipc-tests --features faults --test faults --test killed
