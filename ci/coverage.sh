#!/usr/bin/env bash
# Line coverage of the workspace, gated.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo llvm-cov --version >/dev/null 2>&1 || cargo install cargo-llvm-cov --locked --quiet
# What an earlier run has counted would count again.
cargo llvm-cov clean --workspace
# The crates of tests and benchmarks are not what is measured.
cargo llvm-cov --workspace --no-report
report() { cargo llvm-cov report --summary-only --ignore-filename-regex "$1" --fail-under-lines "$2"; }
others='/(tests|fuzz|benches|ui-tests)/'
report "$others" 93
# What reads and writes bytes, and what writes that code.
report "$others|/(cli|transports|netipc/src)/" 95
