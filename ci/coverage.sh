#!/usr/bin/env bash
# Line coverage of the workspace, gated.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo llvm-cov --version >/dev/null 2>&1 || cargo install cargo-llvm-cov --locked --quiet
# What is not ours to cover: the fuzz, bench and test crates, which are tests themselves.
cargo llvm-cov --workspace --summary-only --fail-under-lines "${MIN_LINES:-90}" \
    --ignore-filename-regex '/(tests|fuzz|benches|ui-tests)/'
