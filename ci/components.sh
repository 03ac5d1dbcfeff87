#!/usr/bin/env bash
# What the other stages need beyond the toolchain; does nothing where it is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
rustup component add rustfmt clippy llvm-tools
rustup target add x86_64-unknown-none
command -v valgrind >/dev/null || ci/apt.sh valgrind
