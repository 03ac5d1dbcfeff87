#!/usr/bin/env bash
# Compiles the whole workspace and its tests for every platform that is not this one: `ci/platforms.sh [target]...`, by default
# all. docs/platforms.md says what is run where.
set -euo pipefail
cd "$(dirname "$0")/.."
# A warning on a platform that nobody looks at is a mistake that nobody sees.
export RUSTFLAGS="-D warnings" CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/platforms"

linux=(aarch64-unknown-linux-gnu x86_64-unknown-linux-musl)
others=(x86_64-unknown-freebsd x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc)

[ $# -gt 0 ] || set -- "${linux[@]}" "${others[@]}"
rustup target add "$@"
for target in "$@"; do
    echo "--- $target"
    cargo check --quiet --workspace --tests --target "$target"
done
