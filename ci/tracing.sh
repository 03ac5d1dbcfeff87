#!/usr/bin/env bash
# The feature `tracing`, which nothing else turns on.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo clippy -p netipc -p netipc-transport --features netipc/tracing,netipc-transport/tracing --all-targets -- -D warnings
cargo test -p netipc --features tracing --test tracing
