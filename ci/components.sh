#!/usr/bin/env bash
# What the other stages need of rustup; does nothing where it is there already.
set -euo pipefail
rustup component add rustfmt clippy llvm-tools
rustup target add x86_64-unknown-none
