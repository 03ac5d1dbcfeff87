#!/usr/bin/env bash
# What the other stages need beyond the toolchain; does nothing where it is there already.
set -euo pipefail
rustup component add rustfmt clippy llvm-tools
rustup target add x86_64-unknown-none
command -v valgrind >/dev/null || { apt-get update -q && apt-get install -qy valgrind; }
