#!/usr/bin/env bash
# The codec's tests under Miri, and those of the snapshot cache's index. Few property cases: each is interpreted.
set -euo pipefail
cd "$(dirname "$0")/.."
rustup component add --toolchain nightly miri rust-src
export MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=4
cargo +nightly miri test -p netipc-wire -p netipc-codec --target-dir target/miri
tests=$(cargo +nightly miri test -p netipc --lib snapshot:: --target-dir target/miri)
echo "$tests"
grep -q 'running [1-9]' <<<"$tests"
